"""Cases × variants: how each trial ended, aggregated and paged by DuckDB."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from workbench.domain import attachments, conversations
from workbench.domain.datasets import given
from workbench.domain.scores import Outcome
from workbench.store.engine.database import Database


class Show(StrEnum):
    """Which cases a grid shows: those of which some variant …"""

    FAILS = "fails"
    FLICKERS = "flickers"
    DISPUTED = "disputed"
    UNSCORED = "unscored"
    DIFFERS = "differs"


class Order(StrEnum):
    """In which order the cases stand."""

    CASE = "case"
    FAILS = "fails"
    DIFFERS = "differs"


class Looked(NamedTuple):
    """A criterion that is looked at: by the scorer it has, on cases with any of these tags, but
    not of the variant at the place `spared`."""

    criterion_id: UUID
    scorer: str
    slices: tuple[str, ...] = ()
    spared: int = -1


class Cell(NamedTuple):
    """A variant's trials of a case in their order: the id, and how it ended; None: the call failed.

    Of several criteria a trial fails that fails one, is unscored that one could not tell of, and
    passes where all that apply are passed. Where no criterion looks at such cases it is not
    applicable. `is_disputed`: raters said both of one trial.
    """

    trials: tuple[tuple[UUID, Outcome | None], ...] = ()
    is_disputed: bool = False


class CaseRow(NamedTuple):
    """A case, and its cells by the variant's position. A variant that was not asked has none."""

    case_id: UUID
    key: str
    input: Mapping[str, Any]
    cells: Mapping[int, Cell]


class Grid(NamedTuple):
    """A page of it, and how many cases there are on all pages."""

    rows: tuple[CaseRow, ...]
    total: int


_FOUND = """
    ($tag::varchar is null or list_contains(c.tags, $tag::varchar))
    and ($search = '' or t.case_id in (
        select f.case_id
        from experiment_trials f
        join cases k on k.id = f.case_id
        left join outputs o on o.hash = coalesce(f.output, f.partial)
        where f.experiment_id = $experiment and (
            contains(lower(k.key), lower($search))
            or contains(lower(concat(k.variables, k.messages, k.attachments)), lower($search))
            or contains(lower(f.message), lower($search))
            or contains(lower(o.body), lower($search)))))
"""
_FIRST = f"""
    with found as (
        select distinct c.id, c.number
        from experiment_trials t join cases c on c.id = t.case_id
        where t.experiment_id = $experiment and {_FOUND}
    )
    select id, count(*) over () from found order by number limit $limit offset $offset
"""
# Of what a trial's criteria say, the first that is among them is what the trial came to.
_CAME_TO = """
    case when bool_or(is_failed) then null
        when bool_or(outcome = 'fail') then 'fail'
        when bool_or(outcome = 'unscored') then 'unscored'
        when bool_or(outcome = 'pass') then 'pass'
        else 'not_applicable' end
"""
_WHICH = {
    None: "true",
    Show.FAILS: "fails > 0",
    Show.FLICKERS: "is_flickering",
    Show.DISPUTED: "is_disputed",
    Show.UNSCORED: "unscored > 0",
    Show.DIFFERS: "gap > 0",
}
_ORDER = {
    Order.CASE: "number",
    Order.FAILS: "fails desc, number",
    Order.DIFFERS: "gap desc nulls last, number",
}


