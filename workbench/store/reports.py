"""Read models for the pages: aggregated and paged by DuckDB, as DataFrames or small tuples."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.store.database import Database

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 4_000
"""How many characters of an output a page shows; the rest is a download."""

_SEARCH = """(
    contains(lower(c.key), $search) or contains(lower(t.message), $search)
    or t.output in (select hash from outputs where contains(lower(body), $search))
)"""


class Progress(NamedTuple):
    """How far an experiment's plan has come. Costs are in USD; `n_unpriced` have no known cost."""

    planned: int
    outputs: int
    failed: int
    cost: float
    n_unpriced: int
    input_tokens: int
    output_tokens: int
    latency_ms: float | None
    last_at: datetime | None

    @property
    def done(self) -> int:
        """Calls that ended, in an output or an error."""
        return self.outputs + self.failed


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
    ratings_open: int
    revisions: int


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
        row = self._db.row(
            """
            select
                (select count(*) from experiment_variants where experiment_id = e.id)
                    * (select count(*) from experiment_cases where experiment_id = e.id) * e.trials,
                count(t.output), count(t.failure), coalesce(sum(t.cost), 0),
                count(t.output) filter (t.cost is null), coalesce(sum(t.input_tokens), 0),
                coalesce(sum(t.output_tokens), 0), avg(t.latency_ms), max(t.created_at)
            from experiments e
            left join experiment_trials t on t.experiment_id = e.id
            where e.id = ? group by e.id, e.trials
            """,
            [experiment_id],
        )
        return Progress(*row) if row else Progress(0, 0, 0, 0.0, 0, 0, 0, None, None)

    def failures(self, experiment_id: UUID) -> "pd.DataFrame":
        """Calls that ended in an error: failure, message, calls."""
        return self._db.frame(
            """
            select t.failure, t.message, count(*)::integer as calls
            from experiment_trials t
            where t.experiment_id = ? and t.failure is not null
            group by all order by calls desc
            """,
            [experiment_id],
        )

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
        latency_ms, cost, outcome, reason, total (rows in all, whatever the page).
        """
        filters: list[tuple[str, str, object]] = []
        if variant_id is not None:
            filters.append(("variant", "t.variant_id = $variant", variant_id))
        if case_id is not None:
            filters.append(("case", "t.case_id = $case", case_id))
        if tag is not None:
            filters.append(("tag", "list_contains(c.tags, $tag)", tag))
        if outcome is not None:
            filters.append(("outcome", "coalesce(s.outcome, 'unscored') = $outcome", outcome))
        if search.strip():
            filters.append(("search", _SEARCH, search.strip().lower()))
        judged = "left join outcomes_of($criterion::uuid, $scorer) s on s.trial_id = t.id"
        # Which rows the page holds is found out first, from small columns; only those are read.
        return self._db.frame(
            f"""
            with found as materialized (
                select t.id, t.position, t.number, c.number as case_number
                from experiment_trials t
                join cases c on c.id = t.case_id
                {judged if outcome is not None else ""}
                where {" and ".join(("t.experiment_id = $experiment", *(f[1] for f in filters)))}
            ),
            page as (
                select * from found
                order by case_number, position, number, id limit $limit offset $offset
            )
            select t.id as trial_id, c.id as case_id, c.key as "case", t.variant_id,
                w.label as variant, t.number, c.variables as input, c.reference,
                left(o.body, $shown) as output, length(o.body) as length, t.failure, t.message,
                t.finish_reason, t.latency_ms, t.cost,
                case when $criterion::uuid is null then null
                    else coalesce(s.outcome, 'unscored') end as outcome,
                s.reason, (select count(*) from found) as total
            from page p
            join trials t on t.id = p.id
            join variants w on w.id = t.variant_id
            join cases c on c.id = t.case_id
            left join outputs o on o.hash = t.output
            left join (
                select * from outcomes where criterion_id = $criterion and scorer = $scorer
            ) s on s.trial_id = t.id
            order by p.case_number, p.position, p.number, p.id
            """,
            {
                "shown": SHOWN,
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "limit": limit,
                "offset": offset,
                **{name: value for name, _, value in filters},
            },
        )

    def to_rate(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        rater: str,
        slices: Sequence[str],
    ) -> "pd.DataFrame":
        """The cases of an experiment that have outputs, and how many of them a rater has rated.

        Columns: case_id, case, outputs, rated.
        """
        return self._db.frame(
            """
            select c.id as case_id, c.key as "case", count(*)::integer as outputs,
                count(s.trial_id)::integer as rated
            from experiment_trials t
            join cases c on c.id = t.case_id
            left join (
                select distinct trial_id from scores
                where criterion_id = $criterion and scorer = $scorer and rater = $rater
            ) s on s.trial_id = t.id
            where t.experiment_id = $experiment and t.output is not null
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            group by c.id, c.key, c.number order by c.number
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
                "slices": list(slices),
            },
        )

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

    def changes(self, feature_id: UUID, limit: int = 8) -> "pd.DataFrame":
        """What changed lately: created_at, author, kind, what, why."""
        return self._db.frame(
            """
            select * from (
                select v.created_at, v.author, 'requirement' as kind,
                    r.key || ' revision ' || v.number as what, v.why
                from requirement_revisions v join requirements r on r.id = v.requirement_id
                where r.feature_id = $feature
                union all
                select v.created_at, v.author, 'criterion', c.key || ' version ' || v.number,
                    v.title
                from criterion_versions v join criteria c on c.id = v.criterion_id
                join requirements r on r.id = c.requirement_id where r.feature_id = $feature
                union all
                select v.created_at, v.author, 'dataset', d.name || ' version ' || v.number, v.note
                from dataset_versions v join datasets d on d.id = v.dataset_id
                where d.feature_id = $feature
                union all
                select v.created_at, v.author, 'prompt', p.name || ' version ' || v.number, v.note
                from prompt_versions v join prompts p on p.id = v.prompt_id
                where p.feature_id = $feature
                union all
                select r.created_at, r.author, 'run', e.key || ' was run', e.question
                from runs r join experiments e on e.id = r.experiment_id
                where e.feature_id = $feature and e.purpose = 'experiment'
                union all
                select c.created_at, c.author, 'candidate', 'Variant ' || v.label || ' chosen',
                    c.why
                from candidates c join variants v on v.id = c.variant_id
                where c.feature_id = $feature
            ) order by created_at desc, what desc limit $limit
            """,
            {"feature": feature_id, "limit": limit},
        )

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
            ratings as (select c.id, arg_max(v.scorer, v.number) as scorer,
                    arg_max(v.scorer_kind, v.number) as kind,
                    arg_max(v.slices, v.number) as slices
                from criteria c join criterion_versions v on v.criterion_id = c.id
                where c.requirement_id in (from mine) and c.archived_at is null group by c.id)
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
                (select count(distinct (t.id, r.id))
                    from ratings r
                    join experiment_criteria k on k.criterion_id = r.id
                    join experiment_trials t on t.experiment_id = k.experiment_id
                    join cases c on c.id = t.case_id
                    where r.kind = 'rating' and t.output is not null
                        and (len(r.slices) = 0 or list_has_any(c.tags, r.slices))
                        and (t.id, r.id) not in (select (trial_id, criterion_id) from scores
                            where criterion_id = r.id and scorer = r.scorer)),
                (select count(*) from requirement_revisions
                    where requirement_id in (from mine) and number > 1)
            """,
            {"feature": feature_id},
        )
        assert row is not None
        return LoopCounts(*row)
