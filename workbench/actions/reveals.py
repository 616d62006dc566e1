"""Raters compare what they said blind: at one moment for both, or at once with a reason."""

from workbench.actions.deeds import doing
from workbench.actions.rating import Task, refuse_strangers
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.reveals import Round, checked_note
from workbench.errors import InputError
from workbench.store.store import Store


def ask(store: Store, who: Person, task: Task) -> Round:
    """Say that one is ready. Where another is too, both see each other's words from now on; else
    this one waits for the next. A second time changes nothing.

    Raises InputError before this person has rated anything, and where nobody asks them.
    """
    refuse_strangers(who, task)
    with doing(store, who, Deed.REVEAL_ASK, task.experiment.feature_id) as line:
        found = now(store, task)
        if not found.rated.get(task.rater):
            raise InputError(
                f"You have rated nothing in {task.experiment.key} by {task.criterion.key} yet.",
                "Rate some outputs first, so that there is something to compare.",
            )
        if task.rater not in found.ready:
            store.reveals.add(*task.place)
            where = f"ratings of {task.criterion.key} in {task.experiment.key}"
            waiting = found.waiting(task.rater)
            said = f"revealed together with {', '.join(waiting)}" if waiting else "ready to reveal"
            line.say(task.criterion.key, f"{where}: {said}")
    return now(store, task)


def at_once(store: Store, who: Person, task: Task, note: str) -> Round:
    """See what the others said without waiting for them, for a reason that is kept on record.

    Raises InputError without a reason, and where nobody asks this person.
    """
    refuse_strangers(who, task)
    why = checked_note(note)
    with doing(store, who, Deed.REVEAL_AT_ONCE, task.experiment.feature_id) as line:
        if task.rater not in now(store, task).opened:
            store.reveals.add(*task.place, why)
            line.say(
                task.criterion.key,
                f"ratings of {task.criterion.key} in {task.experiment.key}: revealed to one who "
                "did not wait",
                why,
            )
    return now(store, task)


def now(store: Store, task: Task) -> Round:
    """Who is how far, and who is ready."""
    experiment, criterion, scorer, _ = task.place
    return store.reveals.round(experiment, criterion, scorer, is_paired=task.is_paired)
