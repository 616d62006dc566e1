"""What is asked for: a criterion's scorer, measure and bar, and what a requirement is worth."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.evidence.words.figures import ends, level, score

MEASURES = {
    Measure.PASS_RATE: "share of answers that pass",
    Measure.FAIL_RATE: "share of answers that fail",
    Measure.PASS_HAT_K: "share of cases that pass every time they are asked",
    Measure.AGREEMENT: "chance that asking twice gives the same outcome",
    Measure.MEAN_SCORE: "mean score",
}
SCORERS = {
    ScorerKind.CONTAINS: "contains a text",
    ScorerKind.NOT_CONTAINS: "does not contain a text",
    ScorerKind.EQUALS: "equals the reference",
    ScorerKind.REGEX: "matches a pattern",
    ScorerKind.JSON_SCHEMA: "is JSON that fits a schema",
    ScorerKind.REFUSAL: "refuses, or does not",
    ScorerKind.LENGTH: "has the right length",
    ScorerKind.LATENCY: "arrives in time",
    ScorerKind.COST: "costs little enough",
    ScorerKind.RATING: "is rated by a person",
}
_PARTS = {
    Measure.PASS_RATE: ("answers", "pass"),
    Measure.FAIL_RATE: ("answers", "fail"),
    Measure.PASS_HAT_K: ("cases", "pass every time"),
    Measure.AGREEMENT: ("pairs of answers to one case", "get the same outcome"),
    Measure.MEAN_SCORE: ("points", "be won"),
}


def things(measure: Measure) -> str:
    """What a measure counts, as a plural: answers, cases, pairs of answers."""
    return _PARTS[measure][0]


def happens(measure: Measure) -> str:
    """What they do when they count: pass, fail, get the same outcome."""
    return _PARTS[measure][1]


def bar(criterion: Criterion) -> str:
    """What must be shown, in words: “at least 90%”."""
    draft = criterion.draft
    if draft.scale is not None:
        return f"at least {score(draft.scale, draft.bar)} on a scale of {ends(draft.scale)}"
    return f"{'at most' if draft.measure.is_upper_bar else 'at least'} {level(draft.bar)}"


def target(draft: CriterionDraft) -> str:
    """The level that is hoped for; empty where none was named."""
    if draft.target is None:
        return ""
    return level(draft.target) if draft.scale is None else score(draft.scale, draft.target)


def promise(criterion: Criterion) -> str:
    """The criterion as one sentence: measure, bar, slices and confidence."""
    draft = criterion.draft
    where = f" on cases tagged {', '.join(draft.slices)}" if draft.slices else ""
    measure = MEASURES[draft.measure]
    return f"The {measure} is {bar(criterion)}{where}, with {level(draft.confidence)} confidence."


def worth(draft: RequirementDraft) -> str:
    """When a requirement is wanted, and what it is worth."""
    return f"{draft.horizon.value}, {draft.impact.value} impact, {draft.effort.value} effort"


def describe_scorer(criterion: Criterion) -> str:
    """What an output does that passes, with the scorer's settings: “contains any of …”."""
    scorer = criterion.draft.scorer
    if scorer.kind is ScorerKind.RATING:
        return _rating(scorer, scorer.settings.get("question") or criterion.draft.title)
    return _check(scorer)


def _rating(scorer: Scorer, question: str) -> str:
    if scorer.scale is None:
        return f"gets a yes from a person on “{question}”"
    return (
        f"gets {scorer.passes_from:g} or more of {ends(scorer.scale)} from a person on “{question}”"
    )


def _check(scorer: Scorer) -> str:
    settings, kind = scorer.settings, scorer.kind
    exact = ", letter for letter" if settings.get("exact") else ""
    if kind in (ScorerKind.CONTAINS, ScorerKind.NOT_CONTAINS):
        return f"{_contains(scorer)}{exact or _by_case(scorer)}{_several(scorer)}"
    if kind is ScorerKind.EQUALS:
        text = settings.get("text")
        is_plain = str(text or "{{reference}}").replace(" ", "") == "{{reference}}"
        said = "equals the reference" if is_plain else f"equals “{text}”"
        return said + exact + _several(scorer)
    if kind is ScorerKind.REGEX:
        verb = "matches" if settings.get("must_match", True) else "does not match"
        return f"{verb} the pattern {settings.get('pattern', '')}{_by_case(scorer)}"
    if kind is ScorerKind.JSON_SCHEMA:
        return "is JSON that fits a schema" if settings.get("schema") else "is valid JSON"
    if kind is ScorerKind.REFUSAL:
        must_refuse = settings.get("expected", "refuses") == "refuses"
        also = f" (also told by {_texts(settings['phrases'])})" if settings.get("phrases") else ""
        return f"{'refuses to answer' if must_refuse else 'answers and does not refuse'}{also}"
    if kind is ScorerKind.LENGTH:
        return f"has {_length(settings)} {settings.get('unit', 'words')}"
    if kind is ScorerKind.LATENCY:
        return f"arrives within {settings.get('max_ms', 0) / 1000:g} s"
    if kind is ScorerKind.COST:
        return f"costs at most ${settings.get('max_usd', 0):g}"
    return SCORERS[kind]


def _several(scorer: Scorer) -> str:
    """What a reference that is a list means to a scorer that looks at the reference."""
    texts = [*scorer.settings.get("texts", ()), scorer.settings.get("text") or ""]
    is_plain = scorer.kind is ScorerKind.EQUALS and not texts[-1]
    if not is_plain and not any("{{" in str(t) and "reference" in str(t) for t in texts):
        return ""
    amount = "none" if scorer.kind is ScorerKind.NOT_CONTAINS else "any one"
    return f" (where a case has several references, {amount} of them)"


def _contains(scorer: Scorer) -> str:
    texts = list(scorer.settings.get("texts", ()))
    if scorer.kind is ScorerKind.NOT_CONTAINS:
        return f"contains none of {_texts(texts)}"
    if len(texts) < 2:
        return f"contains {_texts(texts)}"
    amount = "any" if scorer.settings.get("mode") == "any" else "all"
    return f"contains {amount} of {_texts(texts)}"


def _by_case(scorer: Scorer) -> str:
    """Whether capital letters count, where that is not what one would think."""
    ignores = scorer.settings.get("ignore_case", scorer.kind is not ScorerKind.REGEX)
    return "" if ignores else ", capital letters as written"


def _texts(texts: Any) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def _length(settings: Mapping[str, Any]) -> str:
    return " and ".join(
        f"{word} {settings[end]}"
        for end, word in (("min", "at least"), ("max", "at most"))
        if settings.get(end) is not None
    )
