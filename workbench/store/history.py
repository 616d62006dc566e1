"""The history: who did what, when and why. Added to, never changed."""

from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.history import Deed, HistoryEntry
from workbench.domain.people import Person
from workbench.store.engine.database import Database, Row

_COLUMNS = "created_at, person_id, person, deed, feature_id, key, what, why"


class History:
    """One line a deed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, who: Person, deed: Deed, feature_id: UUID | None, key: str, what: str, why: str
    ) -> None:
        """Write a line down, in the transaction of the deed itself."""
        self._db.execute(
            "insert into history values (?, ?, ?, ?, ?, ?, ?, ?)",
            [clock.now(), who.id, who.name, deed, feature_id, key, what, why.strip()],
        )

    def lately(self, feature_id: UUID, limit: int = 8) -> list[HistoryEntry]:
        """The newest lines about a feature, newest first, but for looks around: they change
        nothing."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS} from history where feature_id = ? and deed <> ?
            order by created_at desc, what desc limit ?
            """,
            [feature_id, Deed.PROMPT_TRY, limit],
        )
        return [_entry(row) for row in rows]

    def between(self, feature_id: UUID, start: datetime, end: datetime) -> list[HistoryEntry]:
        """The lines about a feature of some time, oldest first."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS} from history
            where feature_id = ? and created_at >= ? and created_at <= ?
            order by created_at, what
            """,
            [feature_id, start, end],
        )
        return [_entry(row) for row in rows]


def _entry(row: Row) -> HistoryEntry:
    created_at, person_id, person, deed, feature_id, key, what, why = row
    return HistoryEntry(created_at, person_id, person, Deed(deed), feature_id, key, what, why)
