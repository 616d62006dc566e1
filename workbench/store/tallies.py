"""Counts for the statistics: per variant and cluster of cases, aggregated by DuckDB."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.trials import Ending, ending
from workbench.store import votes
from workbench.store.engine.database import Database


def mark(low: str, high: str) -> str:
    """How far up its scale a score's value lies, from 0 to 1, as SQL; null where it has none."""
    # DuckDB's least and greatest pass over nulls: alone they would make a 0 of no value.
    share = f"(value - {low}) / ({high} - {low})"
    return f"case when value is not null then least(1, greatest(0, {share})) end"


MARK = mark("$low", "$high")


class Tally(NamedTuple):
    """Inputs (cases with the same one count once) of one variant that ended alike, for one
    criterion.

    Of each, `planned` trials ended as `passes`, `fails`, or unscored: `errors` of those are failed
    calls, `waiting` have no trial yet. Trials that the criterion does not apply to are none of
    them, nor is an input without another trial; only `outside` of them count as unscored, where
    what is measured is a case as a whole. There are `alike` such inputs; tallies of other variants
    with the same `cluster` are the same ones. Tallies of one `group` depend on each other; where
    it is empty each input stands alone.
    """

    variant_id: UUID
    cluster: str
    cases: int
    planned: int
    passes: float
    fails: float
    errors: int
    waiting: int
    alike: int = 1
    group: str = ""
    outside: int = 0

    @property
    def scored(self) -> int:
        """Trials with a score. Parts of passes and fails add up to whole trials."""
        return round(self.passes + self.fails)

    @property
    def unscored(self) -> int:
        """Planned trials without a score, whatever the reason."""
        return self.planned - self.scored


class Counting(NamedTuple):
    """What to count: a criterion's scores by one scorer, on cases with one of these tags (all).

    Where a `scale` (lowest and highest score) is given, scores count by how far up it they are: a
    3 from 1 to 5 is half a pass and half a fail. With `is_per_case` a case is measured as a whole:
    where the criterion applies to some of its trials only, the others count as unscored.
    """

    criterion_id: UUID
    scorer: str
    slices: Sequence[str] = ()
    scale: tuple[float, float] | None = None
    is_per_case: bool = False


class Ended(NamedTuple):
    """How many trials of a variant, on cases with these tags, came to such an end: as outputs,
    or as calls without one."""

    variant_id: UUID
    tags: tuple[str, ...]
    ending: Ending
    is_output: bool
    trials: int


