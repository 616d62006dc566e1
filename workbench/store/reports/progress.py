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


class Source(NamedTuple):
    """Trials of one variant that count for an experiment and that one model made, as the server
    named it (empty where it named none, and for failures).

    `first_at` is when the first of them came in, an answer or a failure; `oldest` and `newest` are
    when answers did. Of the `answers` so many are `new`: kept since a given moment, and `last_old`
    is when the newest came that is not.
    """

    variant_id: UUID
    model: str
    answers: int
    failed: int
    refused: int
    first_at: datetime
    oldest: datetime | None
    newest: datetime | None
    new: int = 0
    last_old: datetime | None = None


class Progress(NamedTuple):
    """How far an experiment's plan has come, and by whose answers. Costs are in USD; `n_unpriced`
    have no known cost. The `sources` are in the order of the experiment's variants, of each the
    model that gave most first."""

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
    sources: tuple[Source, ...] = ()

    @property
    def first_at(self) -> Mapping[UUID, datetime]:
        """When the first trial of each variant came in."""
        found: dict[UUID, datetime] = {}
        for source in self.sources:
            known = found.get(source.variant_id, source.first_at)
            found[source.variant_id] = min(known, source.first_at)
        return found

    def answered(self, variant_id: UUID) -> Answered | None:
        """The answers of a variant that count; None where it has none."""
        mine = [s for s in self.sources if s.variant_id == variant_id and s.answers]
        oldest = min((s.oldest for s in mine if s.oldest is not None), default=None)
        newest = max((s.newest for s in mine if s.newest is not None), default=None)
        if oldest is None or newest is None:
            return None
        return Answered(sum(source.answers for source in mine), oldest, newest)

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
    failure_modes: int
    learnt: int
    undesigned: int
    ratings_open: int


class ProgressReports:
    """Counted from trials, never kept."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, experiment_id: UUID, since: datetime | None = None) -> Progress:
        """How far an experiment has come, counted from its trials. Answers `since` are new."""
        nothing = Progress(0, 0, 0, 0, 0.0, 0, 0, 0, None, None)
        return self._counted(experiment_id=experiment_id, since=since).get(experiment_id, nothing)

    def of_all(self, feature_id: UUID) -> dict[UUID, Progress]:
        """How far each of a feature's experiments has come."""
        return self._counted(feature_id=feature_id)

    def _counted(
        self,
        *,
        feature_id: UUID | None = None,
        experiment_id: UUID | None = None,
        since: datetime | None = None,
    ) -> dict[UUID, Progress]:
        # Of a million trials this is one pass, for the page's counts, for which variants were
        # tried, and for whose answers they are. It groups by how a call ended, which is cheaper
        # than to ask of each trial in each sum whether it brought an output.
        rows = self._db.rows(
            """
            with by_ending as (
                select t.experiment_id, t.variant_id, t.model, t.position, t.failure,
                    count(*) as trials, count(*) - count(t.cost) as n_unpriced,
                    coalesce(sum(t.cost), 0) as cost,
                    coalesce(sum(t.input_tokens), 0) as input_tokens,
                    coalesce(sum(t.output_tokens), 0) as output_tokens,
                    sum(t.latency_ms) as latency_ms, count(t.latency_ms) as n_timed,
                    max(t.created_at) as newest, min(t.created_at) as oldest,
                    count(*) filter (t.created_at >= $since::timestamptz) as new,
                    max(t.created_at) filter (t.created_at < $since::timestamptz) as last_old
                from experiment_trials t
                where t.experiment_id = $experiment
                    or (t.feature_id = $feature and t.purpose = 'experiment')
                group by t.experiment_id, t.variant_id, t.model, t.position, t.failure
            ),
            by_source as (
                select experiment_id, variant_id, model, position,
                    coalesce(sum(trials) filter (failure is null), 0)::bigint as outputs,
                    coalesce(sum(trials) filter (failure <> $filtered), 0)::bigint as failed,
                    coalesce(sum(trials) filter (failure = $filtered), 0)::bigint as refused,
                    sum(cost) as cost, sum(n_unpriced) filter (failure is null) as n_unpriced,
                    sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
                    sum(latency_ms) as latency_ms, sum(n_timed) as n_timed,
                    max(newest) as last_at, min(oldest) as first_at,
                    min(oldest) filter (failure is null) as oldest,
                    max(newest) filter (failure is null) as newest,
                    coalesce(sum(new) filter (failure is null), 0)::bigint as new,
                    max(last_old) filter (failure is null) as last_old
                from by_ending
                group by experiment_id, variant_id, model, position
            )
            select e.id,
                (select count(*) from experiment_variants where experiment_id = e.id)
                    * (select count(*) from experiment_cases where experiment_id = e.id) * e.trials,
                coalesce(sum(s.outputs), 0)::bigint, coalesce(sum(s.failed), 0)::bigint,
                coalesce(sum(s.refused), 0)::bigint,
                coalesce(sum(s.cost), 0), coalesce(sum(s.n_unpriced), 0)::bigint,
                coalesce(sum(s.input_tokens), 0)::bigint,
                coalesce(sum(s.output_tokens), 0)::bigint,
                sum(s.latency_ms) / nullif(sum(s.n_timed), 0), max(s.last_at),
                list((s.variant_id, s.model, s.outputs, s.failed, s.refused, s.first_at, s.oldest,
                    s.newest, s.new, s.last_old) order by s.position, s.outputs desc, s.model)
                    filter (s.variant_id is not null)
            from experiments e
            left join by_source s on s.experiment_id = e.id
            where e.id = $experiment
                or (e.feature_id = $feature and e.purpose = 'experiment')
            group by e.id, e.trials
            """,
            {
                "experiment": experiment_id,
                "feature": feature_id,
                "since": since,
                "filtered": CallFailure.FILTERED,
            },
        )
        return {
            found: Progress._make([*counts, tuple(Source(*each) for each in sources or ())])
            for found, *counts, sources in rows
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
                where e.feature_id = $feature and e.purpose = 'experiment'),
            modes as (
                select m.id, arg_max(v.severity = 'severe' and (v.noticed = '' or v.fallback = ''
                    or v.reads = '' or v.criterion_id is null), v.number) as is_undesigned
                from failure_modes m join failure_mode_versions v on v.mode_id = m.id
                where m.feature_id = $feature group by m.id
                having not arg_max(v.is_archived, v.number))
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
                    where requirement_id in (from mine) and number > 1),
                (select count(*) from modes),
                (select count(distinct mode_id) from failure_mode_lessons
                    where mode_id in (select id from modes)
                        and requirement_id in (from mine)),
                (select count(*) from modes where is_undesigned)
            """,
            {"feature": feature_id},
        )
        assert row is not None
        counts = (*row, RatingReports(self._db).waiting(feature_id))
        return LoopCounts(*counts)
