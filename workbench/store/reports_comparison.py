"""Two variants side by side: what each case came to under both, and what each answer took."""

from typing import NamedTuple
from uuid import UUID

import numpy as np

from workbench.stats.clusters import Floats, Groups
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
    """What the answers of one variant took, and how many were good.

    `latencies_ms` has one entry an answer, in `cases` the number of its case; a call that failed
    took infinitely long. `costs` has the mean of each case. Of `planned` answers that a criterion
    of the experiment looks at, so many are `good` (they pass every criterion that looks at them)
    and so many `bad` (they fail one); of the others nobody knows, whatever the reason.
    """

    latencies_ms: Floats
    cases: Groups
    costs: list[float]
    answers: int
    planned: int
    good: int
    bad: int
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
            with wanted as (
                select k.criterion_id, arg_max(v.scorer, v.number) as scorer,
                    arg_max(v.slices, v.number) as slices
                from experiment_criteria k
                join criteria c on c.id = k.criterion_id and c.archived_at is null
                join criterion_versions v on v.criterion_id = k.criterion_id
                where k.experiment_id = $experiment
                group by k.criterion_id
            ),
            looks as (
                select x.case_id, w.criterion_id, w.scorer
                from experiment_cases x
                join cases c on c.id = x.case_id
                join wanted w on len(w.slices) = 0 or list_has_any(c.tags, w.slices)
                where x.experiment_id = $experiment
            ),
            by_case as (select case_id, count(*) as criteria from looks group by case_id),
            judged as (
                select t.id as trial_id, count(*) filter (o.outcome = 'pass') as passes,
                    count(*) filter (o.outcome = 'fail') as fails
                from experiment_trials t
                join looks l on l.case_id = t.case_id
                join outcomes o on o.trial_id = t.id and o.criterion_id = l.criterion_id
                    and o.scorer = l.scorer
                where t.experiment_id = $experiment and t.failure is null
                group by t.id
            ),
            of_case as (
                select t.variant_id, t.case_id,
                    avg(t.cost) filter (t.failure is null) as cost,
                    count(*) filter (t.failure is null) as answers,
                    count(*) filter (j.passes = b.criteria) as good,
                    count(*) filter (j.fails > 0) as bad,
                    count(*) filter (t.failure is null and t.cost is null) as unpriced,
                    sum(t.cost) filter (t.failure is null) as spent
                from experiment_trials t
                left join by_case b on b.case_id = t.case_id
                left join judged j on j.trial_id = t.id
                where t.experiment_id = $experiment
                group by t.variant_id, t.case_id
            )
            select variant_id, list(cost) filter (cost is not null), sum(answers)::bigint,
                (select count(*) from by_case)
                    * (select trials from experiments where id = $experiment),
                sum(good)::bigint, sum(bad)::bigint, sum(unpriced)::bigint, coalesce(sum(spent), 0)
            from of_case group by variant_id
            """,
            {"experiment": experiment_id},
        )
        times = self._latencies(experiment_id)
        nothing = (np.array([]), np.array([], dtype=np.intp))
        found = {}
        for variant_id, costs, *counts in rows:
            latencies, cases = times.get(variant_id, nothing)
            found[variant_id] = Taken(latencies, cases, costs or [], *counts)
        return found

    def _latencies(self, experiment_id: UUID) -> dict[UUID, tuple[Floats, Groups]]:
        """How long each answer took, and the number of its case, by variant; nothing of a variant
        whose latencies are not known (results from elsewhere)."""
        frame = self._db.frame(
            """
            select t.variant_id, dense_rank() over (order by t.case_id) as number,
                if(t.failure is null, t.latency_ms, 'infinity'::double) as latency
            from experiment_trials t
            where t.experiment_id = $experiment
                and (t.failure is not null or t.latency_ms is not null)
            """,
            {"experiment": experiment_id},
        )
        return {
            UUID(str(variant_id)): (
                mine["latency"].to_numpy(dtype=np.float64),
                mine["number"].to_numpy(dtype=np.intp),
            )
            for variant_id, mine in frame.groupby("variant_id")
            if np.isfinite(mine["latency"]).any()
        }
