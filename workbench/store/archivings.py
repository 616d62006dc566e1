"""Which experiments are archived: out of the list, and evidence as before."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.store.engine.database import Database


class Archived(NamedTuple):
    """Who put an experiment out of the list, why and when."""

    author: str
    why: str
    created_at: datetime


class Archivings:
    """Added to, never changed: the newest word counts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, experiment_id: UUID, author: str, why: str = "", *, is_archived: bool) -> None:
        """Say that an experiment is out of the list, or in it again."""
        self._db.execute(
            "insert into experiment_archivings values (?, ?, ?, ?, ?)",
            [experiment_id, is_archived, author, why.strip(), clock.now()],
        )

    def of(self, feature_id: UUID) -> dict[UUID, Archived]:
        """A feature's experiments that are archived."""
        rows = self._db.rows(
            """
            select a.experiment_id, arg_max(a.author, a.rowid), arg_max(a.why, a.rowid),
                arg_max(a.created_at, a.rowid)
            from experiment_archivings a join experiments e on e.id = a.experiment_id
            where e.feature_id = ?
            group by a.experiment_id having arg_max(a.is_archived, a.rowid)
            """,
            [feature_id],
        )
        return {experiment_id: Archived(*rest) for experiment_id, *rest in rows}
