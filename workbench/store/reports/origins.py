"""Who answered: the answers of experiments by variant and by the model that the server named."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.errors import CallFailure
from workbench.store.engine.database import Database


class Source(NamedTuple):
    """Trials of one variant that count for an experiment and that one model made, as the server
    named it (empty where it named none, and for failures).

    Of the `answers` so many are `new`: kept since a given moment. `oldest` and `newest` are when
    answers came in, and `last_old` when the newest came that is not new.
    """

    experiment_id: UUID
    variant_id: UUID
    model: str
    answers: int
    failed: int
    refused: int
    new: int
    oldest: datetime | None
    newest: datetime | None
    last_old: datetime | None


class OriginReports:
    """Where answers come from."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def sources(self, experiment_id: UUID, since: datetime | None = None) -> list[Source]:
        """Who made what an experiment counts, in the order of its variants."""
        rows = self._db.rows(
            """
            select t.experiment_id, t.variant_id, t.model, count(t.output),
                count(*) filter (t.failure <> $filtered), count(*) filter (t.failure = $filtered),
                count(t.output) filter (t.created_at >= $since::timestamptz),
                min(t.created_at) filter (t.output is not null),
                max(t.created_at) filter (t.output is not null),
                max(t.created_at) filter (
                    t.output is not null and t.created_at < $since::timestamptz)
            from experiment_trials t
            where t.experiment_id = $experiment
            group by t.experiment_id, t.variant_id, t.position, t.model
            order by t.position, count(t.output) desc, t.model
            """,
            {"experiment": experiment_id, "since": since, "filtered": CallFailure.FILTERED},
        )
        return [Source(*row) for row in rows]

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
