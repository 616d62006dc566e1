"""What a criterion still lacks of a variant's planned trials, and why."""

from collections import Counter
from collections.abc import Sequence

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.open_trials import Open, Unscored
from workbench.domain.prompts import Variant
from workbench.domain.trials import Ending
from workbench.evidence.counting import Counted
from workbench.store.open_trials import Pending
from workbench.store.tallies import Tally


def of(
    counted: Counted,
    criterion: Criterion,
    experiment: Experiment,
    variant: Variant,
    tallies: Sequence[Tally],
) -> Open:
    """What is open, from the variant's tallies; outputs are looked at again only where some lack
    a score."""
    planned = sum(t.planned * t.alike for t in tallies)
    not_asked = sum(t.waiting * t.alike for t in tallies)
    without_output = sum(t.errors * t.alike for t in tallies)
    unscored = sum(t.unscored * t.alike for t in tallies)
    endings = counted.endings(criterion, experiment, variant)
    filtered = endings.get(Ending.FILTERED, 0)
    reasons = Counter(failed=without_output - filtered, refused=filtered, not_asked=not_asked)
    if unscored > without_output + not_asked:
        is_check = criterion.draft.scorer.kind.is_check
        for pending in counted.pending(criterion, experiment):
            if pending.variant_id == variant.id:
                reasons[_reason(pending, is_check=is_check)] += pending.trials
    return Open(
        planned,
        n_refused=filtered + endings.get(Ending.REFUSED, 0),
        n_cut=endings.get(Ending.CUT, 0),
        unscored=Unscored(**reasons),
        is_outside=variant.is_outside,
    )


def _reason(pending: Pending, *, is_check: bool) -> str:
    # A check reads each output as it comes: what it never read has no text to be read.
    if not pending.was_read and not is_check:
        return "unrated"
    return {Ending.CUT: "cut", Ending.REFUSED: "refused"}.get(pending.ending, "unclear")
