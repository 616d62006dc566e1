"""What would settle an undecided verdict, and what to do about a missed bar."""

from workbench.domain.criteria import Measure
from workbench.domain.verdicts import CriterionVerdict, Estimate, Unit, Verdict
from workbench.evidence.words import figures, measures
from workbench.say import count
from workbench.stats.mean_scores import betting_mean, fewest_best
from workbench.stats.planning import best_bar, to_settle, zero_failure_minimum


def next_step(found: CriterionVerdict) -> str:
    """What would settle an undecided verdict, or what to do about a missed bar."""
    estimate, draft = found.estimate, found.criterion.draft
    if found.verdict is Verdict.MET:
        return "Run it again when the prompt, model or data changes." if found.stale else ""
    if found.verdict is Verdict.NOT_MET:
        return "Read the failures, then change the prompt, the requirement or the bar."
    if found.variant_id is None:
        return "Run an experiment with this criterion."
    if is_clear(found):
        # Its own bounds say met: what it lacks is other cases, not more of them.
        return "Ask it on fresh cases: inputs, and groups, that nobody had an answer to."
    if estimate.n_unscored:
        return f"Score what is open first: {figures.unscored(estimate)}."
    if estimate.value is None:
        return "Add cases that carry its tags."
    if draft.measure in (Measure.PASS_HAT_K, Measure.AGREEMENT):
        return "More cases would narrow the interval; more trials of the same cases hardly would."
    return _more_cases(found)


def is_clear(found: CriterionVerdict) -> bool:
    """Whether the bounds alone would say met."""
    draft, estimate = found.criterion.draft, found.estimate
    if estimate.value is None:
        return False
    if draft.measure.is_upper_bar:
        return estimate.high <= draft.bar
    return estimate.low >= draft.bar


def _more_cases(found: CriterionVerdict) -> str:
    estimate, draft = found.estimate, found.criterion.draft
    assert estimate.value is not None
    level = 1 - draft.bar if draft.measure.is_upper_bar else draft.bar
    size = max(1, round(estimate.n_effective))
    case = _case(estimate)
    if _best_bar(found) < level:
        needed = (fewest_best if draft.scale else zero_failure_minimum)(level, draft.confidence)
        at_best = "if every score were the highest" if draft.scale else "without a failure"
        return (
            f"{count(estimate.n_clusters, case)} can never show {measures.bar(found.criterion)}: "
            f"even {at_best} it takes {count(needed, case)}."
        )
    passing = 1 - estimate.value if draft.measure.is_upper_bar else estimate.value
    more = to_settle([passing] * size, [1] * size, level, draft.confidence)
    if more is None:
        return (
            "The result lies so close to the bar that no sensible number of cases would settle it: "
            "move the bar, or improve the feature."
        )
    return f"About {count(max(more, 1), f'more {case}')} would probably settle it."


def _best_bar(found: CriterionVerdict) -> float:
    """The highest bar that so many cases can show, if nothing goes wrong."""
    estimate, draft = found.estimate, found.criterion.draft
    if draft.scale is not None:
        return betting_mean([1.0] * estimate.n_clusters, draft.confidence).low
    return best_bar(estimate.n_clusters, draft.confidence)


def _case(estimate: Estimate) -> str:
    """What counts once, and so is what more is needed of."""
    if estimate.n_clusters >= estimate.n_cases:
        return "case"
    return "group" if estimate.unit is Unit.GROUP else "different case"
