"""What each scorer said of each output by one criterion: for how far they agree."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database


class Word(NamedTuple):
    """A scorer's newest word on a trial: whether it passes, and the `value` on a scale. `cluster`
    is what the trial's case has in common with others: its group, else its input."""

    trial_id: UUID
    case: str
    cluster: str
    rater: str
    passes: bool
    value: float | None


class AgreementReports:
    """Who said what."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def words(self, criterion_id: UUID, scorers: Collection[str]) -> list[Word]:
        """Every scored word, by trial and rater; what is unscored or was taken back is none. A
        judge and the people who are asked the same are `scorers` apart."""
        rows = self._db.rows(
            """
            with newest as (
                select trial_id, rater, arg_max(outcome, created_at) as outcome,
                    arg_max_null(value, created_at) as value,
                    arg_max(coalesce(is_withdrawn, false), created_at) as is_withdrawn
                from scores where criterion_id = ? and scorer in (select unnest(?::varchar[]))
                group by trial_id, scorer, rater
            )
            select n.trial_id, c.key, coalesce(nullif(c.group_name, ''), c.input), n.rater,
                n.outcome = 'pass', n.value
            from newest n join current_trials t on t.id = n.trial_id
            join cases c on c.id = t.case_id
            where n.outcome in ('pass', 'fail') and not n.is_withdrawn
                -- Who settled a disagreement saw both words: that is no word of its own.
                and not starts_with(n.rater, 'settled:')
            order by c.number, t.number, n.trial_id, n.rater
            """,
            [criterion_id, list(set(scorers))],
        )
        return [Word(*row) for row in rows]
