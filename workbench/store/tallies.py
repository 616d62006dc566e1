"""Counts for the statistics: per variant and cluster of cases, aggregated by DuckDB."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.store.database import Database


class Tally(NamedTuple):
    """One cluster (cases with the same input) of one variant, for one criterion.

    `planned` trials ended as `passes`, `fails`, or unscored: `errors` of those are failed calls,
    `waiting` have no trial yet.
    """

    variant_id: UUID
    cluster: str
    cases: int
    planned: int
    passes: int
    fails: int
    errors: int
    waiting: int

    @property
    def unscored(self) -> int:
        """Planned trials without a pass or fail, whatever the reason."""
        return self.planned - self.passes - self.fails


class Tallies:
    """Scores, counted."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def tried(self, feature_id: UUID) -> set[tuple[UUID, UUID]]:
        """Which variants of which planned experiments have at least one trial that counts."""
        rows = self._db.rows(
            """
            select distinct e.id, v.variant_id
            from experiments e
            join experiment_variants v on v.experiment_id = e.id
            join experiment_cases x on x.experiment_id = e.id
            join current_trials t
                on t.variant_id = v.variant_id and t.case_id = x.case_id and t.number <= e.trials
            where e.feature_id = ? and e.purpose = 'experiment'
            """,
            [feature_id],
        )
        return {(experiment_id, variant_id) for experiment_id, variant_id in rows}

    def of(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, slices: Sequence[str]
    ) -> list[Tally]:
        """The counts of one criterion in one experiment, by variant and cluster."""
        rows = self._db.rows(
            """
            with planned as (
                select v.variant_id, c.id as case_id, c.input, n.number
                from experiments e
                join experiment_variants v on v.experiment_id = e.id
                join experiment_cases x on x.experiment_id = e.id
                join cases c on c.id = x.case_id
                cross join lateral (select unnest(range(1, e.trials + 1)) as number) n
                where e.id = $experiment
                    and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            )
            select p.variant_id, p.input, count(distinct p.case_id), count(*),
                count(*) filter (o.outcome = 'pass'), count(*) filter (o.outcome = 'fail'),
                count(t.failure), count(*) filter (t.id is null)
            from planned p
            left join current_trials t
                on t.variant_id = p.variant_id and t.case_id = p.case_id and t.number = p.number
            left join (
                select * from outcomes where criterion_id = $criterion and scorer = $scorer
            ) o on o.trial_id = t.id
            group by p.variant_id, p.input
            order by p.variant_id, p.input
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "slices": list(slices),
            },
        )
        return [Tally(*row) for row in rows]
