"""How the cases that criteria lack are to be had. Added to, never changed: the newest counts."""

from uuid import UUID

from workbench.domain import clock
from workbench.domain.data_plans import DataPlan
from workbench.store.engine.database import Database


class DataPlans:
    """One plan a criterion."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> dict[UUID, DataPlan]:
        """The plans of a feature, by criterion; those that were given up are left out."""
        rows = self._db.rows(
            """
            select p.criterion_id, p.how, p.due, p.owner
            from data_plans p
            join criteria c on c.id = p.criterion_id
            join requirements r on r.id = c.requirement_id
            where r.feature_id = ?
            qualify row_number() over (
                partition by p.criterion_id order by p.written_at desc, p.id desc) = 1
            """,
            [feature_id],
        )
        return {criterion_id: DataPlan(*rest) for criterion_id, *rest in rows if rest[0]}

    def keep(self, criterion_id: UUID, plan: DataPlan, author: str) -> None:
        """Keep a plan; an empty one ends the one before."""
        self._db.execute(
            """
            insert into data_plans (criterion_id, how, due, owner, author, written_at)
            values (?, ?, ?, ?, ?, ?)
            """,
            [criterion_id, plan.how, plan.due, plan.owner, author, clock.now()],
        )
