"""Variants side by side: what each case came to under one, and what each answer took."""

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.domain.criteria import ScorerKind
from workbench.domain.trials import Ending, ending_of
from workbench.store.courses import GROUP_PLACE, PLACE
from workbench.store.engine.database import Database
from workbench.store.tallies import MARK, Counting
from workbench.store.votes import VOTE

if TYPE_CHECKING:
    # A store is opened by every command: arrays are for those that compare.
    from workbench.stats.clusters import Floats, Groups

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
    """What the answers of one variant took, and how many were good.

    `latencies_ms` has one entry an answer, in `cases` the number of its case; a call that failed
    took infinitely long. `costs` has the mean of each case. Of `planned` answers that a criterion
    of the experiment looks at, so many are `good` (they pass every criterion that applies to them)
    and so many `bad` (they fail one); of the others nobody knows, whatever the reason.
    """

    latencies_ms: "Floats"
    cases: "Groups"
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

    def asked(self, experiment_id: UUID, variant_id: UUID, counting: Counting) -> list[Asked]:
        """Every input of a plan with one of the wanted tags, in the order of its cases, as one
        variant answered it."""
        low, high = counting.scale or (None, None)
        rows = self._db.rows(
            f"""
            with newest as (
                select trial_id, rater, arg_max({VOTE}, created_at) as vote,
                    arg_max_null({MARK}, created_at) as mark
                from counted_scores where criterion_id = $criterion and scorer = $scorer
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
            with wanted as (
                select k.criterion_id, arg_max(v.scorer, v.number) as scorer,
                    arg_max(v.slices, v.number) as slices
                from experiment_criteria k
                join criteria c on c.id = k.criterion_id and c.archived_at is null
                join criterion_versions v on v.criterion_id = k.criterion_id
                where k.experiment_id = $experiment
                group by k.criterion_id
                -- To be liked better than another says nothing about an answer by itself.
                having not list_contains($paired, arg_max(v.scorer_kind, v.number))
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
                    count(*) filter (o.outcome = 'fail') as fails,
                    count(*) filter (o.outcome = 'not_applicable') as outside
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
                    count(*) filter (j.passes > 0 and j.passes + j.outside = b.criteria) as good,
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
            {
                "experiment": experiment_id,
                "paired": [kind.value for kind in ScorerKind if kind.entry.is_paired],
            },
        )
        import numpy as np

        times = self._latencies(experiment_id)
        nothing = (np.array([]), np.array([], dtype=np.intp))
        found = {}
        for variant_id, costs, *counts in rows:
            latencies, cases = times.get(variant_id, nothing)
            found[variant_id] = Taken(latencies, cases, costs or [], *counts)
        return found

    def _latencies(self, experiment_id: UUID) -> "dict[UUID, tuple[Floats, Groups]]":
        """How long each answer took, and the number of its case, by variant; nothing of a variant
        whose latencies are not known (results from elsewhere)."""
        import numpy as np

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
