"""How calls ended, and in which words those failed that brought no output."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.errors import CallFailure
from workbench.store.engine.database import Database

if TYPE_CHECKING:
    import pandas as pd

_WORDINGS = 5
"""How many wordings of one failure are told: some servers put an id into each."""


class Wording(NamedTuple):
    """So many calls failed with the same words."""

    failure: CallFailure
    message: str
    calls: int
    of_failure: int
    """Calls that failed in this way, in whatever words."""


class Lost(NamedTuple):
    """What a judge's server said instead of an answer, and about how many outputs."""

    message: str
    outputs: int


class CallReports:
    """What became of calls."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ended(self, run_ids: Sequence[UUID]) -> int:
        """How many calls came to an end in some runs, with an output or without."""
        found: int = self._db.value(
            "select count(*) from trials where run_id in (select unnest(?::uuid[]))",
            [list(run_ids)],
        )
        return found

    def failures(self, run_ids: Sequence[UUID]) -> list[Wording]:
        """Why calls of some runs failed: the most frequent failure first, and of each its most
        frequent words."""
        rows = self._db.rows(
            f"""
            select failure, message, count(*) as calls, sum(calls) over (partition by failure) as n
            from trials
            where run_id in (select unnest(?::uuid[])) and failure is not null
            group by failure, message
            qualify row_number() over (partition by failure order by calls desc, message)
                <= {_WORDINGS:d}
            order by n desc, failure, calls desc, message
            """,
            [list(run_ids)],
        )
        return [Wording(CallFailure(failure), *rest) for failure, *rest in rows]

    def failures_of(self, experiment_id: UUID) -> "pd.DataFrame":
        """Calls that ended in an error: failure, message, calls."""
        return self._db.frame(
            """
            select t.failure, t.message, count(*)::integer as calls
            from experiment_trials t
            where t.experiment_id = ? and t.failure is not null
            group by all order by calls desc
            """,
            [experiment_id],
        )

    def unheard(
        self, experiment_id: UUID, criterion_id: UUID, scorers: Sequence[str]
    ) -> list[Lost]:
        """Why an experiment's outputs got no answer from these judges of a criterion when they were
        asked last: the most frequent words first."""
        rows = self._db.rows(
            """
            with newest as (
                select trial_id, scorer, arg_max(message, created_at) as message,
                    arg_max(failure is not null, created_at) as has_failed
                from judge_calls
                where criterion_id = $criterion and list_contains($scorers::varchar[], scorer)
                    and trial_id in (
                        select id from experiment_trials where experiment_id = $experiment)
                group by all
            )
            select message, count(distinct trial_id) as outputs from newest
            where has_failed group by message order by outputs desc, message
            """,
            {"experiment": experiment_id, "criterion": criterion_id, "scorers": list(scorers)},
        )
        return [Lost._make(row) for row in rows]
