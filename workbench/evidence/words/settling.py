"""What would settle an undecided verdict, and what to do about a missed bar."""

from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import more_cases
from workbench.evidence.words import measures, missing, trust


def next_step(found: CriterionVerdict) -> str:
    """What would settle an undecided verdict, or what to do about a missed bar."""
    estimate = found.estimate
    if found.verdict is Verdict.MET:
        return "Run it again when the prompt, model or data changes." if found.stale else ""
    if found.verdict is Verdict.NOT_MET:
        return "Read the failures, then change the prompt, the requirement or the bar."
    if found.is_altered:
        return (
            "Restore a backup from before, or leave out what rests on the changed rows: in "
            "Settings, or by `python -m workbench doctor --leave-out-changed`."
        )
    if found.variant_id is None:
        whom = f" and {found.variant}" if found.variant else ""
        return f"Run an experiment with this criterion{whom}."
    if labels := trust.next_step(found):
        return labels
    if is_clear(found):
        # Its own bounds say met: what it lacks is other cases, not more of them.
        return "Ask it on fresh cases: inputs, and groups, that nobody had an answer to."
    if estimate.n_unscored:
        return missing.step(found)
    if estimate.value is None:
        return "Run it on cases that carry its tags; add some where the data has none."
    return more_cases.advice(found, measures.bar(found.criterion))


def is_clear(found: CriterionVerdict) -> bool:
    """Whether the bounds alone would say met."""
    draft, estimate = found.criterion.draft, found.estimate
    if estimate.value is None:
        return False
    if draft.measure.is_upper_bar:
        return estimate.high <= draft.bar
    return estimate.low >= draft.bar
