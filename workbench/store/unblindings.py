"""Which raters know whose outputs they rated, from when on, by case."""

from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.store.engine.database import Database


class Unblindings:
    """That somebody was shown which variant is which."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str, case_id: UUID
    ) -> None:
        """Keep that a rater knows now."""
        self._db.execute(
            "insert into unblindings values (?, ?, ?, ?, ?, ?)",
            [experiment_id, criterion_id, scorer, case_id, rater, clock.now()],
        )

    def since(self, experiment_id: UUID, rater: str, case_id: UUID) -> datetime | None:
        """From when on a rater knew a case's variants, by whatever criterion; None while blind."""
        found: datetime | None = self._db.value(
            """
            select min(created_at) from unblindings
            where experiment_id = ? and rater = ? and case_id = ?
            """,
            [experiment_id, rater, case_id],
        )
        return found
