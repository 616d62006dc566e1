"""Outputs with what was thought of them, filtered and paged by DuckDB, and what calls took."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 4_000
"""How many characters of an output a page shows; the rest is a download."""


class Usage(NamedTuple):
    """What earlier calls of a model took, on average."""

    latency_ms: float | None
    output_tokens: float | None
    n: int


class OutputReports:
    """Outputs a page at a time, and what they took."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def page(
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

    def usage(self, connection: str, model: str) -> Usage:
        """What earlier calls of a model took, as the tested one or as the player of a user."""
        row = self._db.row(
            """
            with taken as (
                select v.connection, v.model, t.latency_ms, t.output_tokens
                from trials t join variants v on v.id = t.variant_id
                where t.output is not null and t.id not in (select id from turns)
                union all
                select
                    if(u.is_users, v.parameters ->> '$.user.connection', v.connection),
                    if(u.is_users, v.parameters ->> '$.user.model', v.model),
                    u.latency_ms, u.output_tokens
                from turns u join variants v on v.id = u.variant_id
            )
            select avg(latency_ms), avg(output_tokens), count(*) from taken
            where connection = ? and model = ?
            """,
            [connection, model],
        )
        return Usage(*row) if row else Usage(None, None, 0)
