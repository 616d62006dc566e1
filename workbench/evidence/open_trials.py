"""What a criterion still lacks of a variant's planned trials, and why."""

from collections import Counter
from collections.abc import Sequence

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.open_trials import Open, Unscored
from workbench.domain.prompts import Variant
from workbench.domain.trials import Ending
from workbench.evidence.counting import Counted
from workbench.store.tallies import Tally

_WAITS = {By.PERSON: "unrated", By.MODEL: "unjudged"}
_COULD_NOT_SAY = {Ending.CUT: "cut", Ending.REFUSED: "refused"}


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
    partly = sum(t.outside * t.alike for t in tallies)
    reasons = Counter(
        failed=without_output - filtered, refused=filtered, not_asked=not_asked, partly=partly
    )
    outside = counted.outside(criterion, experiment).get(variant.id, 0)
    if unscored > without_output + not_asked + partly:
        ends = {end: endings.get(end, 0) for end in (Ending.CUT, Ending.REFUSED)}
        # Where all outputs ended well, those that have a score need no second look.
        is_plain = not any(ends.values())
        every = planned - partly + outside
        outputs = (unscored - partly if is_plain else every) - not_asked - without_output
        unread = Counter({**ends, Ending.COMPLETE: outputs - sum(ends.values())})
        for looked in counted.looked(criterion, experiment, is_plain=is_plain):
            if looked.variant_id == variant.id:
                end = looked.ending if looked.ending in ends else Ending.COMPLETE
                unread[end] -= looked.trials
                if not looked.is_scored:
                    reasons[_COULD_NOT_SAY.get(end, "unclear")] += looked.trials
        # A check reads each output as it comes: what it never read has no text to be read.
        waits = _WAITS.get(criterion.draft.scorer.kind.by, "")
        for end, trials in unread.items():
            reasons[waits or _COULD_NOT_SAY.get(end, "unclear")] += trials
    return Open(
        planned,
        n_refused=filtered + endings.get(Ending.REFUSED, 0),
        n_cut=endings.get(Ending.CUT, 0),
        unscored=Unscored(**reasons),
        is_outside=variant.is_outside,
        n_outside=outside - partly,
    )
