"""What an experiment counts no longer, and how many requests it took."""

from uuid import UUID

from workbench.store.engine.database import Database


class OriginReports:
    """What was sent for answers, and which were asked for again."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def asked_again(self, experiment_id: UUID) -> dict[UUID, int]:
        """How many answers of each variant were asked for again: kept, and counted no longer."""
        if not self._db.value("select count(supersedes) from trials"):
            return {}
        rows = self._db.rows(
            """
            select t.variant_id, count(*)
            from (select supersedes from trials where supersedes is not null) n
            join trials t on t.id = n.supersedes
            join experiments e on e.id = $experiment
            where t.output is not null and t.number <= e.trials
                and t.variant_id in (
                    select variant_id from experiment_variants where experiment_id = $experiment)
                and t.case_id in (
                    select case_id from experiment_cases where experiment_id = $experiment)
            group by t.variant_id
            """,
            {"experiment": experiment_id},
        )
        return dict(rows)

    def sent(self, experiment_id: UUID) -> int:
        """How many requests an experiment's runs have sent."""
        found: int = self._db.value(
            """
            select count(*)
            from attempts a
            join runs r on r.id = a.run_id
            left join failed_attempts f on f.attempt_id = a.id
            where r.experiment_id = ? and f.failure is distinct from 'unsent'
            """,
            [experiment_id],
        )
        return found
