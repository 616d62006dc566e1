"""What was read of an experiment's outputs, what went wrong in them, and what to read next."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.failures import ReadOutput, SortedNote
from workbench.domain.scores import Outcome
from workbench.store.engine.database import Database

SHOWN = 4_000
"""How many characters of an output a note carries along."""

_SORTED = """
    sorted as materialized (
        select note_id, arg_max_null(mode_id, created_at) as mode_id
        from note_modes group by note_id
    )
"""
# What outputs of case `c` depend on each other by: its group, else its input.
_CLUSTER = "if(c.group_name <> '', 'group ' || c.group_name, 'input ' || c.input)"
# An output counts as read by a reading that holds, or by a note of elsewhere that was sorted.
_LIVE = f"""
    live as materialized (
        select r.trial_id, r.note_id from readings r
        where r.withdraws is null
            and r.id not in (select withdraws from readings where withdraws is not null)
    ),
    {_SORTED},
    been_read as materialized (
        select trial_id from live
        union
        select n.trial_id from current_notes n join sorted s on s.note_id = n.id
        where s.mode_id is not null
    )
"""


class Order(NamedTuple):
    """The outputs of an experiment in the order in which they are read, as the text of their ids,
    and of each its turn: 0 fails a criterion, 1 was judged by none, 2 is the rest."""

    trial_ids: tuple[str, ...]
    turns: bytes


class OnCases(NamedTuple):
    """A variant's outputs for cases that depend on each other, as one criterion judged them."""

    variant: str
    outputs: int
    passes: int
    fails: int


