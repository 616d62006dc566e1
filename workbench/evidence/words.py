"""Verdicts in plain words: the same sentences on pages, in exports and on the command line."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from workbench.domain.criteria import Criterion, Measure, Scale, Scorer, ScorerKind
from workbench.domain.verdicts import CriterionVerdict, Estimate, Repeated, Verdict
from workbench.evidence import more_cases

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
WHILE_RUNNING = (
    "While it runs, the intervals are wide enough to hold however often you look: they rest on the "
    "cases that are finished, in the order of the plan."
)
_PARTS = {
    Measure.PASS_RATE: ("answers", "pass"),
    Measure.FAIL_RATE: ("answers", "fail"),
    Measure.PASS_HAT_K: ("cases", "pass every time"),
    Measure.AGREEMENT: ("pairs of answers to one case", "get the same outcome"),
    Measure.MEAN_SCORE: ("points", "be won"),
}


def figure(found: CriterionVerdict) -> str:
    """The estimate with its interval and design, never a bare percentage."""
    estimate, scale = found.estimate, found.criterion.draft.scale
    if estimate.value is None:
        return f"nothing scored yet ({_unscored(estimate)})" if estimate.n_unscored else "no result"
    if scale is not None:
        low, high = score(scale, estimate.low, floor), score(scale, estimate.high, ceil)
        value = score(scale, estimate.value)
        return f"{value} ({low} to {high} on {_ends(scale)}, {design(estimate)})"
    return (
        f"{percent(estimate.value)} ({_said(estimate.low, floor)} to {_said(estimate.high, ceil)}, "
        f"{design(estimate)})"
    )


def repeated(found: Sequence[Repeated | None]) -> str:
    """What asking a case 1, 2, … times comes to: “2×: 81% (70% to 90%)”."""
    return " · ".join(
        f"{k}×: {percent(each.value)} ({_said(each.low, floor)} to {_said(each.high, ceil)})"
        for k, each in enumerate(found, 1)
        if each is not None
    )


def design(estimate: Estimate) -> str:
    """How many cases and trials an estimate rests on."""
    parts = [_count(estimate.n_cases, "case")]
    if estimate.n_trials != estimate.n_cases:
        parts.append(_count(estimate.n_trials, "trial"))
    if estimate.n_unscored:
        parts.append(_unscored(estimate))
    return ", ".join(parts)


def percent(share: float) -> str:
    """A share as a percentage, with a decimal only where whole numbers would hide something."""
    return _said(share, round)


def score(scale: Scale, share: float, rounded: Callable[[float], int] = round) -> str:
    """How far up a scale a share lies, as a score: bounds are to be rounded outwards."""
    decimals = max(0, 2 - floor(log10(scale.high - scale.low)))
    # 4.1 * 100 is 409.99999999999994: what is a whole number but for that is one.
    scaled = round(scale.score(share) * 10**decimals, 6)
    return f"{rounded(scaled) / 10**decimals:.12g}"


def level(share: float) -> str:
    """A share that somebody chose, as a percentage and exactly: a bar, a confidence."""
    return f"{100 * share:.10g}%"


def bar(criterion: Criterion) -> str:
    """What must be shown, in words: “at least 90%”."""
    draft = criterion.draft
    if draft.scale is not None:
        return f"at least {score(draft.scale, draft.bar)} on a scale of {_ends(draft.scale)}"
    return f"{'at most' if draft.measure.is_upper_bar else 'at least'} {level(draft.bar)}"


def promise(criterion: Criterion) -> str:
    """The criterion as one sentence: measure, bar, slices and confidence."""
    draft = criterion.draft
    where = f" on cases tagged {', '.join(draft.slices)}" if draft.slices else ""
    measure = MEASURES[draft.measure]
    return f"The {measure} is {bar(criterion)}{where}, with {level(draft.confidence)} confidence."


def things(measure: Measure) -> str:
    """What a measure counts, as a plural: answers, cases, pairs of answers."""
    return _PARTS[measure][0]


def expectation(found: CriterionVerdict) -> str:
    """What to expect, in natural frequencies: “Of 100 answers we expect about 92 to pass …”."""
    estimate, draft = found.estimate, found.criterion.draft
    if estimate.value is None:
        if estimate.n_unscored:
            return f"Nothing has been scored yet: {_unscored(estimate)}."
        return "Not evaluated: no experiment has tried this yet."
    if draft.scale is not None:
        least, most = (
            score(draft.scale, estimate.low, floor),
            score(draft.scale, estimate.high, ceil),
        )
        return (
            f"On a scale of {_ends(draft.scale)} we expect a mean of about "
            f"{score(draft.scale, estimate.value)}; it could be as low as {least} or as high as "
            f"{most}."
        )
    counted, happens = _PARTS[draft.measure]
    low, high = floor(100 * estimate.low), ceil(100 * estimate.high)
    about = f"Of 100 {counted} like these we expect about {100 * estimate.value:.0f} to {happens}"
    return f"{about}; it could be as few as {low} or as many as {high}."


def conclusion(found: CriterionVerdict) -> str:
    """What follows for the bar, and how sure that is."""
    draft, estimate = found.criterion.draft, found.estimate
    wanted, rate, bound = bar(found.criterion), "rate", level(draft.bar)
    if draft.scale is not None:
        rate, bound = "mean", score(draft.scale, draft.bar)
    chance = round(1 / (1 - draft.confidence))
    if found.verdict is Verdict.MET:
        other = "above" if draft.measure.is_upper_bar else "below"
        return (
            f"The bar of {wanted} is met. If the true {rate} were {other} {bound}, "
            f"results this good would appear less than 1 time in {chance}."
        )
    if found.verdict is Verdict.NOT_MET:
        held = "kept to" if draft.measure.is_upper_bar else "reached"
        return (
            f"The bar of {wanted} is not met. If the true {rate} {held} {bound}, "
            f"results this poor would appear less than 1 time in {chance}."
        )
    if estimate.value is None:
        return f"There is no evidence yet on the bar of {wanted}."
    return (
        f"There is not enough evidence on the bar of {wanted}: the true {rate} may lie on either "
        "side of it."
    )


def next_step(found: CriterionVerdict) -> str:
    """What would settle an undecided verdict, or what to do about a missed bar."""
    estimate = found.estimate
    if found.verdict is Verdict.MET:
        return "Run it again when the prompt, model or data changes." if found.stale else ""
    if found.verdict is Verdict.NOT_MET:
        return "Read the failures, then change the prompt, the requirement or the bar."
    if found.variant_id is None:
        return "Run an experiment with this criterion."
    if estimate.n_unscored:
        return f"Score what is open first: {_unscored(estimate)}."
    if estimate.value is None:
        return "Add cases that carry its tags."
    return more_cases.advice(found, bar(found.criterion))


def explain(found: CriterionVerdict) -> str:
    """Everything about a verdict, in one short paragraph of sentences."""
    parts = [expectation(found), conclusion(found), next_step(found)]
    if found.stale:
        parts.append(f"Stale: since {found.experiment}, {' and '.join(found.stale)}.")
    parts += [f"Note: {warning}." for warning in found.warnings]
    return " ".join(part for part in parts if part)


def describe_scorer(criterion: Criterion) -> str:
    """What the scorer looks at, with its settings, in words."""
    scorer = criterion.draft.scorer
    settings = scorer.settings
    exact = ", letter for letter" if settings.get("exact") else ""
    if scorer.kind in (ScorerKind.CONTAINS, ScorerKind.NOT_CONTAINS):
        texts = ", ".join(f"“{text}”" for text in settings["texts"])
        joined = "any of" if settings.get("mode") == "any" else ""
        verb = "contains" if scorer.kind is ScorerKind.CONTAINS else "contains none of"
        said = " ".join(part for part in (verb, joined, texts) if part)
        return said + exact + several(scorer)
    if scorer.kind is ScorerKind.REGEX:
        verb = "matches" if settings.get("must_match", True) else "does not match"
        return f"{verb} the pattern {settings['pattern']}"
    if scorer.kind is ScorerKind.REFUSAL:
        must_refuse = settings.get("expected", "refuses") == "refuses"
        return "refuses to answer" if must_refuse else "answers and does not refuse"
    if scorer.kind is ScorerKind.LENGTH:
        ends = [
            f"{word} {settings[end]}"
            for end, word in (("min", "at least"), ("max", "at most"))
            if settings.get(end) is not None
        ]
        return f"has {' and '.join(ends)} {settings.get('unit', 'words')}"
    if scorer.kind is ScorerKind.LATENCY:
        return f"arrives within {settings['max_ms'] / 1000:g} s"
    if scorer.kind is ScorerKind.COST:
        return f"costs at most ${settings['max_usd']:g}"
    if scorer.scale is not None:
        asked = settings.get("question") or criterion.draft.title
        return (
            f"a person gives it {scorer.passes_from:g} or more of {_ends(scorer.scale)} on: {asked}"
        )
    if scorer.kind is ScorerKind.RATING:
        return f"a person says yes to: {settings.get('question') or criterion.draft.title}"
    if scorer.kind is ScorerKind.EQUALS:
        text = str(settings.get("text") or "{{reference}}")
        is_plain = text.replace(" ", "") == "{{reference}}"
        return (SCORERS[scorer.kind] if is_plain else f"equals “{text}”") + exact + several(scorer)
    return SCORERS[scorer.kind] + exact


def several(scorer: Scorer) -> str:
    """What a reference that is a list means to a scorer that looks at the reference."""
    texts = [*scorer.settings.get("texts", ()), scorer.settings.get("text") or ""]
    is_plain = scorer.kind is ScorerKind.EQUALS and not texts[-1]
    if not is_plain and not any("{{" in str(t) and "reference" in str(t) for t in texts):
        return ""
    amount = "none" if scorer.kind is ScorerKind.NOT_CONTAINS else "any one"
    return f" (where a case has several references, {amount} of them)"


def _said(share: float, rounded: Callable[[float], int]) -> str:
    """A percentage, rounded as told: bounds outwards, so that none seems to clear a bar it missed.

    Near 0% and 100% it has as many decimals as it takes not to say either.
    """
    # 100 * 0.29 is 28.999999999999996: what is a whole number but for that is one.
    scaled = round(100 * share, 9)
    gap = min(scaled, 100 - scaled)
    decimals = 0 if gap >= 1 or gap <= 0 else min(9, ceil(-log10(gap)) or 1)
    return f"{rounded(scaled * 10**decimals) / 10**decimals:.{decimals}f}%"


def _ends(scale: Scale) -> str:
    return f"{scale.low:g} to {scale.high:g}"


def _unscored(estimate: Estimate) -> str:
    return f"{estimate.n_unscored} unscored"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
