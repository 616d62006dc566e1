"""Upkeep: copy the database, and leave out what rests on rows that were changed."""

from pathlib import Path

from workbench.actions import permission
from workbench.actions.deeds import doing
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.runs import rescoring
from workbench.say import count
from workbench.store.left_out import LeftOut
from workbench.store.store import Store


def back_up(store: Store, who: Person, target: Path | None = None) -> Path:
    """Copy everything to `target`, by default a dated file in the backups folder.

    Raises InputError where the target exists, StoreError where the copy differs or can't be
    written. A file that can only be read is copied all the same, without a line about it.
    """
    permission.ask(who, Deed.BACKUP_MAKE, None)
    # Not inside the transaction of its line: a copy is made between two commits.
    made = store.backups.create(target)
    if not store.is_read_only:
        with doing(store, who, Deed.BACKUP_MAKE, None) as line:
            line.say(made.name, f"Backed up to {made}")
    return made


def leave_out_changed(store: Store, who: Person) -> LeftOut:
    """Leave out what rests on rows that were changed since they were written
    (`store/left_out.py`), and let checks look again at the outputs that are as they were.

    Raises InputError where none was changed.
    """
    with doing(store, who, Deed.CHANGED_ROWS_SET_ASIDE, None) as line:
        done = rescoring.leave_out_changed(store, who.name)
        said = f"{count(done.trials, 'answer')} and {count(done.scores, 'score')}"
        line.say("", f"{said} left out, because they rest on rows that were changed")
    return done
