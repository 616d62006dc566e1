"""What a judge said of the outputs that people labelled, and which others they might label."""

from typing import NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database

_WORDS = """
    newest as (
        select trial_id, scorer, rater, arg_max(outcome, created_at) as outcome,
            arg_max(reason, created_at) as reason,
            arg_max_null(value, created_at) as value,
            arg_max(coalesce(is_withdrawn, false), created_at) as is_withdrawn
        from scores
        where criterion_id = $criterion and scorer in ($judge, $labels)
        group by trial_id, scorer, rater
    ),
    judged as (
        select trial_id, any_value(outcome) as outcome, any_value(reason) as reason,
            any_value(value) as value
        from newest
        where scorer = $judge and rater like 'judge:%' and outcome in ('pass', 'fail')
        group by trial_id
    ),
    said as (
        select trial_id, outcome, value from newest
        where scorer = $labels and rater not like 'judge:%' and rater <> ''
            and not starts_with(rater, 'settled:')
            and outcome in ('pass', 'fail') and not is_withdrawn
    ),
    settled as (
        select trial_id, outcome, value from counted_scores
        where criterion_id = $criterion and scorer = $labels and starts_with(rater, 'settled:')
    ),
    labelled as (
        -- Somebody who settled a disagreement has looked at both words: theirs counts alone.
        select s.trial_id, coalesce(any_value(d.outcome), majority(s.outcome)) as outcome,
            count(*) as people, bool_or(d.trial_id is not null) as is_settled,
            coalesce(any_value(d.value), median(s.value)) as value,
            count(distinct s.outcome) > 1 as is_split
        from said s left join settled d on d.trial_id = s.trial_id
        group by s.trial_id
    )
"""


class Labelled(NamedTuple):
    """An output that both a judge and people have an opinion on. `is_here`: it is one of the
    experiment's own; `is_split`: people differ among themselves. `cluster` is what its case has in
    common with others. On a scale both have a score: of several people their median."""

    trial_id: UUID
    variant_id: UUID
    case: str
    cluster: str
    judge_passes: bool
    people_pass: bool
    people: int
    is_settled: bool
    is_split: bool
    reason: str
    is_here: bool
    judge_score: float | None = None
    people_score: float | None = None

    @property
    def is_apart(self) -> bool:
        """Whether the judge and the people differ."""
        return self.judge_passes is not self.people_pass


class Candidate(NamedTuple):
    """A judged output that nobody labelled, of a case with so many `labels` already."""

    trial_id: UUID
    case_id: UUID
    case: str
    judge_passes: bool
    labels: int


class CalibrationReports:
    """Judges beside people."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def labelled(
        self, experiment_id: UUID, criterion_id: UUID, judge: str, labels: str
    ) -> list[Labelled]:
        """The outputs with a word of the judge (by its fingerprint) and a label of people; of the
        experiment and of others. A label on which people are split is none."""
        rows = self._db.rows(
            f"""
            with {_WORDS},
            here as (
                select distinct id from experiment_trials where experiment_id = $experiment
            )
            select t.id, t.variant_id, c.key, coalesce(nullif(c.group_name, ''), c.input),
                j.outcome = 'pass', l.outcome = 'pass', l.people, l.is_settled, l.is_split,
                j.reason, h.id is not null, j.value, l.value
            from labelled l
            join judged j on j.trial_id = l.trial_id
            join current_trials t on t.id = l.trial_id
            join cases c on c.id = t.case_id
            left join here h on h.id = t.id
            where l.outcome in ('pass', 'fail')
            order by c.number, t.number, t.id
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "judge": judge,
                "labels": labels,
            },
        )
        return [Labelled(*row) for row in rows]

    def candidates(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        judge: str,
        labels: str,
        variant_id: UUID,
        most: int,
    ) -> list[Candidate]:
        """Judged outputs of a variant that nobody has labelled, at most so many with each word of
        the judge: those of cases with the fewest labels first, else in an order that has to do
        with nothing that anybody said."""
        rows = self._db.rows(
            f"""
            with {_WORDS},
            by_case as (
                select t.case_id, count(*) as labels
                from said s join current_trials t on t.id = s.trial_id group by t.case_id
            )
            select t.id, t.case_id, c.key, j.outcome = 'pass', coalesce(b.labels, 0) as labels
            from judged j
            join experiment_trials t on t.id = j.trial_id and t.experiment_id = $experiment
            join cases c on c.id = t.case_id
            left join by_case b on b.case_id = t.case_id
            where t.variant_id = $variant and t.id not in (select trial_id from said)
            qualify row_number() over (
                partition by j.outcome order by labels, md5(t.id::varchar)) <= $most
            order by labels, md5(t.id::varchar)
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "judge": judge,
                "labels": labels,
                "variant": variant_id,
                "most": most,
            },
        )
        return [Candidate(*row) for row in rows]

    def judged(
        self, experiment_id: UUID, criterion_id: UUID, judge: str, labels: str, variant_id: UUID
    ) -> dict[bool, int]:
        """How many outputs of a variant the judge passes and fails."""
        rows = self._db.rows(
            f"""
            with {_WORDS}
            select j.outcome = 'pass', count(*)
            from judged j
            join experiment_trials t on t.id = j.trial_id and t.experiment_id = $experiment
            where t.variant_id = $variant
            group by all
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "judge": judge,
                "labels": labels,
                "variant": variant_id,
            },
        )
        return dict(rows)
