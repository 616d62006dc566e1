"""What waits for a person: outputs without a rating, and a rater's place in the cases."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import ScorerKind
from workbench.domain.kinds.entry import By
from workbench.store.engine.database import Database
from workbench.store.to_rate import THINGS


class Looked(NamedTuple):
    """How many outputs somebody gave a word by a criterion: that it does not apply, or another;
    and to how many people gave one by an earlier rubric of it."""

    outside: int
    others: int
    by_earlier: int


class CaseToRate(NamedTuple):
    """A case that has outputs, how many of them the rater has rated, and its place from 1."""

    id: UUID
    key: str
    outputs: int
    rated: int
    place: int

    @property
    def is_done(self) -> bool:
        """Whether the rater has rated every output."""
        return self.rated >= self.outputs


class Queue(NamedTuple):
    """A rater's cases: how many there are, how many are done, and those around the one at hand.

    `here` is the case that was asked for, None where it is not among them. `next_open` is the
    first case with an unrated output after it and round to it, None where all are done.
    """

    cases: int
    done: int
    here: CaseToRate | None
    next_open: CaseToRate | None
    near: tuple[CaseToRate, ...]

    def at(self, place: int) -> CaseToRate | None:
        """The case at a place close by."""
        return next((case for case in self.near if case.place == place), None)


NOBODY = Queue(0, 0, None, None, ())


class RatingReports:
    """What a rater's page reads, and those that send people there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self, feature_id: UUID, experiment_id: UUID | None = None) -> int:
        """How many pairs of an output and a criterion in force wait for a first rating, in one
        experiment or in all of a feature's. Those who compare two outputs have a queue of their
        own (`PreferenceReports.waiting`)."""
        # Those that were rated are taken off at the end: they are few, and to look for each of a
        # million outputs among them takes three times as long.
        found: int = self._db.value(
            """
            with ratings as (
                select c.id as criterion_id, arg_max(v.scorer, v.number) as scorer,
                    arg_max(v.scorer_kind, v.number) as kind, arg_max(v.slices, v.number) as slices
                from criteria c
                join requirements q on q.id = c.requirement_id
                join criterion_versions v on v.criterion_id = c.id
                where q.feature_id = $feature and c.archived_at is null and q.archived_at is null
                group by c.id
                having list_contains($by_people, kind)
            ),
            planned as materialized (
                select r.criterion_id, v.variant_id, x.case_id, max(e.trials) as trials
                from ratings r
                join experiment_criteria k on k.criterion_id = r.criterion_id
                join experiments e on e.id = k.experiment_id
                join experiment_variants v on v.experiment_id = e.id
                join experiment_cases x on x.experiment_id = e.id
                join cases c on c.id = x.case_id
                where ($experiment is null or e.id = $experiment::uuid)
                    and (len(r.slices) = 0 or list_has_any(c.tags, r.slices))
                group by all
            ),
            outputs_to_rate as (
                select p.criterion_id, t.id as trial_id
                from planned p
                join current_trials t on t.variant_id = p.variant_id and t.case_id = p.case_id
                    and t.number <= p.trials
                where t.failure is null
            ),
            rated as (
                select distinct trial_id, criterion_id
                from (
                    select s.trial_id, s.criterion_id
                    from scores s
                    join ratings r on r.criterion_id = s.criterion_id and r.scorer = s.scorer
                    group by s.trial_id, s.criterion_id, s.rater
                    having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
                )
            )
            select (select count(*) from outputs_to_rate)
                - (select count(*) from outputs_to_rate join rated using (trial_id, criterion_id))
            """,
            {
                "feature": feature_id,
                "experiment": experiment_id,
                "by_people": [
                    kind.value
                    for kind in ScorerKind
                    if kind.by is By.PERSON and not kind.entry.is_paired
                ],
            },
        )
        return found

    def looked(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> Looked:
        """What was said of an experiment's outputs, by whether the criterion applies to them."""
        row = self._db.row(
            """
            select count(*) filter (o.outcome = 'not_applicable'),
                count(*) filter (o.outcome in ('pass', 'fail')),
                (select count(distinct s.trial_id) from scores s
                    join experiment_trials e
                        on e.id = s.trial_id and e.experiment_id = $experiment
                    where s.criterion_id = $criterion and s.scorer <> $scorer and s.rater <> ''
                        and s.outcome <> 'unscored')
            from outcomes_of($criterion::uuid, $scorer) o
            join experiment_trials t on t.id = o.trial_id
            where t.experiment_id = $experiment
            """,
            {"experiment": experiment_id, "criterion": criterion_id, "scorer": scorer},
        )
        assert row is not None
        return Looked(*row)

    def last(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str
    ) -> tuple[UUID, UUID] | None:
        """The trial and case of a rater's newest rating in an experiment that still holds."""
        row = self._db.row(
            """
            select t.id, t.case_id
            from scores s
            join experiment_trials t on t.id = s.trial_id and t.experiment_id = $experiment
            where s.criterion_id = $criterion and s.scorer = $scorer and s.rater = $rater
            group by t.id, t.case_id
            having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
            order by max(s.created_at) desc limit 1
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
            },
        )
        return None if row is None else (row[0], row[1])

    def queue(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        rater: str,
        slices: Sequence[str],
        *,
        around: str = "",
        reach: int = 50,
        is_paired: bool = False,
    ) -> Queue:
        """The cases with outputs that a criterion applies to, in the dataset's order; where it
        `is_paired`, those with two outputs or more, which are counted two by two.

        `around` names a case by its id or key; of the others only those at most `reach` places
        away are read.
        """
        rows = self._db.rows(
            f"""
            with {THINGS[is_paired]},
            queue as (
                select c.id, c.key, count(*) as outputs, count(s.id) as rated,
                    row_number() over (order by c.number, c.id) as place
                from things t
                join cases c on c.id = t.case_id
                left join (select id from words where rater = $rater) s on s.id = t.id
                where len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[])
                group by c.id, c.key, c.number
            ),
            whole as (
                select count(*) as cases, count(*) filter (rated >= outputs) as done,
                    max(place) filter (id = try_cast($around as uuid) or key = $around) as here
                from queue
            ),
            upcoming as (
                select arg_min(place, (place - coalesce(here, 0) - 1 + cases) % cases) as next_open
                from queue, whole where rated < outputs
            )
            select cases, done, here, next_open, q.id, q.key, q.outputs, q.rated, q.place
            from queue q, whole, upcoming
            where abs(q.place - coalesce(here, next_open, 1)) <= $reach or q.place = next_open
            order by q.place
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
                "slices": list(slices),
                "around": around,
                "reach": reach,
            },
        )
        if not rows:
            return NOBODY
        cases, done, here, next_open, *_ = rows[0]
        by_place = {row[-1]: CaseToRate(*row[4:]) for row in rows}
        middle = here or next_open or 1
        near = tuple(case for case in by_place.values() if abs(case.place - middle) <= reach)
        return Queue(cases, done, by_place.get(here), by_place.get(next_open), near)
