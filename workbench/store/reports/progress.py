"""How far an experiment has come, and how far a feature is in the loop."""

import math
from collections.abc import Mapping, Sequence
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
    outputs: int
    revisions: int
    failure_modes: int
    learnt: int
    undesigned: int
    put_away: int
    ratings_open: int


class _Ended(NamedTuple):
    """Trials of one variant by one model that ended alike: in an answer where `failure` is None."""

    variant_id: UUID
    model: str
    position: int
    failure: str | None
    trials: int
    n_unpriced: int
    cost: float
    input_tokens: int
    output_tokens: int
    latency_ms: float | None
    n_timed: int
    newest: datetime
    oldest: datetime
    new: int
    last_old: datetime | None


_PLANNED = """
    with mine as (
        select id, trials from experiments
        where id = $experiment or (feature_id = $feature and purpose = 'experiment')
    ),
    cases as (
        select experiment_id, count(*) as n from experiment_cases
        where experiment_id in (select id from mine) group by all
    ),
    variants as (
        select experiment_id, count(*) as n from experiment_variants
        where experiment_id in (select id from mine) group by all
    )
    select mine.id, mine.trials * coalesce(cases.n, 0) * coalesce(variants.n, 0)
    from mine
    left join cases on cases.experiment_id = mine.id
    left join variants on variants.experiment_id = mine.id
"""
_BY_ENDING = """
    select t.experiment_id, t.variant_id, t.model, t.position, t.failure,
        count(*), count(*) - count(t.cost), coalesce(sum(t.cost), 0),
        coalesce(sum(t.input_tokens), 0)::bigint, coalesce(sum(t.output_tokens), 0)::bigint,
        sum(t.latency_ms), count(t.latency_ms), max(t.created_at), min(t.created_at),
        count(*) filter (t.created_at >= $since::timestamptz),
        max(t.created_at) filter (t.created_at < $since::timestamptz)
    from experiment_trials t
    where t.experiment_id = $experiment
        or (t.feature_id = $feature and t.purpose = 'experiment')
    group by t.experiment_id, t.variant_id, t.model, t.position, t.failure
"""


def _progress(planned: int, ended: Sequence[_Ended]) -> Progress:
    """What an experiment's trials come to, by how they ended."""
    n_timed = sum(one.n_timed for one in ended)
    latency_ms = math.fsum(one.latency_ms or 0.0 for one in ended) / n_timed if n_timed else None
    by_source: dict[tuple[int, UUID, str], list[_Ended]] = {}
    for one in ended:
        by_source.setdefault((one.position, one.variant_id, one.model), []).append(one)
    sources = {key: _source(of_it) for key, of_it in by_source.items()}
    order = sorted(sources, key=lambda key: (key[0], -sources[key].answers, key[2]))
    answers = [one for one in ended if one.failure is None]
    return Progress(
        planned,
        outputs=sum(one.trials for one in answers),
        failed=sum(source.failed for source in sources.values()),
        refused=sum(source.refused for source in sources.values()),
        cost=math.fsum(one.cost for one in ended),
        n_unpriced=sum(one.n_unpriced for one in answers),
        input_tokens=sum(one.input_tokens for one in ended),
        output_tokens=sum(one.output_tokens for one in ended),
        latency_ms=latency_ms,
        last_at=max((one.newest for one in ended), default=None),
        sources=tuple(sources[key] for key in order),
    )


def _source(ended: Sequence[_Ended]) -> Source:
    answers = [one for one in ended if one.failure is None]
    refused = sum(one.trials for one in ended if one.failure == CallFailure.FILTERED)
    n_answers = sum(one.trials for one in answers)
    return Source(
        ended[0].variant_id,
        ended[0].model,
        n_answers,
        failed=sum(one.trials for one in ended) - n_answers - refused,
        refused=refused,
        first_at=min(one.oldest for one in ended),
        oldest=min((one.oldest for one in answers), default=None),
        newest=max((one.newest for one in answers), default=None),
        new=sum(one.new for one in answers),
        last_old=max((one.last_old for one in answers if one.last_old), default=None),
    )


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
        which = {"experiment": experiment_id, "feature": feature_id}
        planned: dict[UUID, int] = dict(self._db.rows(_PLANNED, which))
        # Of a million trials this is one pass, for the page's counts, for which variants were
        # tried, and for whose answers they are. It groups by how a call ended, which is cheaper
        # than to ask of each trial in each sum whether it brought an output; the few rows that
        # come are added up here, which DuckDB would plan for longer than it takes.
        found: dict[UUID, list[_Ended]] = {}
        for row in self._db.rows(_BY_ENDING, {**which, "since": since}):
            found.setdefault(row[0], []).append(_Ended._make(row[1:]))
        return {one: _progress(n, found.get(one, ())) for one, n in planned.items()}

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
            finished as (select run_id from run_events where state = 'finished'),
            begun as (
                -- One that ended before its first call tried nothing, but where it found all of its
                -- answers there. Of a million trials few are looked at in this way.
                from finished union all select run_id from trials where run_id in (
                    select id from runs
                    where experiment_id in (from asked) and id not in (from finished))),
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
                (select count(*) from asked where id not in (
                    select experiment_id from experiment_archivings
                    group by experiment_id having arg_max(is_archived, rowid))),
                (select count(distinct r.experiment_id) from runs r
                    semi join begun on begun.run_id = r.id
                    where r.experiment_id in (from asked)),
                (select count(t.output) from trials t join variants v on v.id = t.variant_id
                    where v.feature_id = $feature),
                (select count(*) from requirement_revisions
                    where requirement_id in (from mine) and number > 1),
                (select count(*) from modes),
                (select count(distinct mode_id) from failure_mode_lessons
                    where mode_id in (select id from modes)
                        and requirement_id in (from mine)),
                (select count(*) from modes where is_undesigned),
                (select count(*) from requirements
                    where feature_id = $feature and archived_at is not null)
            """,
            {"feature": feature_id},
        )
        assert row is not None
        counts = (*row, RatingReports(self._db).waiting(feature_id))
        return LoopCounts(*counts)
