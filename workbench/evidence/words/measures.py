"""What is asked for: a criterion's scorer, measure and bar, and what a requirement is worth."""

from workbench.domain.criteria import Criterion, CriterionDraft, Measure
from workbench.domain.requirements import RequirementDraft
from workbench.evidence.words.figures import ends, score
from workbench.say import level

MEASURES = {
    Measure.PASS_RATE: "share of answers that pass",
    Measure.FAIL_RATE: "share of answers that fail",
    Measure.PASS_HAT_K: "share of cases that pass every time they are asked",
    Measure.AGREEMENT: "chance that asking twice gives the same outcome",
    Measure.MEAN_SCORE: "mean score",
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


def happens(draft: CriterionDraft) -> str:
    """What they do when they count: pass, fail, get the same outcome, be preferred."""
    if draft.scorer.over is not None:
        return "be preferred over the baseline's"
    return _PARTS[draft.measure][1]


def measure(draft: CriterionDraft) -> str:
    """What is measured: “share of answers that pass”."""
    over = draft.scorer.over
    if over is None:
        return MEASURES[draft.measure]
    return f"share of answers that are preferred over those of {over}"


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
    confidence = f"with {level(draft.confidence)} confidence"
    return f"The {measure(draft)} is {bar(criterion)}{where}, {confidence}."


def worth(draft: RequirementDraft) -> str:
    """When a requirement is wanted, and what it is worth."""
    return f"{draft.horizon.value}, {draft.impact.value} impact, {draft.effort.value} effort"


def describe_scorer(criterion: Criterion) -> str:
    """What an output does that passes, with the scorer's settings: “contains any of …”."""
    scorer = criterion.draft.scorer
    return scorer.kind.entry.passes(scorer.settings, criterion.draft.title)