class Tallies:
    """Scores, counted."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def endings(self, experiment_id: UUID) -> list[Ended]:
        """The trials of an experiment that did not simply come whole: failed, filtered, cut at
        the token limit, refused by the server's own word. All others are complete or not asked."""
        # Three filters that DuckDB takes down to the table, where nearly every block of rows can be
        # passed over: as one filter it took thirty times as long.
        rows = self._db.rows(
            """
            with ended as (
                select variant_id, case_id, failure, false as is_refusal, finish_reason
                from experiment_trials where experiment_id = $experiment and failure is not null
                union all
                select variant_id, case_id, failure, is_refusal, finish_reason
                from experiment_trials
                where experiment_id = $experiment and failure is null and is_refusal
                union all
                select variant_id, case_id, failure, false, finish_reason
                from experiment_trials
                where experiment_id = $experiment and failure is null
                    and not coalesce(is_refusal, false)
                    and finish_reason <> 'stop' and finish_reason <> ''
            )
            select e.variant_id, c.tags, e.failure, e.is_refusal, e.finish_reason, count(*)
            from ended e join cases c on c.id = e.case_id
            group by all
            """,
            {"experiment": experiment_id},
        )
        found: Counter[tuple[UUID, tuple[str, ...], Ending, bool]] = Counter()
        for variant_id, tags, failure, is_refusal, finish_reason, trials in rows:
            came_to = ending(failure, finish_reason, is_refusal)
            if came_to is not Ending.COMPLETE:
                found[variant_id, tuple(tags), came_to, failure is None] += trials
        return [Ended(*key, trials) for key, trials in found.items()]

    def of(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        slices: Sequence[str],
        scale: tuple[float, float] | None = None,
        is_per_case: bool = False,
    ) -> list[Tally]:
        """The counts of one criterion in one experiment; see `of_all`."""
        counting = Counting(criterion_id, scorer, slices, scale, is_per_case)
        return self.of_all(experiment_id, [counting])[0]

    def of_all(
        self,
        experiment_id: UUID,
        wanted: Sequence[Counting],
        cut: Sequence[str] = (),
        *,
        is_strict: bool = False,
    ) -> list[list[Tally]]:
        """The counts of several criteria in one experiment, in one pass over its trials. Answers
        with a finish reason that is `cut` count as if they had no score; where it `is_strict`, so
        do those that a criterion does not apply to.

        Inputs that ended alike in every variant (and belong to one group, if to any) are one tally
        per variant: what a million scores come to is a few hundred rows, which hold all that
        estimates and comparisons need.
        """
        if not wanted:
            return []
        planned = self._db.rows(
            """
            select v.variant_id, v.position, e.trials
            from experiments e join experiment_variants v on v.experiment_id = e.id
            where e.id = ? order by v.position
            """,
            [experiment_id],
        )
        found: list[list[Tally]] = [[] for _ in wanted]
        if not planned:
            return found
        parameters: dict[str, object] = {"experiment": experiment_id}
        if cut:
            parameters["cut"] = list(cut)
        for place, counting in enumerate(wanted):
            parameters[f"criterion{place}"] = counting.criterion_id
            parameters[f"scorer{place}"] = counting.scorer
            if counting.scale is not None:
                parameters[f"low{place}"], parameters[f"high{place}"] = counting.scale
        slices = [counting.slices for counting in wanted]
        graded = {place for place, counting in enumerate(wanted) if counting.scale is not None}
        for place, tags in enumerate(slices):
            if slices.index(tags) == place:
                parameters[f"slices{place}"] = list(tags)
        scorers = [counting[:2] for counting in wanted]
        some = frozenset[int]() if is_strict else votes.inapplicable(self._db, scorers)
        rows = self._db.rows(
            _sql(
                slices,
                graded,
                [position for _, position, _ in planned],
                has_cut=bool(cut),
                has_one_rater=votes.has_one_rater(self._db, scorers),
                some=some,
            ),
            parameters,
        )
        width = 5 if some else 4
        for number, (place, group, alike, cases, *ended) in enumerate(rows):
            for variant, (variant_id, _, trials) in enumerate(planned):
                passes, fails, errors, made, *more = ended[width * variant : width * (variant + 1)]
                asked, outside = cases * trials, sum(more)
                if outside == asked:
                    continue
                is_partly = bool(outside) and wanted[place].is_per_case
                counts = (
                    *(cases, asked if is_partly else asked - outside, passes, fails, errors),
                    *(asked - made, alike, group, outside if is_partly else 0),
                )
                found[place].append(Tally(variant_id, str(number), *counts))
        return found

    def ever_outside(self) -> frozenset[tuple[UUID, str]]:
        """The criteria, each with its scorer, that did not apply to some trial."""
        return votes.ever_inapplicable(self._db)

    def outside(self, experiment_id: UUID, counting: Counting) -> dict[UUID, int]:
        """How many trials a criterion does not apply to, by variant, as its scorers say."""
        rows = self._db.rows(
            """
            select t.variant_id, count(*)
            from outcomes_of($criterion::uuid, $scorer) o
            join experiment_trials t on t.id = o.trial_id
            join cases c on c.id = t.case_id
            where t.experiment_id = $experiment and o.outcome = 'not_applicable'
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            group by t.variant_id
            """,
            {
                "experiment": experiment_id,
                "criterion": counting.criterion_id,
                "scorer": counting.scorer,
                "slices": list(counting.slices),
            },
        )
        return {variant_id: int(trials) for variant_id, trials in rows}


