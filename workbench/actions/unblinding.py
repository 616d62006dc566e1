"""Whose outputs a rater rated: told when all of a case are rated, by one step that is on record."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.actions.rating import Task, refuse_strangers
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.store.store import Store


def unblind(store: Store, who: Person, task: Task, case_id: UUID) -> None:
    """Tell a rater which variant wrote which output of a case. A second time changes nothing.

    Raises InputError before every output of the case is rated: who knows the author judges it.
    """
    refuse_strangers(who, task)
    with doing(store, who, Deed.RATING_UNBLIND, task.experiment.feature_id) as line:
        if not store.claims.is_done(*task.place, case_id, is_paired=task.is_paired):
            raise InputError(
                "Some outputs of this case are not rated yet.",
                "Rate all of them first: knowing the author sways a judgement.",
            )
        if not is_told(store, task, case_id):
            store.unblindings.add(*task.place, case_id)
            key = store.datasets.case(case_id).key
            line.say(
                task.criterion.key,
                f"{task.criterion.key} on {key} in {task.experiment.key}: variants shown to its "
                "rater",
            )


def is_told(store: Store, task: Task, case_id: UUID) -> bool:
    """Whether a rater knows which variant is which on a case."""
    return store.unblindings.since(task.experiment.id, task.rater, case_id) is not None
