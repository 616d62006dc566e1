"""Two variants side by side: what each case came to under both, and what each answer took."""

from typing import NamedTuple
from uuid import UUID

from workbench.store.database import Database
from workbench.store.tallies import MARK


class Pair(NamedTuple):
    """Cases with one input under two variants: passes of how many scored trials of each, and the
    sum of their scores from 0 to 1 (a pass is 1). Pairs of one `group` depend on each other."""

    key: str
    group: str
    tags: tuple[str, ...]
    passes_a: int
    scored_a: int
    sum_a: float
    passes_b: int
    scored_b: int
    sum_b: float


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

    def pairs(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        a: UUID,
        b: UUID,
        scale: tuple[float, float] | None = None,
    ) -> list[Pair]:
        """Every input that both variants were asked about, by the key of its first case. With a
        `scale` scores count by how far up it they are."""
        low, high = scale or (None, None)
        rows = self._db.rows(
            f"""
            with newest as (
                select trial_id, rater,
                    arg_max_null({MARK}, created_at) as mark
                from scores
                where criterion_id = $criterion and scorer = $scorer and $low is not null
                group by trial_id, rater
            ),
            marks as (select trial_id, avg(mark) as mark from newest group by trial_id),
            scored as (
                select t.case_id, t.variant_id, s.outcome,
                    case when $low is null then (s.outcome = 'pass')::integer else m.mark end
                        as mark
                from experiment_trials t
                join outcomes_of($criterion::uuid, $scorer) s on s.trial_id = t.id
                left join marks m on m.trial_id = t.id
                where t.experiment_id = $experiment and t.variant_id in ($a, $b)
                    and s.outcome <> 'unscored'
            )
            select min(c.key), c.group_name,
                list_sort(list_distinct(flatten(list(c.tags)))),
                count(*) filter (s.variant_id = $a and s.outcome = 'pass'),
                count(*) filter (s.variant_id = $a),
                coalesce(sum(s.mark) filter (s.variant_id = $a), 0),
                count(*) filter (s.variant_id = $b and s.outcome = 'pass'),
                count(*) filter (s.variant_id = $b),
                coalesce(sum(s.mark) filter (s.variant_id = $b), 0)
            from experiment_cases x
            join cases c on c.id = x.case_id
            left join scored s on s.case_id = x.case_id
            where x.experiment_id = $experiment
            group by c.input, c.group_name order by min(c.number)
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "a": a,
                "b": b,
                "low": low,
                "high": high,
            },
        )
        return [Pair(key, group, tuple(tags or ()), *counts) for key, group, tags, *counts in rows]

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
