"""The ledger of requests: each is written down before it is sent, so that none is forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.trials import Attempt, FailedAttempt, Spent
from workbench.store.engine.database import Database

_BEGUN = ("id", "run_id", "variant_id", "case_id", "number", "attempt", "most_cost", "started_at")
_FAILED = ("attempt_id", "failure", "message", "most_cost", "ended_at")
_OPEN = """
    attempts a
    anti join failed_attempts f on f.attempt_id = a.id
    anti join trials t on t.id = a.id
    anti join turns u on u.id = a.id
    anti join judge_calls j on j.id = a.id
"""


class LostCall(NamedTuple):
    """A request that was sent and whose end nobody saw: it may have been paid for."""

    variant: str
    case: str
    number: int
    most_cost: float | None
    started_at: datetime


class Attempts:
    """What was sent, whatever came back."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, attempts: Sequence[Attempt]) -> None:
        """Write down requests that are about to be sent."""
        self._db.append(
            "attempts",
            _BEGUN,
            [
                (
                    a.id, a.run_id, a.call.variant_id, a.call.case_id, a.call.number, a.attempt,
                    a.most_cost, a.started_at,
                )
                for a in attempts
            ],
        )  # fmt: skip

    def fail(self, failed: Sequence[FailedAttempt]) -> None:
        """Write down how requests ended that brought no output."""
        self._db.append(
            "failed_attempts",
            _FAILED,
            [(f.attempt_id, f.failure, f.message, f.most_cost, f.ended_at) for f in failed],
        )

    def settle_lost(self) -> int:
        """Say of every request without an end that its end was lost. Returns how many.

        Called once when the file is opened: one process owns it, so none can be in flight then.
        """
        with self._db.transaction():
            before = self._db.value("select count(*) from failed_attempts")
            self._db.execute(
                f"""
                insert into failed_attempts
                select a.id, 'lost', 'The workbench ended before the answer came.', a.most_cost,
                    ?
                from {_OPEN}
                """,
                [clock.now()],
            )
            return int(self._db.value("select count(*) from failed_attempts") - before)

    def lost(self, experiment_id: UUID) -> list[LostCall]:
        """The requests of an experiment's runs whose end was lost: each may be paid for twice."""
        rows = self._db.rows(
            """
            select v.label, c.key, a.number, a.most_cost, a.started_at
            from failed_attempts f
            join attempts a on a.id = f.attempt_id
            join runs r on r.id = a.run_id
            join variants v on v.id = a.variant_id
            join cases c on c.id = a.case_id
            where r.experiment_id = ? and f.failure = 'lost'
            order by a.started_at, c.key, a.number
            """,
            [experiment_id],
        )
        return [LostCall(*row) for row in rows]

    def failures(self, run_id: UUID) -> dict[str, int]:
        """How many requests of a run ended without an output, by why."""
        rows = self._db.rows(
            """
            select f.failure, count(*)
            from failed_attempts f join attempts a on a.id = f.attempt_id
            where a.run_id = ? group by f.failure
            """,
            [run_id],
        )
        return dict(rows)

    def spent(self, run_id: UUID) -> Spent:
        """What a run has sent and cost so far, at most."""
        return self._spent([run_id])

    def spent_on(self, feature_id: UUID) -> Spent:
        """What all runs of a feature have sent and cost so far, at most, and what was asked for as
        a suggestion."""
        runs = self._db.rows(
            """
            select r.id from runs r join experiments e on e.id = r.experiment_id
            where e.feature_id = ?
            """,
            [feature_id],
        )
        of_runs = self._spent([run_id for (run_id,) in runs])
        suggested = self._db.row(
            """
            select coalesce(sum(coalesce(r.cost, c.most_cost)), 0.0), count(*)
            from suggestion_calls c left join suggestion_replies r on r.call_id = c.id
            where c.feature_id = ?
            """,
            [feature_id],
        )
        assert suggested is not None
        usd, calls = suggested
        return Spent(of_runs.usd + usd, of_runs.calls + calls)

    def _spent(self, run_ids: list[UUID]) -> Spent:
        row = self._db.row(
            """
            select
                coalesce(sum(case
                    when u.id is not null then coalesce(u.cost, a.most_cost)
                    when t.output is not null then coalesce(t.cost, a.most_cost)
                    when j.reply is not null then coalesce(j.cost, a.most_cost)
                    when f.failure is not null then f.most_cost
                    else a.most_cost end), 0.0),
                count(*) filter (f.failure is distinct from 'unsent')
            from attempts a
            left join trials t on t.id = a.id
            left join turns u on u.id = a.id
            left join judge_calls j on j.id = a.id
            left join failed_attempts f on f.attempt_id = a.id
            where a.run_id in (select unnest(?::uuid[]))
            """,
            [run_ids],
        )
        assert row is not None
        return Spent(float(row[0]), int(row[1]))
