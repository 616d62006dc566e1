"""What a check of the second pass has to look at: stored outputs, with its newest word on each."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain.scores import Judgement, Outcome
from workbench.domain.trials import Ending, ending
from workbench.store.engine.database import Database


class Answered(NamedTuple):
    """A trial with an output, whether it was cut off, and what the check said of it last (None:
    nothing so far)."""

    trial_id: UUID
    variant_id: UUID
    case_id: UUID
    is_cut_off: bool
    arrived_at: datetime
    word: Judgement | None
    said_at: datetime | None


class Said(NamedTuple):
    """What another scorer of the same criterion was told: who it was, what it asked, the reply."""

    scorer: str
    request_hash: str
    reply: str


class SecondLooks:
    """Outputs for checks that look at them once they are stored."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def answered(
        self, feature_id: UUID, criterion_id: UUID, scorer: str, slices: Collection[str]
    ) -> list[Answered]:
        """Every output that counts of a feature's cases, whichever experiment asked for it: those
        of one case and variant behind each other. Not those that came from elsewhere without
        their text."""
        rows = self._db.rows(
            """
            with words as (
                select trial_id, max(created_at) as said_at,
                    arg_max(outcome, created_at) as outcome, arg_max(reason, created_at) as reason,
                    arg_max_null(value, created_at) as value
                from scores
                where criterion_id = $criterion and scorer = $scorer and rater in ('', 'check')
                group by trial_id
            )
            select t.id, t.variant_id, t.case_id, t.finish_reason, t.is_refusal, t.created_at,
                w.outcome, w.reason, w.value, w.said_at
            from current_trials t
            join cases c on c.id = t.case_id
            join outputs o on o.hash = t.output
            left join words w on w.trial_id = t.id
            where (t.variant_id, t.case_id) in (
                    select (v.variant_id, x.case_id) from experiments e
                    join experiment_variants v on v.experiment_id = e.id
                    join experiment_cases x on x.experiment_id = e.id
                    where e.feature_id = $feature
                )
                and not (t.request = '' and o.body = '')
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            order by t.variant_id, t.case_id, t.number
            """,
            {
                "feature": feature_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "slices": list(slices),
            },
        )
        return [_answered(*row) for row in rows]

    def replies(self, criterion_id: UUID, scorer: str) -> dict[UUID, list[Said]]:
        """What other scorers of a criterion were told about outputs that this one has no word on,
        by trial, newest first."""
        rows = self._db.rows(
            """
            select j.trial_id, j.scorer, j.request, o.body
            from judge_calls j join outputs o on o.hash = j.reply
            where j.criterion_id = $criterion and j.scorer <> $scorer
                and j.id not in (select id from judge_controls)
                and j.trial_id not in (
                    select trial_id from scores
                    where criterion_id = $criterion and scorer = $scorer
                )
            order by j.created_at desc
            """,
            {"criterion": criterion_id, "scorer": scorer},
        )
        found: dict[UUID, list[Said]] = {}
        for trial_id, *said in rows:
            found.setdefault(trial_id, []).append(Said(*said))
        return found


def _answered(
    trial_id: UUID,
    variant_id: UUID,
    case_id: UUID,
    finish_reason: str,
    is_refusal: bool | None,
    arrived_at: datetime,
    outcome: str | None,
    reason: str,
    value: float | None,
    said_at: datetime | None,
) -> Answered:
    word = None if outcome is None else Judgement(Outcome(outcome), reason, value)
    is_cut_off = ending(None, finish_reason, is_refusal) is Ending.CUT
    return Answered(trial_id, variant_id, case_id, is_cut_off, arrived_at, word, said_at)
