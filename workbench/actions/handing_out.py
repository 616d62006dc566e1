"""Cases handed to raters: each chosen for what it teaches, and with one rater at a time."""

from typing import NamedTuple
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.actions.rating import Task, refuse_strangers
from workbench.domain.criteria import Criterion
from workbench.domain.handing_out import SHARES, Handed, Why
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.evidence.labelling import next_outputs
from workbench.say import level
from workbench.store.store import Store


class Ahead(NamedTuple):
    """What a rater should see after the case at hand, and how often it had been given to anybody
    before it was chosen."""

    handed: Handed
    times_given: int


def next_case(store: Store, who: Person, task: Task, ahead: Ahead | None = None) -> Handed | None:
    """Choose the next case for a rater and keep it for them; None where nothing waits for them.

    What is chosen and what is kept is one step: two raters who ask at once get two cases. What was
    chosen `ahead` is taken where nobody was given it since.
    """
    refuse_strangers(who, task)
    if store.is_read_only:
        return _choose(store, task)
    with doing(store, who, Deed.RATING_KEEP, task.experiment.feature_id):
        if ahead is not None and _is_untouched(store, task, ahead):
            handed: Handed | None = ahead.handed
        else:
            handed = _choose(store, task)
        if handed is not None:
            store.claims.add(*task.place, handed)
    return handed


def look_ahead(store: Store, task: Task, case_id: UUID) -> Ahead | None:
    """What a rater should see once the case at hand is done: chosen while they read, since to
    choose takes longer than to save what they say. It is nobody's until it is handed out."""
    # Counted before it is chosen: who is given it meanwhile makes it one more.
    given = store.claims.counts(*task.place[:-1])
    handed = _choose(store, task, without=case_id)
    # A dispute may be settled meanwhile, which gives nobody the case.
    if handed is None or handed.why is Why.DISPUTED:
        return None
    return Ahead(handed, given.get(handed.case_id, 0))


def _is_untouched(store: Store, task: Task, ahead: Ahead) -> bool:
    case_id = ahead.handed.case_id
    return store.claims.counts(*task.place[:-1], case_id).get(case_id, 0) == ahead.times_given


def resume(store: Store, who: Person, task: Task) -> Handed | None:
    """The case that is with a rater still, or else the next one."""
    refuse_strangers(who, task)
    last = store.claims.live(*task.place)
    if last is not None and not store.claims.is_done(
        *task.place, last.case_id, is_paired=task.is_paired
    ):
        return last
    return next_case(store, who, task)


def set_second_share(
    store: Store, who: Person, criterion: Criterion, feature_id: UUID, share: float
) -> None:
    """Have two people rate such a share of a criterion's cases, whatever was said of them.

    It is no setting of the scorer: scores belong to that, and would be void.
    """
    if share not in SHARES:
        raise InputError(
            f"{share:g} is no share that can be chosen.",
            f"Choose one of {', '.join(level(one) for one in SHARES)}.",
        )
    with doing(store, who, Deed.RATING_SHARE, feature_id) as line:
        if store.claims.second_share(criterion.id) != share:
            store.claims.set_second_share(criterion.id, share, who.name)
            line.say(criterion.key, f"{level(share)} of the cases of {criterion.key} rated by two")


def _choose(store: Store, task: Task, without: UUID | None = None) -> Handed | None:
    slices = task.criterion.draft.slices
    is_repeated = task.experiment.trials > 1 and not task.is_paired
    found = store.claims.choose(
        *task.place, slices, is_repeated=is_repeated, is_paired=task.is_paired, without=without
    )
    if found is None or found.why in (Why.BEGUN, Why.DISPUTED):
        return found
    # Of what a judge judged comes next what says most about the judge.
    taken = store.claims.taken(*task.place)
    candidate = store.features.candidate(task.experiment.feature_id)
    for variant in sorted(task.experiment.variants, key=lambda each: each.id != candidate):
        for output in next_outputs(store, task.experiment, task.criterion, variant):
            if output.case_id not in taken and output.case_id != without:
                return Handed(output.case_id, Why.TEACHES)
    return found