def _sql(
    slices: Sequence[Sequence[str]],
    graded: Collection[int],
    positions: Sequence[int],
    *,
    has_cut: bool = False,
    has_one_rater: bool = False,
    some: Collection[int] = (),
) -> str:
    """The query of `of_all`: scores to one row per trial, trials to one per case, cases to
    inputs, inputs that ended alike to one row. It is put together from numbers of our own,
    never from texts."""
    places = range(len(slices))
    # A rater who can't tell any more takes the older score back: nulls count.
    newest = [
        f"arg_max_null({mark(f'$low{i}', f'$high{i}')}, created_at)"
        if i in graded
        else f"arg_max({votes.VOTE}, created_at)"
        for i in places
    ]
    together = ["avg" if i in graded else "sum" for i in places]
    per_case = []
    for position in positions:
        here = f"t.position = {position:d}"
        per_case.append(f"count(*) filter ({here}) as made_{position:d}")
        per_case.append(f"count(t.failure) filter ({here}) as errors_{position:d}")
        for i in places:
            won, lost = f"pass_{i}_{position:d}", f"fail_{i}_{position:d}"
            if i in graded:
                per_case.append(f"sum(vote_{i}) filter ({here}) as {won}")
                per_case.append(f"sum(1 - vote_{i}) filter ({here}) as {lost}")
            else:
                per_case.append(f"count(*) filter ({here} and vote_{i} > 0) as {won}")
                per_case.append(f"count(*) filter ({here} and vote_{i} < 0) as {lost}")
        per_case += [
            f"count(*) filter ({here} and outside_{i:d}) as {_out(i, position)}" for i in some
        ]
    is_whole = "and not list_contains($cut::varchar[], t.finish_reason)" if has_cut else ""
    # Criteria that look at the same cases share the clusters.
    looking: dict[tuple[str, ...], list[int]] = {}
    for i in places:
        looking.setdefault(tuple(slices[i]), []).append(i)
    clusters = [_clusters(shared, graded, positions, some) for shared in looking.values()]
    whole = [
        f"""
        select {i} as place, group_name, count(*) as alike, cases,
            {", ".join(name for p in positions for name in _columns(i, p, some))}
        from clusters_{shared[0]} group by all"""
        for shared in looking.values()
        for i in shared
    ]
    return f"""
        with {votes.counted(newest, together, has_one_rater=has_one_rater, some=some)},
        per_case as materialized (
            select t.case_id, {", ".join(per_case)}
            from experiment_trials t left join votes on votes.trial_id = t.id {is_whole}
            where t.experiment_id = $experiment
            group by t.case_id
        ),
        {", ".join(clusters)}
        {" union all ".join(whole)}
        order by all
    """


def _columns(place: int, position: int, some: Collection[int]) -> list[str]:
    found = [
        f"pass_{place:d}_{position:d}",
        f"fail_{place:d}_{position:d}",
        f"errors_{position:d}",
        f"made_{position:d}",
    ]
    if place in some:
        return [*found, _out(place, position)]
    return [*found, "0"] if some else found


def _out(place: int, position: int) -> str:
    return f"out_{place:d}_{position:d}"


def _clusters(
    places: Sequence[int],
    graded: Collection[int],
    positions: Sequence[int],
    some: Collection[int],
) -> str:
    """Cases with the same input, counted for criteria that look at the same slices."""
    parts = {name for i in graded for p in positions for name in _columns(i, p, some)[:2]}
    columns = dict.fromkeys(
        name for i in places for p in positions for name in _columns(i, p, some) if name != "0"
    )
    # Rounded, so that inputs that ended alike are alike in whatever order they were added up.
    sums = ", ".join(
        f"round(coalesce(sum(p.{name}), 0), 9) as {name}"
        if name in parts
        else f"coalesce(sum(p.{name}), 0)::integer as {name}"
        for name in columns
    )
    of_slices = f"$slices{places[0]}::varchar[]"
    return f"""clusters_{places[0]} as materialized (
        select c.group_name, count(*) as cases, {sums}
        from experiment_cases x
        join cases c on c.id = x.case_id
        left join per_case p on p.case_id = x.case_id
        where x.experiment_id = $experiment
            and (len({of_slices}) = 0 or list_has_any(c.tags, {of_slices}))
        group by c.input, c.group_name
    )"""
