"""Variants side by side: what each case came to under one, and what each answer took."""

from typing import NamedTuple
from uuid import UUID

from workbench.domain.trials import Ending, ending_of
from workbench.store.courses import GROUP_PLACE, PLACE
from workbench.store.database import Database
from workbench.store.tallies import MARK, VOTE, Counting

NOT_WHOLE = frozenset({Ending.CUT, Ending.FILTERED, Ending.BROKEN, Ending.UNKNOWN})
"""How an answer ends that is not whole: what it would have come to is not known."""


class Asked(NamedTuple):
    """An input (cases with the same one count once) as one variant answered it in an experiment.

    `key` and `case_id` are those of its first case, `place` is where the plan's order has it. Of
    `planned` trials so many passed and failed, by parts where there is a scale; `errors` are failed
    calls, `waiting` have no trial yet. `cut` answers are not whole and have
    no score. Inputs of one `group` depend on each other.
    """

    input: str
    key: str
    case_id: UUID
    group: str
    place: str
    tags: tuple[str, ...]
    cases: int
    planned: int
    passes: float
    fails: float
    errors: int
    waiting: int
    cut: int


class Taken(NamedTuple):
    """What the answers of one variant took, one entry per case: the median of its latencies and
    the mean of its costs. An answer is good when it passes every criterion that scored it."""

    latencies_ms: list[float]
    costs: list[float]
    answers: int
    scored: int
    good: int
    unpriced: int
    spent: float


class ComparisonReports:
    """What a comparison reads."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def asked(self, experiment_id: UUID, variant_id: UUID, counting: Counting) -> list[Asked]:
        """Every input of a plan with one of the wanted tags, in the order of its cases, as one
        variant answered it."""
        low, high = counting.scale or (None, None)
        rows = self._db.rows(
            f"""
            with newest as (
                select trial_id, rater, arg_max({VOTE}, created_at) as vote,
                    arg_max_null({MARK}, created_at) as mark
                from scores where criterion_id = $criterion and scorer = $scorer
                group by trial_id, rater
            ),
            votes as (
                select trial_id, sum(vote) as vote, avg(mark) as mark from newest group by trial_id
            ),
            per_case as (
                select t.case_id, count(*) as made, count(t.failure) as errors,
                    count(*) filter (list_contains($cut::varchar[], t.finish_reason)) as cut,
                    case when $low is null then count(*) filter (v.vote > 0)
                        else sum(v.mark) end as passes,
                    case when $low is null then count(*) filter (v.vote < 0)
                        else sum(1 - v.mark) end as fails
                from experiment_trials t
                left join votes v
                    on v.trial_id = t.id and not list_contains($cut::varchar[], t.finish_reason)
                where t.experiment_id = $experiment and t.variant_id = $variant
                group by t.case_id
            )
            select d.input, arg_min(d.key, d.number), arg_min(d.id, d.number), d.group_name,
                concat(min({GROUP_PLACE}), min({PLACE})),
                list_sort(list_distinct(flatten(list(d.tags)))),
                count(*), count(*) * any_value(e.trials),
                round(coalesce(sum(p.passes), 0), 9), round(coalesce(sum(p.fails), 0), 9),
                coalesce(sum(p.errors), 0)::integer,
                (count(*) * any_value(e.trials) - coalesce(sum(p.made), 0))::integer,
                coalesce(sum(p.cut), 0)::integer
            from experiments e
            join experiment_cases c on c.experiment_id = e.id
            join cases d on d.id = c.case_id
            left join per_case p on p.case_id = c.case_id
            where e.id = $experiment
                and (len($slices::varchar[]) = 0 or list_has_any(d.tags, $slices::varchar[]))
            group by d.input, d.group_name order by min(d.number)
            """,
            {
                "experiment": experiment_id,
                "variant": variant_id,
                "criterion": counting.criterion_id,
                "scorer": counting.scorer,
                "slices": list(counting.slices),
                "low": low,
                "high": high,
                "cut": list(self.cut_reasons(experiment_id)),
            },
        )
        return [
            Asked(of, key, case_id, group, place, tuple(tags or ()), *counts)
            for of, key, case_id, group, place, tags, *counts in rows
        ]

    def cut_reasons(self, experiment_id: UUID) -> tuple[str, ...]:
        """The finish reasons of an experiment's answers that are not whole."""
        rows = self._db.rows(
            """
            select distinct finish_reason from experiment_trials
            where experiment_id = ? and failure is null
                and finish_reason <> 'stop' and finish_reason <> ''
            """,
            [experiment_id],
        )
        return tuple(str(reason) for (reason,) in rows if ending_of(str(reason)) in NOT_WHOLE)

    def models(self, experiment_id: UUID, variant_id: UUID) -> tuple[str, ...]:
        """The models that answered a variant, by the names that the servers gave."""
        rows = self._db.rows(
            """
            select distinct model from experiment_trials
            where experiment_id = ? and variant_id = ? and output is not null and model <> ''
            order by model
            """,
            [experiment_id, variant_id],
        )
        return tuple(str(model) for (model,) in rows)

    def taken(self, experiment_id: UUID) -> dict[UUID, Taken]:
        """What the answers of each variant took, in milliseconds and USD."""
        rows = self._db.rows(
            """
            with judged as (
                select o.trial_id, bool_and(o.outcome = 'pass') as is_good
                from outcomes o
                join experiment_criteria k
                    on k.criterion_id = o.criterion_id and k.experiment_id = $experiment
                where o.outcome <> 'unscored'
                group by o.trial_id
            ),
            by_case as (
                select t.variant_id, t.case_id, median(t.latency_ms) as latency,
                    avg(t.cost) as cost, count(*) as answers, count(j.trial_id) as scored,
                    count(*) filter (j.is_good) as good,
                    count(*) filter (t.cost is null) as unpriced, sum(t.cost) as spent
                from experiment_trials t
                left join judged j on j.trial_id = t.id
                where t.experiment_id = $experiment and t.output is not null
                group by t.variant_id, t.case_id
            )
            select variant_id, list(latency) filter (latency is not null),
                list(cost) filter (cost is not null), sum(answers)::bigint, sum(scored)::bigint,
                sum(good)::bigint, sum(unpriced)::bigint, coalesce(sum(spent), 0)
            from by_case group by variant_id
            """,
            {"experiment": experiment_id},
        )
        return {
            variant_id: Taken(latencies or [], costs or [], *rest)
            for variant_id, latencies, costs, *rest in rows
        }
