"""How far an experiment has come, and how far a feature is in the loop."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.errors import CallFailure
from workbench.store.engine.database import Database
from workbench.store.reports.rating import RatingReports


class Answered(NamedTuple):
    """How many answers of a variant count, and from when: shared ones may be older than a plan."""

    answers: int
    oldest: datetime
    newest: datetime


class Progress(NamedTuple):
    """How far an experiment's plan has come. Costs are in USD; `n_unpriced` have no known cost.

    `first_at` is when the first trial that counts came in, an answer or a failure, for each
    variant that has one, and `answered` is of those that have an answer.
    """

    planned: int
    outputs: int
    failed: int
    refused: int
    cost: float
    n_unpriced: int
    input_tokens: int
    output_tokens: int
    latency_ms: float | None
    last_at: datetime | None
    first_at: Mapping[UUID, datetime]
    answered: Mapping[UUID, Answered]

    @property
    def done(self) -> int:
        """Calls that ended, in an output or an error."""
        return self.outputs + self.without_output

    @property
    def without_output(self) -> int:
        """Calls that brought no output: failed ones, and those that a content filter refused."""
        return self.failed + self.refused


class LoopCounts(NamedTuple):
    """What a feature has, for the loop bar."""

    requirements: int
    measurable: int
    datasets: int
    cases: int
    prompts: int
    experiments: int
    experiments_run: int
    trials: int
    revisions: int
    ratings_open: int


class ProgressReports:
    """Counted from trials, never kept."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, experiment_id: UUID) -> Progress:
        """How far an experiment has come, counted from its trials."""
        nothing = Progress(0, 0, 0, 0, 0.0, 0, 0, 0, None, None, {}, {})
        return self._counted(experiment_id=experiment_id).get(experiment_id, nothing)

    def of_all(self, feature_id: UUID) -> dict[UUID, Progress]:
        """How far each of a feature's experiments has come."""
        return self._counted(feature_id=feature_id)

    def _counted(
        self, *, feature_id: UUID | None = None, experiment_id: UUID | None = None
    ) -> dict[UUID, Progress]:
        rows = self._db.rows(
            """
            with by_variant as (
                select t.experiment_id, t.variant_id, count(t.output) as outputs,
                    count(*) filter (t.failure <> $filtered) as failed,
                    count(*) filter (t.failure = $filtered) as refused,
                    coalesce(sum(t.cost), 0) as cost,
                    count(t.output) filter (t.cost is null) as n_unpriced,
                    coalesce(sum(t.input_tokens), 0) as input_tokens,
                    coalesce(sum(t.output_tokens), 0) as output_tokens,
                    sum(t.latency_ms) as latency_ms, count(t.latency_ms) as n_timed,
                    max(t.created_at) as last_at, min(t.created_at) as first_at,
                    min(t.created_at) filter (t.output is not null) as oldest,
                    max(t.created_at) filter (t.output is not null) as newest
                from experiment_trials t
                where t.experiment_id = $experiment
                    or (t.feature_id = $feature and t.purpose = 'experiment')
                group by t.experiment_id, t.variant_id
            )
            select e.id,
                (select count(*) from experiment_variants where experiment_id = e.id)
                    * (select count(*) from experiment_cases where experiment_id = e.id) * e.trials,
                coalesce(sum(v.outputs), 0)::bigint, coalesce(sum(v.failed), 0)::bigint,
                coalesce(sum(v.refused), 0)::bigint,
                coalesce(sum(v.cost), 0), coalesce(sum(v.n_unpriced), 0)::bigint,
                coalesce(sum(v.input_tokens), 0)::bigint,
                coalesce(sum(v.output_tokens), 0)::bigint,
                sum(v.latency_ms) / nullif(sum(v.n_timed), 0), max(v.last_at),
                list(v.variant_id) filter (v.variant_id is not null),
                list(v.first_at) filter (v.variant_id is not null),
                list((v.outputs, v.oldest, v.newest)) filter (v.variant_id is not null)
            from experiments e
            left join by_variant v on v.experiment_id = e.id
            where e.id = $experiment
                or (e.feature_id = $feature and e.purpose = 'experiment')
            group by e.id, e.trials
            """,
            {"experiment": experiment_id, "feature": feature_id, "filtered": CallFailure.FILTERED},
        )
        return {
            found: Progress._make(
                [
                    *counts,
                    dict(zip(variants or (), first or (), strict=True)),
                    {
                        variant: Answered(*each)
                        for variant, each in zip(variants or (), answered or (), strict=True)
                        if each[0]
                    },
                ]
            )
            for found, *counts, variants, first, answered in rows
        }

    def loop(self, feature_id: UUID) -> LoopCounts:
        """What a feature has, for the loop bar."""
        row = self._db.row(
            """
            with mine as (select id from requirements
                where feature_id = $feature and archived_at is null),
            newest as (select id from dataset_versions v
                where dataset_id in (select id from datasets where feature_id = $feature)
                qualify number = max(number) over (partition by dataset_id)),
            asked as (select e.id from experiments e
                where e.feature_id = $feature and e.purpose = 'experiment')
            select
                (select count(*) from mine),
                (select count(distinct requirement_id) from criteria
                    where requirement_id in (from mine) and archived_at is null),
                (select count(*) from newest),
                (select count(*) from dataset_cases where dataset_version_id in (from newest)),
                (select count(*) from prompts where feature_id = $feature),
                (select count(*) from asked),
                (select count(distinct experiment_id) from runs
                    where experiment_id in (from asked)),
                (select count(*) from trials t join variants v on v.id = t.variant_id
                    where v.feature_id = $feature),
                (select count(*) from requirement_revisions
                    where requirement_id in (from mine) and number > 1)
            """,
            {"feature": feature_id},
        )
        assert row is not None
        counts = (*row, RatingReports(self._db).waiting(feature_id))
        return LoopCounts(*counts)
