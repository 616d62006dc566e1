"""Answers of a plan that another experiment had made and judged: whether it is a second look."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.experiments import StopRule
from workbench.store.engine.database import Database


class Asked(NamedTuple):
    """What is looked at: the variants' answers to so many trials of these cases, frozen as an
    `experiment_id` or not yet, as `criteria` (ids and the fingerprints of their scorers) score
    those with one of these tags (all)."""

    feature_id: UUID
    variants: Sequence[UUID]
    trials: int
    criteria: Sequence[tuple[UUID, str]]
    slices: Sequence[str] = ()
    experiment_id: UUID | None = None
    case_ids: Sequence[UUID] = ()


class Look(NamedTuple):
    """An experiment that made answers of the plan: of so many `cases` they were judged when the
    plan's own were complete."""

    experiment_id: UUID
    key: str
    is_sequential: bool
    trials: int
    cases: int


_MINE = """
    mine as (
        select c.id as case_id, c.input, c.group_name from cases c
        where (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            and (c.id in (select unnest($cases::uuid[]))
                or c.id in (select case_id from experiment_cases
                    where experiment_id = $experiment::uuid))
    )
"""


class Looks:
    """Who looked at an experiment's answers before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def borrowed(self, feature_id: UUID) -> set[tuple[UUID, UUID]]:
        """The experiments and variants of a feature that hold an answer of another experiment:
        only those need a closer look."""
        is_shared = self._db.value(
            """
            select count(*) from (
                select v.variant_id
                from experiment_variants v join experiments e on e.id = v.experiment_id
                where e.feature_id = ? and e.purpose = 'experiment'
                group by v.variant_id having count(*) > 1
            )
            """,
            [feature_id],
        )
        if not is_shared:
            return set()  # A million answers need not be looked through.
        rows = self._db.rows(
            """
            select distinct t.experiment_id, t.variant_id
            from experiment_trials t join runs r on r.id = t.run_id
            join experiments m on m.id = r.experiment_id
            where t.feature_id = ? and t.purpose = 'experiment'
                and r.experiment_id <> t.experiment_id and m.purpose = 'experiment'
            """,
            [feature_id],
        )
        return {(experiment_id, variant_id) for experiment_id, variant_id in rows}

    def before(self, asked: Asked) -> dict[tuple[UUID, UUID], list[Look]]:
        """By variant and criterion, the experiments whose runs made judged answers that the plan
        uses too, oldest first.

        Experiments of exactly the same cases and trials are one with the plan: reading the same
        answers twice tells nothing new. A judgement is one by the criterion, whatever its version,
        or by another one with the same scorer: an archived criterion's looks stay looks.
        """
        rows = self._db.rows(
            f"""
            with {_MINE},
            wanted as (
                select unnest($criteria::uuid[]) as criterion_id,
                    unnest($scorers::varchar[]) as scorer
            ),
            alike as (
                select e.id, v.variant_id
                from experiments e
                join experiment_variants v on v.experiment_id = e.id
                    and v.variant_id in (select unnest($variants::uuid[]))
                join experiment_cases x on x.experiment_id = e.id
                join cases c on c.id = x.case_id
                left join mine on mine.case_id = x.case_id
                where e.feature_id = $feature and e.trials = $trials
                    and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
                group by e.id, v.variant_id
                having count(*) = count(mine.case_id)
                    and count(*) = (select count(*) from mine)
            ),
            made as (
                select t.id, t.variant_id, t.case_id, t.created_at, m.id as maker,
                    a.id is not null as is_own
                from current_trials t
                join mine on mine.case_id = t.case_id
                join runs r on r.id = t.run_id
                join experiments m on m.id = r.experiment_id and m.purpose = 'experiment'
                left join alike a on a.id = m.id and a.variant_id = t.variant_id
                where t.variant_id in (select unnest($variants::uuid[])) and t.number <= $trials
            ),
            ended as (
                select variant_id, max(created_at) filter (is_own) as at
                from made group by variant_id
            ),
            judged as (
                select distinct w.criterion_id, made.id
                from made
                join ended on ended.variant_id = made.variant_id
                join scores s on s.trial_id = made.id
                    and s.created_at < coalesce(ended.at, 'infinity'::timestamptz)
                join wanted w on w.criterion_id = s.criterion_id or w.scorer = s.scorer
                where not made.is_own
            )
            select made.variant_id, judged.criterion_id, e.id, e.key, e.stop_rule, e.trials,
                count(distinct made.case_id)
            from judged join made on made.id = judged.id join experiments e on e.id = made.maker
            group by made.variant_id, judged.criterion_id, e.id, e.key, e.stop_rule, e.trials,
                e.rowid
            order by (select min(created_at) from runs where experiment_id = e.id), e.rowid
            """,
            {
                "variants": list(asked.variants),
                "feature": asked.feature_id,
                "trials": asked.trials,
                "criteria": [criterion_id for criterion_id, _ in asked.criteria],
                "scorers": [scorer for _, scorer in asked.criteria],
                **_which(asked),
            },
        )
        found: dict[tuple[UUID, UUID], list[Look]] = {}
        for variant_id, criterion_id, id_, key, rule, trials, cases in rows:
            look = Look(id_, key, rule == StopRule.WHEN_DECIDED, trials, cases)
            found.setdefault((variant_id, criterion_id), []).append(look)
        return found

    def most_joined(self, asked: Asked, earlier: Sequence[UUID]) -> int:
        """How often at most a group, or an input, was joined by cases that were not in the
        experiment before: each time its value changed."""
        found: int = self._db.value(
            f"""
            with {_MINE},
            first as (
                select mine.*, coalesce(min(list_position($earlier::uuid[], x.experiment_id)), 0)
                    as place
                from mine
                left join experiment_cases x on x.case_id = mine.case_id
                    and list_contains($earlier::uuid[], x.experiment_id)
                group by all
            )
            select coalesce(max(places), 1) - 1 from (
                select count(distinct place) as places from first
                group by group_name, if(group_name = '', input, '')
            )
            """,
            {"earlier": list(earlier), **_which(asked)},
        )
        return found


def _which(asked: Asked) -> dict[str, object]:
    return {
        "experiment": asked.experiment_id,
        "cases": list(asked.case_ids),
        "slices": list(asked.slices),
    }
