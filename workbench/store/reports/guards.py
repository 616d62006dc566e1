"""What tells whether a result may flatter: cases that were seen before, repeats, slices, raters."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.store import votes
from workbench.store.engine.database import Database

_COUNTS = ("passes", "fails")


class Repeats(NamedTuple):
    """An experiment's cases, how many different inputs they have, and how many are left when case,
    spaces and the signs of a sentence are overlooked."""

    cases: int
    inputs: int
    alike: int


class Rated(NamedTuple):
    """Who rated an experiment's outputs by one criterion, and how many two people rated."""

    raters: int
    outputs: int
    by_two: int


class SliceTally(NamedTuple):
    """Clusters of one variant on cases with one tag that ended alike, for one criterion; of
    `planned` trials of each so many passed and failed."""

    variant_id: UUID
    tag: str
    planned: int
    passes: int
    fails: int
    alike: int


class GuardReports:
    """What the guards read."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def tuned_on(self, experiment_id: UUID) -> int:
        """How many cases that are not held out have an input (or are of a group) that had been
        answered with an earlier version of one of the experiment's prompts when the newest version
        here was written."""
        found: int = self._db.value(
            """
            with newest as (
                select p.prompt_id, max(p.number) as number, max(p.created_at) as written_at
                from experiment_variants e
                join variants v on v.id = e.variant_id
                join prompt_versions p on p.id = v.prompt_version_id
                where e.experiment_id = $experiment group by p.prompt_id
            ),
            earlier as (
                select v.id as variant_id, n.written_at
                from newest n
                join prompt_versions p on p.prompt_id = n.prompt_id and p.number < n.number
                join variants v on v.prompt_version_id = p.id
            ),
            answered as (
                select distinct t.case_id
                from trials t
                join earlier w on w.variant_id = t.variant_id and t.created_at < w.written_at
                where t.output is not null
            ),
            inputs as (
                select c.input, c.group_name from answered a join cases c on c.id = a.case_id
            )
            select count(*)
            from experiment_cases x
            join cases c on c.id = x.case_id
            where x.experiment_id = $experiment and not c.held_out and (
                c.input in (select input from inputs)
                or (c.group_name <> '' and c.group_name in (select group_name from inputs))
            )
            """,
            {"experiment": experiment_id},
        )
        return found

    def repeats(self, experiment_id: UUID) -> Repeats:
        """How different the experiment's cases are."""
        # Most cases differ in more than signs: only those that do not are looked at closely.
        row = self._db.row(
            r"""
            with texts as (
                select c.input, lower(concat(c.variables, c.messages)) as text,
                    translate(text, ' .,;!?"“”‘’''', '') as letters
                from experiment_cases x join cases c on c.id = x.case_id
                where x.experiment_id = ?
            ),
            groups as (
                select letters, count(*) as cases, count(distinct input) as inputs
                from texts group by letters
            ),
            close as (
                select count(distinct regexp_replace(text, '[\s.,;!?"“”‘’'']+', ' ', 'g')) as alike
                from texts where letters in (select letters from groups where inputs > 1)
            )
            select coalesce(sum(cases), 0)::bigint, coalesce(sum(inputs), 0)::bigint,
                (count(*) filter (inputs = 1) + (select alike from close))::bigint
            from groups
            """,
            [experiment_id],
        )
        assert row is not None
        return Repeats(*row)

    def rated(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> Rated:
        """By whom the outputs were rated."""
        row = self._db.row(
            """
            with said as (
                select s.trial_id, s.rater
                from scores s
                where s.criterion_id = $criterion and s.scorer = $scorer
                    and not starts_with(s.rater, 'settled:')
                    and s.trial_id in
                        (select id from experiment_trials where experiment_id = $experiment)
                group by s.trial_id, s.rater
                having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
            ),
            by_output as (select trial_id, list(rater) as raters from said group by trial_id)
            select coalesce(len(list_distinct(flatten(list(raters)))), 0), count(*),
                count(*) filter (len(raters) > 1)
            from by_output
            """,
            {"experiment": experiment_id, "criterion": criterion_id, "scorer": scorer},
        )
        assert row is not None
        return Rated(*row)

    def not_blind(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> int:
        """How many outputs have a rating that counts and was given by somebody who had been told
        which variant it is."""
        found: int = self._db.value(
            """
            with newest as (
                select trial_id, rater, max(created_at) as said_at from counted_scores
                where criterion_id = $criterion and scorer = $scorer and rater <> ''
                group by trial_id, rater
                having not coalesce(arg_max(is_withdrawn, created_at), false)
            )
            select count(distinct n.trial_id)
            from unblindings u
            join experiment_trials t
                on t.experiment_id = u.experiment_id and t.case_id = u.case_id
            join newest n on n.trial_id = t.id and n.rater in (u.rater, 'settled:' || u.rater)
                and n.said_at > u.created_at
            where u.experiment_id = $experiment
            """,
            {"experiment": experiment_id, "criterion": criterion_id, "scorer": scorer},
        )
        return found

    def swayed(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> int:
        """How many outputs have a rating that counts and was changed by its rater after they had
        seen what the others said."""
        found: int = self._db.value(
            """
            select count(distinct n.trial_id)
            from reveal_openings o
            join experiment_trials t on t.experiment_id = o.experiment_id
            join counted_scores n on n.trial_id = t.id and n.rater = o.rater
                and n.criterion_id = o.criterion_id and n.scorer = o.scorer
                and n.created_at > o.opened_at and not coalesce(n.is_withdrawn, false)
            semi join scores b on b.trial_id = n.trial_id and b.rater = n.rater
                and b.criterion_id = n.criterion_id and b.scorer = n.scorer
                and b.created_at <= o.opened_at
            where o.experiment_id = $experiment and o.criterion_id = $criterion
                and o.scorer = $scorer
            """,
            {"experiment": experiment_id, "criterion": criterion_id, "scorer": scorer},
        )
        return found

    def by_slice(
        self, experiment_id: UUID, wanted: Sequence[tuple[UUID, str]]
    ) -> list[list[SliceTally]]:
        """The counts of each tag for several criteria (with their scorers) in one pass, clusters
        that ended alike put together."""
        if not wanted:
            return []
        parameters: dict[str, object] = {"experiment": experiment_id}
        for place, (criterion_id, scorer) in enumerate(wanted):
            parameters[f"criterion{place}"], parameters[f"scorer{place}"] = criterion_id, scorer
        found: list[list[SliceTally]] = [[] for _ in wanted]
        sql = _by_slice(
            len(wanted),
            has_one_rater=votes.has_one_rater(self._db, wanted),
            some=votes.inapplicable(self._db, wanted),
        )
        for place, variant_id, tag, planned, passes, fails, alike, outside in self._db.rows(
            sql, parameters
        ):
            if outside < planned:
                counts = (planned - outside, passes, fails, alike)
                found[place].append(SliceTally(variant_id, tag, *counts))
        return found


def _by_slice(n: int, *, has_one_rater: bool, some: Collection[int]) -> str:
    """The query of `by_slice`, put together from numbers of our own."""
    places = range(n)
    newest = [f"arg_max({votes.VOTE}, created_at)"] * n
    counted = [
        f"count(*) filter (vote_{i} {sign}) as {name}_{i}"
        for i in places
        for name, sign in (("passes", "> 0"), ("fails", "< 0"))
    ]
    of_clusters = [f"sum({name}_{i})::integer as {name}_{i}" for i in places for name in _COUNTS]
    counted += [f"count(*) filter (outside_{i:d}) as outside_{i:d}" for i in some]
    of_clusters += [f"sum(outside_{i:d})::integer as outside_{i:d}" for i in some]
    each = [
        f"""
        select {i} as place, variant_id, tag, planned, passes_{i}, fails_{i}, count(*),
            {f"outside_{i:d}" if i in some else "0"} as outside
        from clusters group by all"""
        for i in places
    ]
    return f"""
        with {votes.counted(newest, ["sum"] * n, has_one_rater=has_one_rater, some=some)},
        per_case as (
            select t.variant_id, t.case_id, {", ".join(counted)}
            from experiment_trials t left join votes on votes.trial_id = t.id
            where t.experiment_id = $experiment
            group by t.variant_id, t.case_id
        ),
        tagged as (
            select p.*, c.cluster, e.trials, unnest(c.tags) as tag
            from per_case p
            join cases c on c.id = p.case_id
            join experiments e on e.id = $experiment
        ),
        clusters as materialized (
            select variant_id, tag, count(*) * any_value(trials) as planned,
                {", ".join(of_clusters)}
            from tagged group by variant_id, tag, cluster
        )
        {" union all ".join(each)}
        order by all
    """
