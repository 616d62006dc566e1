"""What each scorer said of each output by one criterion: how far they agree, and where not."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.scores import Outcome
from workbench.store.engine.database import Database


class Word(NamedTuple):
    """A scorer's newest word on a trial: whether it passes, and the `value` on a scale. `cluster`
    is what the trial's case has in common with others: its group, else its input."""

    trial_id: UUID
    case: str
    cluster: str
    rater: str
    passes: bool
    value: float | None


class Opinion(NamedTuple):
    """What somebody said of an output, and why."""

    rater: str
    outcome: Outcome
    value: float | None
    reason: str


class Dispute(NamedTuple):
    """An output on which people differ: what each said, models' words after theirs, and what
    somebody settled since."""

    trial_id: UUID
    case_id: UUID
    case: str
    opinions: tuple[Opinion, ...]
    settled: Opinion | None


class AgreementReports:
    """Who said what."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def words(
        self, criterion_id: UUID, scorers: Collection[str], without: Collection[UUID] = ()
    ) -> list[Word]:
        """Every scored word, by trial and rater; what is unscored or was taken back is none. A
        judge and the people who are asked the same are `scorers` apart. Of an output that somebody
        rated again after they saw what the others said, their last word from before: the newer one
        agrees more than two who read a sentence by themselves do.

        What answers an experiment that is left out (`without`) is none of them.
        """
        rows = self._db.rows(
            """
            with told as (
                select t.id as trial_id, o.scorer, o.rater, min(o.opened_at) as opened_at
                from reveal_openings o
                join experiment_trials t on t.experiment_id = o.experiment_id
                where o.criterion_id = $criterion
                group by t.id, o.scorer, o.rater
            ),
            said as (
                select s.*, t.opened_at,
                    min(s.created_at) over (partition by s.trial_id, s.scorer, s.rater) as first_at
                from scores s
                left join told t on t.trial_id = s.trial_id and t.scorer = s.scorer
                    and t.rater = s.rater
                where s.criterion_id = $criterion
                    and s.scorer in (select unnest($scorers::varchar[]))
                    and s.trial_id not in (
                        select id from experiment_trials
                        where experiment_id in (select unnest($without::uuid[]))
                    )
            ),
            newest as (
                select trial_id, rater, arg_max(outcome, created_at) as outcome,
                    arg_max_null(value, created_at) as value,
                    arg_max(coalesce(is_withdrawn, false), created_at) as is_withdrawn
                from said
                where opened_at is null or created_at <= opened_at or first_at > opened_at
                group by trial_id, scorer, rater
            )
            select n.trial_id, c.key, coalesce(nullif(c.group_name, ''), c.input), n.rater,
                n.outcome = 'pass', n.value
            from newest n join current_trials t on t.id = n.trial_id
            join cases c on c.id = t.case_id
            where n.outcome in ('pass', 'fail') and not n.is_withdrawn
                -- Who settled a disagreement saw both words: that is no word of its own.
                and not starts_with(n.rater, 'settled:')
            order by c.number, t.number, n.trial_id, n.rater
            """,
            {
                "criterion": criterion_id,
                "scorers": list(set(scorers)),
                "without": list(without),
            },
        )
        return [Word(*row) for row in rows]

    def disputes(
        self,
        criterion: Criterion,
        trial_id: UUID | None = None,
        *,
        without: Collection[UUID] = (),
    ) -> dict[UUID, Dispute]:
        """The outputs, or one of them, of which people said different things by a criterion as it
        is now, in the order of their cases; without the word of its own judge, which nobody should
        know who labels. Of a mean another score is another thing; that one can't tell is none.
        Nor is what answers an experiment that is left out (`without`)."""
        scorer = criterion.draft.scorer
        rows = self._db.rows(
            """
            with newest as (
                select trial_id, scorer, rater, arg_max(outcome, created_at) as outcome,
                    arg_max_null(value, created_at) as value,
                    arg_max(reason, created_at) as reason, min(created_at) as since
                from scores
                where criterion_id = $criterion and rater <> ''
                    and scorer in ($labels, $aside)
                    and ($trial::uuid is null or trial_id = $trial::uuid)
                    and trial_id not in (
                        select id from experiment_trials
                        where experiment_id in (select unnest($without::uuid[]))
                    )
                    and not starts_with(rater, 'settled:')
                group by trial_id, scorer, rater
                having not coalesce(arg_max(is_withdrawn, created_at), false)
                    and arg_max(outcome, created_at) <> 'unscored'
            ),
            apart as (
                select trial_id from newest
                where scorer = $labels and not starts_with(rater, 'judge:')
                group by trial_id
                having count(distinct concat(outcome, if($is_scale, value, null))) > 1
            ),
            settled as (
                select trial_id, rater, outcome, value, reason from counted_scores
                where criterion_id = $criterion and scorer = $labels
                    and starts_with(rater, 'settled:')
            )
            select n.trial_id, t.case_id, c.key, n.rater, n.outcome, n.value, n.reason, s.rater,
                s.outcome, s.value, s.reason
            from apart a
            join newest n on n.trial_id = a.trial_id
            join current_trials t on t.id = n.trial_id
            join cases c on c.id = t.case_id
            left join settled s on s.trial_id = n.trial_id
            -- Outputs of one case in an order that tells nothing of who wrote them.
            order by c.number, c.id, md5(n.trial_id::varchar), starts_with(n.rater, 'judge:'),
                n.rater
            """,
            {
                "criterion": criterion.id,
                "labels": scorer.labels(),
                "aside": scorer.aside(),
                "trial": trial_id,
                "without": list(without),
                "is_scale": criterion.draft.scale is not None,
            },
        )
        found: dict[UUID, Dispute] = {}
        for id_, case_id, case, rater, outcome, value, reason, settler, *decided in rows:
            settled = None
            if settler is not None:
                settled = Opinion(settler, Outcome(decided[0]), *decided[1:])
            dispute = found.setdefault(id_, Dispute(id_, case_id, case, (), settled))
            opinion = Opinion(rater, Outcome(outcome), value, reason)
            found[id_] = dispute._replace(opinions=(*dispute.opinions, opinion))
        return found
