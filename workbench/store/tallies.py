"""Counts for the statistics: per variant and cluster of cases, aggregated by DuckDB."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.store.database import Database


class Tally(NamedTuple):
    """Clusters (cases with the same input) of one variant that ended alike, for one criterion.

    Of each, `planned` trials ended as `passes`, `fails`, or unscored: `errors` of those are failed
    calls, `waiting` have no trial yet. There are `alike` such clusters; tallies of other variants
    with the same `cluster` are the same ones.
    """

    variant_id: UUID
    cluster: str
    cases: int
    planned: int
    passes: int
    fails: int
    errors: int
    waiting: int
    alike: int = 1

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
            select distinct experiment_id, variant_id from experiment_trials
            where feature_id = ? and purpose = 'experiment'
            """,
            [feature_id],
        )
        return {(experiment_id, variant_id) for experiment_id, variant_id in rows}

    def of(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, slices: Sequence[str]
    ) -> list[Tally]:
        """The counts of one criterion in one experiment.

        Clusters that ended alike in every variant are one tally per variant: what a million scores
        come to is a few hundred rows, which hold all that estimates and comparisons need.
        """
        planned = self._db.rows(
            """
            select v.variant_id, v.position, e.trials
            from experiments e join experiment_variants v on v.experiment_id = e.id
            where e.id = ? order by v.position
            """,
            [experiment_id],
        )
        if not planned:
            return []
        # Four columns for each variant: positions are our own numbers, never text from outside.
        counts = ", ".join(
            f"coalesce(sum({column}) filter (p.position = {position:d}), 0)::integer"
            f' as "{column} {position:d}"'
            for _, position, _ in planned
            for column in ("passes", "fails", "errors", "made")
        )
        rows = self._db.rows(
            f"""
            with per_case as (
                select t.case_id, t.position, count(*) as made, count(t.failure) as errors,
                    count(*) filter (s.outcome = 'pass') as passes,
                    count(*) filter (s.outcome = 'fail') as fails
                from experiment_trials t
                left join outcomes_of($criterion::uuid, $scorer::varchar) s on s.trial_id = t.id
                where t.experiment_id = $experiment
                group by t.case_id, t.position
            ),
            clusters as (
                select count(distinct c.id) as cases, {counts}
                from experiment_cases x
                join cases c on c.id = x.case_id
                left join per_case p on p.case_id = x.case_id
                where x.experiment_id = $experiment
                    and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
                group by c.input
            )
            select count(*) as alike, * from clusters group by all order by all
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "slices": list(slices),
            },
        )
        found = []
        for place, (variant_id, _, trials) in enumerate(planned):
            for number, (alike, cases, *ended) in enumerate(rows):
                passes, fails, errors, made = ended[4 * place : 4 * place + 4]
                asked = cases * trials
                found.append(
                    Tally(
                        variant_id,
                        str(number),
                        cases,
                        asked,
                        passes,
                        fails,
                        errors,
                        asked - made,
                        alike,
                    )
                )
        return found
