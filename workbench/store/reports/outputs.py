"""Read models for the pages: aggregated and paged by DuckDB, as DataFrames or small tuples."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.errors import CallFailure
from workbench.store.engine.database import Database
from workbench.store.reports.rating import RatingReports

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 4_000
"""How many characters of an output a page shows; the rest is a download."""


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


class Usage(NamedTuple):
    """What earlier calls of a model took, on average."""

    latency_ms: float | None
    output_tokens: float | None
    n: int


class Reports:
    """What the pages read."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def progress(self, experiment_id: UUID) -> Progress:
        """How far an experiment has come, counted from its trials."""
        nothing = Progress(0, 0, 0, 0, 0.0, 0, 0, 0, None, None, {}, {})
        return self._progress(experiment_id=experiment_id).get(experiment_id, nothing)

    def progress_of_all(self, feature_id: UUID) -> dict[UUID, Progress]:
        """How far each of a feature's experiments has come."""
        return self._progress(feature_id=feature_id)

    def _progress(
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

    def outputs(
        self,
        experiment_id: UUID,
        *,
        variant_id: UUID | None = None,
        criterion_id: UUID | None = None,
        scorer: str = "",
        outcome: str | None = None,
        tag: str | None = None,
        search: str = "",
        case_id: UUID | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> "pd.DataFrame":
        """One page of outputs, with what a criterion's scorer thought of each.

        `search` looks into outputs, error messages and case keys, whatever their case; `outcome`
        needs a criterion. Columns: trial_id, case_id, case, variant_id, variant, number, input,
        reference, output (cut at SHOWN characters), length, failure, message, finish_reason,
        is_refusal, partial (what a failed call had said), latency_ms, cost, outcome, reason, total
        (rows in all, whatever the page).
        """
        # Which rows the page holds is found out first, from small columns; only those are read.
        # What is not asked for is null, and DuckDB leaves it out of its plan.
        frame = self._db.frame(
            """
            with found as materialized (
                select t.id, t.position, t.number, c.number as case_number
                from experiment_trials t
                join cases c on c.id = t.case_id
                left join outcomes_of($judge::uuid, $scorer) s on s.trial_id = t.id
                where t.experiment_id = $experiment
                    and ($variant::uuid is null or t.variant_id = $variant::uuid)
                    and ($case::uuid is null or t.case_id = $case::uuid)
                    and ($tag::varchar is null or list_contains(c.tags, $tag::varchar))
                    and ($outcome::varchar is null
                        or coalesce(s.outcome, 'unscored') = $outcome::varchar)
                    and ($search = '' or contains(lower(c.key), lower($search))
                        or contains(lower(t.message), lower($search))
                        or coalesce(t.output, t.partial) in (
                            select hash from outputs
                            where $search <> '' and contains(lower(body), lower($search))))
            ),
            page as (
                select * from found
                order by case_number, position, number, id limit $limit offset $offset
            )
            select t.id as trial_id, c.id as case_id, c.key as "case", t.variant_id,
                w.label as variant, t.number, c.variables as input, c.reference,
                left(o.body, $shown) as output, length(o.body) as length, t.failure, t.message,
                t.finish_reason, t.is_refusal, left(h.body, $shown) as partial, t.latency_ms,
                t.cost, (select count(*) from found) as total
            from page p
            join trials t on t.id = p.id
            join variants w on w.id = t.variant_id
            join cases c on c.id = t.case_id
            left join outputs o on o.hash = t.output
            left join outputs h on h.hash = t.partial
            order by p.case_number, p.position, p.number, p.id
            """,
            {
                "shown": SHOWN,
                "experiment": experiment_id,
                "judge": criterion_id if outcome is not None else None,
                "scorer": scorer,
                "variant": variant_id,
                "case": case_id,
                "tag": tag,
                "outcome": outcome,
                "search": search.strip(),
                "limit": limit,
                "offset": offset,
            },
        )
        said = {} if criterion_id is None else self._said(frame["trial_id"], criterion_id, scorer)
        unsaid = None if criterion_id is None else "unscored"
        judgements = [said.get(trial_id, (unsaid, None)) for trial_id in frame["trial_id"]]
        frame["outcome"] = [judgement[0] for judgement in judgements]
        frame["reason"] = [judgement[1] for judgement in judgements]
        return frame

    def _said(
        self, trial_ids: Iterable[UUID], criterion_id: UUID, scorer: str
    ) -> dict[UUID, tuple[str, str | None]]:
        """What a criterion's scorer thought of a few trials.

        They are given as a list: DuckDB takes such a filter down to the scores, but not a join.
        """
        rows = self._db.rows(
            """
            select trial_id, outcome, reason from outcomes
            where criterion_id = ? and scorer = ? and list_contains(?::uuid[], trial_id)
            """,
            [criterion_id, scorer, list(trial_ids)],
        )
        return {trial_id: (outcome, reason) for trial_id, outcome, reason in rows}

    def tags(self, dataset_version_id: UUID) -> "pd.DataFrame":
        """The tags of a dataset version: tag, cases, held_out."""
        return self._db.frame(
            """
            select unnest(c.tags) as tag, count(*)::integer as cases,
                count(*) filter (c.held_out)::integer as held_out
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ? group by tag order by cases desc, tag
            """,
            [dataset_version_id],
        )

    def usage(self, connection: str, model: str) -> Usage:
        """What earlier calls of a model took."""
        row = self._db.row(
            """
            select avg(t.latency_ms), avg(t.output_tokens), count(*)
            from trials t join variants v on v.id = t.variant_id
            where v.connection = ? and v.model = ? and t.output is not null
            """,
            [connection, model],
        )
        return Usage(*row) if row else Usage(None, None, 0)

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
