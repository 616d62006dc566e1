"""Read models for the playground: what criteria think of answers, what was asked before."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from workbench.domain.scores import Outcome
from workbench.store.engine.database import Database


class Judged(NamedTuple):
    """What a live criterion, as it is now, thinks of one trial."""

    trial_id: UUID
    criterion_id: UUID
    key: str
    title: str
    outcome: Outcome
    reason: str


class PlaygroundReports:
    """What the playground reads beside the trials themselves."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def judged(self, trial_ids: Iterable[UUID]) -> dict[UUID, list[Judged]]:
        """What the newest versions of the live criteria think of some trials, by trial."""
        found: dict[UUID, list[Judged]] = {}
        for trial_id, criterion_id, key, title, outcome, reason in self._db.rows(
            """
            select s.trial_id, c.id, c.key, v.title, s.outcome, coalesce(s.reason, '')
            from criteria c
            join (
                select criterion_id, arg_max(title, number) as title,
                    arg_max(scorer, number) as scorer
                from criterion_versions group by criterion_id
            ) v on v.criterion_id = c.id
            join outcomes s on s.criterion_id = c.id and s.scorer = v.scorer
            where c.archived_at is null
                and s.trial_id in (select unnest(?::uuid[]))
            order by c.rowid
            """,
            [list(trial_ids)],
        ):
            judged = Judged(trial_id, criterion_id, key, title, Outcome(outcome), reason)
            found.setdefault(trial_id, []).append(judged)
        return found

    def answered(self, variant_ids: Iterable[UUID], case_ids: Iterable[UUID], trials: int) -> int:
        """How many of these calls were made before, so that they are shown and not made again."""
        count: int = self._db.value(
            """
            select count(*) from current_trials
            where variant_id in (select unnest(?::uuid[]))
                and case_id in (select unnest(?::uuid[])) and number <= ?
            """,
            [list(variant_ids), list(case_ids), trials],
        )
        return count
