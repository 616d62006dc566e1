"""The file as a whole: where it is, whether it can be written to, and whether it is sound."""

from workbench.errors import StoreReadOnly
from workbench.store.engine.changes import Changes
from workbench.store.engine.database import MEMORY, Database
from workbench.store.engine.integrity import counts, orphans, sequence


class Condition:
    """What there is to say of the file, whatever is in it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @property
    def path(self) -> str:
        """Where it is; of one in memory a word that is no path."""
        return self._db.path

    @property
    def is_in_memory(self) -> bool:
        """Whether nothing of it outlives the process."""
        return self._db.path == MEMORY

    @property
    def refusal(self) -> StoreReadOnly | None:
        """Why nothing can be kept; None where something can."""
        return self._db.refusal() if self._db.unwritable else None

    @property
    def changes(self) -> Changes:
        """What each commit changed, for who remembers what was read."""
        return self._db.changes

    @property
    def was_sealed_anew(self) -> bool:
        """Whether checksums were made anew when it was opened, so that what was changed before
        can't be told."""
        return self._db.was_sealed_anew

    def sequence(self) -> str:
        """How the file compares with what was committed last, in words."""
        return sequence(self._db)

    def orphans(self) -> list[str]:
        """References that lead nowhere, a sentence each."""
        return orphans(self._db)

    def read_every_row(self) -> None:
        """Raises StoreError where a row can't be read."""
        counts(self._db.rows)