class FailureReports:
    """What the page of failures reads."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def order(
        self,
        experiment_id: UUID,
        scorers: Sequence[tuple[UUID, str]],
        *,
        at_random: bool = False,
    ) -> Order:
        """Outputs that a criterion failed, then those that no criterion judged, then the rest,
        each in an order that is drawn once; or all of them in the drawn order.

        `scorers` are criteria in force, each with its scorer as it is now. It reads no reading: it
        holds while people read.
        """
        # The order is a hash of the trial: the same for everybody, and of no meaning.
        frame = self._db.frame(
            """
            with asked as (
                select unnest($criteria::uuid[]) as criterion_id,
                    unnest($scorers::varchar[]) as scorer
            ),
            newest as (
                select s.trial_id, s.criterion_id, s.rater,
                    arg_max(s.outcome, s.created_at) as outcome
                from counted_scores s join asked a
                    on a.criterion_id = s.criterion_id and a.scorer = s.scorer
                group by all
            ),
            judged as (
                select trial_id, bool_or(outcome = 'fail') as fails,
                    bool_or(outcome <> 'unscored') as is_judged
                from newest group by trial_id
            )
            select t.id::varchar as id,
                case when coalesce(j.fails, false) then 0
                    when not coalesce(j.is_judged, false) then 1 else 2 end::utinyint as turn
            from experiment_trials t left join judged j on j.trial_id = t.id
            where t.experiment_id = $experiment and t.failure is null
            order by if($at_random, 0, turn), hash(t.id), t.id
            """,
            {
                "experiment": experiment_id,
                "criteria": [criterion_id for criterion_id, _ in scorers],
                "scorers": [scorer for _, scorer in scorers],
                "at_random": at_random,
            },
        )
        # Not the column's own iterator: it takes fifteen times as long.
        return Order(tuple(frame["id"].tolist()), bytes(frame["turn"].to_numpy()))

    def read_in(self, experiment_id: UUID) -> frozenset[str]:
        """The outputs of an experiment that were read, as the text of their ids."""
        rows = self._db.rows(
            f"""
            with {_LIVE}
            select t.id::varchar
            from experiment_trials t join been_read b on b.trial_id = t.id
            where t.experiment_id = ? and t.failure is null
            """,
            [experiment_id],
        )
        return frozenset(trial_id for (trial_id,) in rows)

    def notes(self, feature_id: UUID, experiment_id: UUID | None = None) -> list[SortedNote]:
        """The notes that hold on outputs of one experiment, or of all of a feature's, oldest
        first, each once and with its failure mode. One put away counts as none."""
        rows = self._db.rows(
            f"""
            with {_SORTED},
            in_force as (
                select m.id from failure_modes m join failure_mode_versions v on v.mode_id = m.id
                where m.feature_id = $feature group by m.id
                having not arg_max(v.is_archived, v.number)
            ),
            noted as (
                select n.id, n.trial_id, n.text, n.author, n.created_at, t.variant_id, t.case_id,
                    t.output, e.key as experiment, e.created_at as asked_at
                from current_notes n
                join experiment_trials t on t.id = n.trial_id
                join experiments e on e.id = t.experiment_id
                where t.feature_id = $feature and t.purpose = 'experiment'
                    and t.failure is null
                    and ($experiment::uuid is null or t.experiment_id = $experiment::uuid)
                qualify row_number() over (partition by n.id order by e.created_at, e.key) = 1
            )
            select n.id, n.trial_id, f.id, n.text, n.author, n.created_at, n.experiment,
                n.variant_id, w.label, n.case_id, c.key, coalesce(left(o.body, $shown), '')
            from noted n
            join variants w on w.id = n.variant_id
            join cases c on c.id = n.case_id
            left join outputs o on o.hash = n.output
            left join sorted s on s.note_id = n.id
            left join in_force f on f.id = s.mode_id
            order by n.created_at, n.id
            """,
            {"feature": feature_id, "experiment": experiment_id, "shown": SHOWN},
        )
        return [SortedNote(*row) for row in rows]

    def read_outputs(self, feature_id: UUID, experiment_id: UUID | None = None) -> list[ReadOutput]:
        """Each output of one experiment, or of all of a feature's, that was read: once, with the
        modes that its notes are in."""
        rows = self._db.rows(
            f"""
            with {_LIVE},
            had as (
                select n.trial_id, count(*) as notes,
                    list(distinct s.mode_id) filter (s.mode_id is not null) as modes
                from current_notes n left join sorted s on s.note_id = n.id
                group by n.trial_id
            ),
            here as (
                select distinct t.id, t.variant_id, t.case_id
                from experiment_trials t join been_read b on b.trial_id = t.id
                where t.feature_id = $feature and t.purpose = 'experiment' and t.failure is null
                    and ($experiment::uuid is null or t.experiment_id = $experiment::uuid)
            )
            select t.id, t.variant_id,
                {_CLUSTER}, c.tags,
                h.modes, coalesce(h.notes, 0)
            from here t
            join cases c on c.id = t.case_id
            left join had h on h.trial_id = t.id
            order by t.id
            """,
            {"feature": feature_id, "experiment": experiment_id},
        )
        return [
            ReadOutput(trial_id, variant_id, cluster, tuple(tags), frozenset(modes or ()), notes)
            for trial_id, variant_id, cluster, tags, modes, notes in rows
        ]

    def experiments_read(self, feature_id: UUID) -> list[UUID]:
        """The experiments of a feature in which outputs were read, the newest first."""
        rows = self._db.rows(
            f"""
            with {_LIVE}
            select e.id
            from been_read b
            join experiment_trials t on t.id = b.trial_id
            join experiments e on e.id = t.experiment_id
            where t.feature_id = ? and t.purpose = 'experiment' and t.failure is null
            group by e.id, e.created_at, e.key order by e.created_at desc, e.key desc
            """,
            [feature_id],
        )
        return [experiment_id for (experiment_id,) in rows]

    def on_cases(
        self, feature_id: UUID, criterion_id: UUID, scorer: str, case_ids: Sequence[UUID]
    ) -> list[OnCases]:
        """What a criterion's scorer said of a feature's outputs for some cases: a row for each
        variant and cluster of cases. Outputs to which it does not apply are left out."""
        rows = self._db.rows(
            f"""
            with here as (
                select distinct t.id, t.variant_id, t.case_id
                from experiment_trials t
                where t.feature_id = $feature and t.purpose = 'experiment' and t.failure is null
                    and list_contains($cases::uuid[], t.case_id)
            )
            select w.label, count(*) filter (coalesce(o.outcome, '') <> $not_applicable),
                count(*) filter (o.outcome = 'pass'),
                count(*) filter (o.outcome = 'fail')
            from here h
            join variants w on w.id = h.variant_id
            join cases c on c.id = h.case_id
            left join outcomes_of($criterion::uuid, $scorer) o on o.trial_id = h.id
            group by w.label, {_CLUSTER}
            order by len(w.label), w.label, 2
            """,
            {
                "feature": feature_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "cases": list(case_ids),
                "not_applicable": Outcome.NOT_APPLICABLE,
            },
        )
        return [OnCases(*row) for row in rows]
