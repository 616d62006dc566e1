"""Answers that were judged and then asked for anew: what each asking had said."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.store.courses import Finished
from workbench.store.engine.database import Database
from workbench.store.tallies import MARK
from workbench.store.votes import VOTE


class Asking(NamedTuple):
    """One variant's answers as they stood before they were asked for anew, or as they stand now.

    Inputs come in the order of the plan. Of its `cases`, so many are `kept`: answers to them are of
    an earlier asking still. `models` answered, by the names that the server gave.
    """

    course: tuple[Finished, ...]
    cases: int
    kept: int
    models: frozenset[str]


_JUDGED = f"""
    mine as (
        select c.id as case_id, c.input, c.group_name,
            min(md5(concat(x.experiment_id, if(c.group_name = '', c.id::varchar, c.group_name))))
                over (partition by c.input, c.group_name) as first,
            min(md5(concat(x.experiment_id, c.id))) over (partition by c.input, c.group_name)
                as place
        from experiment_cases x join cases c on c.id = x.case_id
        where x.experiment_id = $experiment
            and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
    ),
    answers as materialized (
        select t.id, t.variant_id, t.case_id, t.number, t.failure, t.model, t.created_at,
            t.supersedes
        from trials t
        join experiment_variants v
            on v.experiment_id = $experiment and v.variant_id = t.variant_id
        join mine on mine.case_id = t.case_id
        where t.number <= $trials
    ),
    judged as materialized (
        select trial_id, min(created_at) as moment
        from scores where criterion_id = $criterion or scorer = $scorer
        group by trial_id
    ),
    newest as (
        select trial_id, rater, arg_max({VOTE}, created_at) as vote,
            arg_max_null({MARK}, created_at) as mark
        from counted_scores where criterion_id = $criterion and scorer = $scorer
        group by trial_id, rater
    ),
    votes as (
        select trial_id, sum(vote) as vote, avg(mark) as mark from newest group by trial_id
    )
"""
# A failed call that is asked again was no answer, and what nobody had judged was no look.
_REPLACED = """
    replaced as (
        select old.variant_id, anew.created_at as moment, row_number() over (
            partition by old.variant_id, old.case_id, old.number order by anew.created_at
        ) as nth
        from answers anew
        join answers old on old.id = anew.supersedes and old.failure is null
        join judged on judged.trial_id = old.id and judged.moment <= anew.created_at
    ),
    starts as (
        select variant_id, nth, min(moment) as moment from replaced group by variant_id, nth
    ),
    -- Up to when each asking stood, and since when; the last one stands now.
    askings as (
        select variant_id, nth, moment,
            lag(moment) over (partition by variant_id order by nth) as since
        from starts
        union all
        select variant_id, max(nth) + 1, 'infinity'::timestamptz, max(moment)
        from starts group by variant_id
    ),
    stood as (
        select k.variant_id, k.nth, k.since, a.case_id, arg_max(a.id, a.created_at) as id
        from askings k
        join answers a on a.variant_id = k.variant_id and a.created_at < k.moment
        group by k.variant_id, k.nth, k.since, a.case_id, a.number
    )
"""


class Askings:
    """Who was asked the same again, and what was said before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def asked_again(self, feature_id: UUID) -> set[tuple[UUID, UUID]]:
        """The experiments and variants of a feature with an answer that took another one's place:
        only those need a closer look."""
        if not self._db.value("select count(supersedes) from trials"):
            return set()  # A million answers need not be looked through.
        rows = self._db.rows(
            """
            select distinct v.experiment_id, v.variant_id
            from (select supersedes from trials where supersedes is not null) n
            join trials t on t.id = n.supersedes and t.failure is null
            join experiment_variants v on v.variant_id = t.variant_id
            join experiment_cases x
                on x.experiment_id = v.experiment_id and x.case_id = t.case_id
            join experiments e on e.id = v.experiment_id
            where e.feature_id = ? and e.purpose = 'experiment' and t.number <= e.trials
            """,
            [feature_id],
        )
        return {(experiment_id, variant_id) for experiment_id, variant_id in rows}

    def of(self, experiment: Experiment, criterion: Criterion) -> dict[UUID, list[Asking]]:
        """Each variant's askings of an experiment's cases, oldest first and the newest last; none
        of a variant whose judged answers all stand.

        Whoever asked them: a run of this experiment, or of another one with the same cases.
        """
        low, high = criterion.draft.scale or (None, None)
        rows = self._db.rows(
            f"""
            with {_JUDGED}, {_REPLACED},
            inputs as (
                select s.variant_id, s.nth, mine.input, mine.group_name, mine.first, mine.place,
                    count(*) as planned,
                    round(coalesce(sum(
                        case when $low is null then if(votes.vote > 0, 1, 0) else votes.mark end
                    ), 0), 9) as passes,
                    round(coalesce(sum(
                        case when $low is null then if(votes.vote < 0, 1, 0)
                            else 1 - votes.mark end
                    ), 0), 9) as fails,
                    count(distinct s.case_id) as cases,
                    count(distinct s.case_id) filter (
                        a.failure is null and a.created_at < s.since
                    ) as kept,
                    list(distinct a.model) filter (a.failure is null) as models
                from stood s
                join answers a on a.id = s.id
                join mine on mine.case_id = s.case_id
                left join votes on votes.trial_id = s.id
                group by all
            )
            select variant_id, nth, planned, passes, fails, group_name, cases, kept, models
            from inputs order by variant_id, nth, first, place
            """,
            {
                "experiment": experiment.id,
                "trials": experiment.trials,
                "criterion": criterion.id,
                "scorer": criterion.draft.scorer.fingerprint(),
                "slices": list(criterion.draft.slices),
                "low": low,
                "high": high,
            },
        )
        found: dict[UUID, dict[int, list[Sequence[Any]]]] = {}
        for variant_id, nth, *counts in rows:
            found.setdefault(variant_id, {}).setdefault(nth, []).append(counts)
        return {
            variant_id: [_asking(inputs) for _, inputs in sorted(by_nth.items())]
            for variant_id, by_nth in found.items()
        }


def _asking(inputs: Sequence[Sequence[Any]]) -> Asking:
    course, cases, kept = [], 0, 0
    models: set[str] = set()
    for planned, passes, fails, group, of_input, older, names in inputs:
        course.append(Finished(planned, passes, fails, group))
        cases, kept = cases + of_input, kept + older
        models.update(name for name in names or () if name)
    return Asking(tuple(course), cases, kept, frozenset(models))