class GridReports:
    """The grid of an experiment."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def page(
        self,
        experiment_id: UUID,
        criteria: Sequence[Looked],
        *,
        baseline: int,
        show: Show | None = None,
        order: Order = Order.CASE,
        tag: str | None = None,
        search: str = "",
        limit: int = 25,
        offset: int = 0,
    ) -> Grid:
        """One page of cases. `baseline` is the position of the variant that others differ from, by
        the share of scored trials that pass. `search` looks into outputs, error messages, inputs
        and keys, whatever their case."""
        if not criteria:
            return Grid((), 0)
        found = {"experiment": experiment_id, "tag": tag, "search": search.strip()}
        place = {"limit": limit, "offset": offset}
        cases, total = None, None
        if show is None and order is Order.CASE:
            # Nothing of the scores says which cases these are: only theirs are looked at.
            first = self._db.rows(_FIRST, found | place)
            cases, total = [case_id for case_id, _ in first], first[0][1] if first else 0
            place = {"limit": limit, "offset": 0}
        rows = self._db.rows(
            _sql(show, order),
            {
                **found,
                **place,
                "cases": cases,
                "criteria": [looked.criterion_id for looked in criteria],
                "scorers": [looked.scorer for looked in criteria],
                "slices": [list(looked.slices) for looked in criteria],
                "spared": [looked.spared for looked in criteria],
                "baseline": baseline,
            },
        )
        if total is None:
            total = rows[0][-1] if rows else 0
        return Grid(
            tuple(
                CaseRow(
                    case_id,
                    key,
                    given(json.loads(variables), conversations.load(said), attachments.load(files)),
                    _cells(ended),
                )
                for case_id, key, variables, said, files, ended, _ in rows
            ),
            total,
        )


def _cells(ended: Sequence[Mapping[str, Any]]) -> dict[int, Cell]:
    return {
        cell["position"]: Cell(
            tuple(
                (trial["id"], None if trial["outcome"] is None else Outcome(trial["outcome"]))
                for trial in cell["trials"]
            ),
            cell["is_disputed"],
        )
        for cell in ended
    }


def _sql(show: Show | None, order: Order) -> str:
    """The query of `page`: scores to one outcome a trial, trials to cells, cells to cases. Inputs
    are read for the cases of the page alone."""
    return f"""
        with looked as (
            select unnest($criteria::uuid[]) as criterion_id, unnest($scorers::varchar[]) as scorer,
                unnest($slices::varchar[][]) as slices, unnest($spared::integer[]) as spared
        ),
        asked as materialized (
            select t.id, t.case_id, c.number as case_number, c.tags, t.position, t.number,
                t.failure is not null as is_failed
            from experiment_trials t
            join cases c on c.id = t.case_id
            where t.experiment_id = $experiment
                and ($cases::uuid[] is null or list_contains($cases::uuid[], t.case_id))
                and {_FOUND}
        ),
        newest as (
            select s.trial_id, s.criterion_id, s.rater, arg_max(s.outcome, s.created_at) as outcome
            from counted_scores s
            join looked w on w.criterion_id = s.criterion_id and w.scorer = s.scorer
            semi join asked a on a.id = s.trial_id
            group by all
        ),
        said as (
            select trial_id, criterion_id, majority(outcome) as outcome,
                count(distinct outcome) filter (outcome <> 'unscored') > 1 as is_disputed
            from newest group by all
        ),
        trials_ended as (
            select a.id, a.case_id, a.case_number, a.position, a.number,
                {_CAME_TO} as outcome, bool_or(coalesce(is_disputed, false)) as is_disputed
            from (
                select a.*, s.is_disputed,
                    case when w.criterion_id is null then 'not_applicable'
                        else coalesce(s.outcome, 'unscored') end as outcome
                from asked a
                left join looked w on a.position <> w.spared
                    and (len(w.slices) = 0 or list_has_any(a.tags, w.slices))
                left join said s on s.trial_id = a.id and s.criterion_id = w.criterion_id
            ) a
            group by all
        ),
        cells as (
            select case_id, case_number, position,
                list({{'id': id, 'outcome': outcome}} order by number) as trials,
                count(*) filter (outcome = 'fail') as fails,
                count(*) filter (outcome = 'pass') as passes,
                count(*) filter (outcome = 'unscored' or outcome is null) as unscored,
                bool_or(is_disputed) as is_disputed,
                passes / nullif(passes + fails, 0) as share
            from trials_ended group by all
        ),
        by_case as (
            select case_id, case_number as number, sum(fails) as fails, sum(unscored) as unscored,
                bool_or(fails > 0 and passes > 0) as is_flickering,
                bool_or(is_disputed) as is_disputed,
                any_value(share) filter (position = $baseline) as base,
                greatest(max(share) - base, base - min(share)) as gap,
                list({{'position': position, 'trials': trials, 'is_disputed': is_disputed}}
                    order by position) as ended
            from cells group by all
        ),
        found as (select * from by_case where {_WHICH[show]}),
        page as (
            select *, count(*) over () as total from found
            order by {_ORDER[order]} limit $limit offset $offset
        )
        select c.id, c.key, c.variables, c.messages, c.attachments, p.ended, p.total
        from page p join cases c on c.id = p.case_id
        order by {_ORDER[order].replace("number", "p.number")}
    """
