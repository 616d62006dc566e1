"""Criteria and estimates in the words of a specification: plain, and never a bare percentage."""

import math
from collections.abc import Mapping
from typing import Any

from workbench.domain.criteria import CriterionDraft, Measure, Scale, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.domain.verdicts import CriterionVerdict, Estimate
from workbench.evidence import words

_MEASURES = {
    Measure.PASS_RATE: "the share of trials that pass",
    Measure.FAIL_RATE: "the share of trials that fail",
    Measure.PASS_HAT_K: "the share of cases that pass in every trial",
    Measure.AGREEMENT: "the share of pairs of trials on one case with the same outcome",
    Measure.MEAN_SCORE: "the mean score",
}


def scorer(scorer: Scorer) -> str:
    """What passes, as a clause; user text in it is not escaped yet."""
    settings = scorer.settings
    case = "" if settings.get("ignore_case", scorer.kind is not ScorerKind.REGEX) else ", by case"
    if scorer.kind is ScorerKind.CONTAINS:
        amount = "any" if settings.get("mode") == "any" else "all"
        return f"the output contains {amount} of {_texts(settings)}{case}{words.several(scorer)}"
    if scorer.kind is ScorerKind.NOT_CONTAINS:
        said = f"the output contains none of {_texts(settings)}{case}"
        return said + words.several(scorer)
    if scorer.kind is ScorerKind.EQUALS:
        text = settings.get("text") or "{{reference}}"
        return f"the output equals “{text}”{words.several(scorer)}"
    if scorer.kind is ScorerKind.REGEX:
        verb = "matches" if settings.get("must_match", True) else "does not match"
        return f"the output {verb} the pattern “{settings.get('pattern', '')}”{case}"
    if scorer.kind is ScorerKind.JSON_SCHEMA:
        return "the output is valid JSON" + (" and fits a schema" if settings.get("schema") else "")
    if scorer.kind is ScorerKind.REFUSAL:
        must_refuse = settings.get("expected", "refuses") == "refuses"
        also = f", or {_texts({'texts': settings['phrases']})}" if settings.get("phrases") else ""
        does = "refuses" if must_refuse else "does not refuse"
        return f"the output {does} (by its wording{also})"
    if scorer.kind is ScorerKind.LENGTH:
        return f"the output has {_range(settings)} {settings.get('unit', 'words')}"
    if scorer.kind is ScorerKind.LATENCY:
        return f"the answer takes at most {settings.get('max_ms', 0) / 1000:g} s"
    if scorer.kind is ScorerKind.COST:
        return f"the call costs at most ${settings.get('max_usd', 0):g}"
    if scorer.scale is not None:
        return (
            f"a person gives it {scorer.passes_from:g} or more of {scorer.scale.low:g} to "
            f"{scorer.scale.high:g} on “{settings.get('question') or 'How good is this output?'}”"
        )
    return f"a person says yes to “{settings.get('question') or 'Is this output good enough?'}”"


def bar(draft: CriterionDraft) -> str:
    """Measure, bar, target and confidence as one clause."""
    sign = "at most" if draft.measure.is_upper_bar else "at least"
    target = "" if draft.target is None else f" (hoped for: {_level(draft, draft.target)})"
    scale = "" if draft.scale is None else f" of {draft.scale.high:g}"
    return (
        f"{_MEASURES[draft.measure]} is {sign} {_level(draft, draft.bar)}{scale}{target}, "
        f"shown at {share(draft.confidence)} confidence"
    )


def _level(draft: CriterionDraft, at: float) -> str:
    return share(at) if draft.scale is None else f"{draft.scale.score(at):.3g}"


def figure(estimate: Estimate, scale: Scale | None = None) -> str:
    """The estimate with its interval and design. The interval is rounded outwards."""
    if estimate.value is None:
        return "nothing scored yet"
    if scale is not None:
        value, least, most = map(scale.score, (estimate.value, estimate.low, estimate.high))
        unscored = f", {estimate.n_unscored} unscored" if estimate.n_unscored else ""
        low, high = math.floor(least * 100) / 100, math.ceil(most * 100) / 100
        return (
            f"{value:.2f} ({low:.2f} to {high:.2f} "
            f"on {scale.low:g} to {scale.high:g}, each bound at {share(estimate.confidence)}; "
            f"{count(estimate.n_cases, 'case')}, {count(estimate.n_trials, 'trial')}{unscored})"
        )
    low, high = math.floor(estimate.low * 1000) / 10, math.ceil(estimate.high * 1000) / 10
    unscored = f", {estimate.n_unscored} unscored" if estimate.n_unscored else ""
    return (
        f"{estimate.value:.1%} ({low:.1f}% to {high:.1f}%, each bound at "
        f"{share(estimate.confidence)}; {count(estimate.n_cases, 'case')}, "
        f"{count(estimate.n_trials, 'trial')}{unscored})"
    )


def result(verdict: CriterionVerdict) -> str:
    """The verdict in words, with what it rests on."""
    stale = ", stale" if verdict.stale else ""
    return (
        f"{verdict.verdict.label}{stale}: {figure(verdict.estimate, verdict.criterion.draft.scale)}"
    )


def priority(draft: RequirementDraft) -> str:
    """When it is wanted, and what it is worth."""
    return f"{draft.horizon.value}, {draft.impact.value} impact, {draft.effort.value} effort"


def share(value: float) -> str:
    """A level that somebody chose, such as a bar; measured shares need their interval."""
    return f"{value * 100:.4g}%"


def count(number: int, noun: str) -> str:
    """A number and its noun, in the plural where it is due."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _texts(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"“{text}”" for text in settings.get("texts", ()))


def _range(settings: Mapping[str, Any]) -> str:
    low, high = settings.get("min"), settings.get("max")
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
