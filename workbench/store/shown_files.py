"""Which files of a case judges were shown, and the words of judges that were given names alone."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.criteria import ScorerKind
from workbench.domain.judging import UNSEEN
from workbench.domain.kinds.entry import By
from workbench.domain.preferences import Preference, Preferred
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.store.engine.database import Database

_CONTROLS = "(select id from judge_controls union all select id from judge_pair_controls)"
"""The calls that were about a planted control, and about no output."""
_OF_NAMES = f"""
    with calls as (
        select trial_id, criterion_id, scorer from judge_calls
        where files is null and reply is not null
            and id not in {_CONTROLS}
            and scorer not in (
                select scorer from criterion_versions
                where scorer_kind in (select unnest($blind::varchar[]))
            )
    ),
    here as (
        select t.id from trials t join cases c on c.id = t.case_id
        where c.attachments is not null
    ),
    since as (
        select coalesce(min(created_at), 'infinity'::timestamptz)
        from judge_calls where files is not null
    )
"""
"""Calls of judges from before they were shown files, the trials whose cases have some, and when
the first one was shown them: a word from then on may be of another call of the same output."""


def withdraw(database: Database) -> None:
    """Withdraw what judges said of cases with files when they were given the files' names alone.

    For the opening of a store: what was said stays on record, and the outputs wait for their judge
    again. A second time changes nothing. What is near in meaning is embedded, and never sees files.
    """
    if database.value("select 1 from judge_calls where files is null limit 1") is None:
        return
    parameters = {
        "blind": [k for k in ScorerKind if k.by is By.MODEL and not k.entry.sees_files],
        "why": UNSEEN,
        "now": clock.now(),
    }
    with database.transaction():
        # A panel has its word from its members' calls, which have their own scorers. What was
        # brought from elsewhere stays: nobody knows what its judge saw.
        database.execute(
            f"""
            insert into scores (trial_id, criterion_id, scorer, rater, outcome, reason, created_at,
                question, is_withdrawn)
            {_OF_NAMES}
            select s.trial_id, s.criterion_id, s.scorer, s.rater, 'unscored', $why, $now, '', true
            from scores s
            where starts_with(s.rater, 'judge:') and s.trial_id in (from here)
                and s.created_at < (from since) and not starts_with(s.scorer, 'judge:')
                and exists (
                    from calls c
                    where c.trial_id = s.trial_id and c.criterion_id = s.criterion_id
                        and (c.scorer = s.scorer or contains(s.rater, ' + '))
                )
            group by s.trial_id, s.criterion_id, s.scorer, s.rater
            having not bool_or(coalesce(s.is_withdrawn, false) and s.reason = $why)
            """,
            parameters,
        )
        database.execute(
            f"""
            insert into pair_preferences (first_trial, second_trial, criterion_id, scorer, rater,
                outcome, note, question, created_at, is_withdrawn)
            {_OF_NAMES}
            select p.first_trial, p.second_trial, p.criterion_id, p.scorer, p.rater, 'unscored',
                $why, '', $now, true
            from pair_preferences p
            where starts_with(p.rater, 'judge:') and p.first_trial in (from here)
                and p.created_at < (from since)
                and exists (
                    from calls c
                    where c.trial_id = p.first_trial and c.criterion_id = p.criterion_id
                        and c.scorer = p.scorer
                )
            group by p.first_trial, p.second_trial, p.criterion_id, p.scorer, p.rater
            having not bool_or(p.is_withdrawn and p.note = $why)
            """,
            parameters,
        )


_UNSHOWN = """
    with said as (
        select s.trial_id, t.case_id, s.scorer, s.rater, arg_max(s.reason, s.created_at) as reason,
            arg_max(s.outcome, s.created_at) as outcome
        from scores s join experiment_trials t on t.id = s.trial_id
        where t.experiment_id = $experiment and s.criterion_id = $criterion
            and s.scorer in (select unnest($scorers::varchar[])) and starts_with(s.rater, 'judge:')
        group by all having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
    ),
    without as (from said where outcome = 'unscored' and contains(reason, $phrase))
"""
"""The words of an experiment's judges that hold, and those that say why there is none."""


class Unshown(NamedTuple):
    """Where to look for the words that judges could not be shown files: of an experiment, by a
    criterion, of these judges, and of the `whole` that has its word from theirs. The `phrase` is
    what such words say."""

    experiment_id: UUID
    criterion_id: UUID
    scorers: Collection[str]
    whole: str
    phrase: str

    def parameters(self) -> dict[str, object]:
        """As a query has them."""
        return {
            "experiment": self.experiment_id,
            "criterion": self.criterion_id,
            "scorers": [*{*self.scorers, self.whole}],
            "phrase": self.phrase,
        }


class ShownFiles:
    """What judges saw beside the outputs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def filed(self, case_ids: Collection[UUID]) -> set[UUID]:
        """Those of some cases that have files."""
        rows = self._db.rows(
            """
            select id from cases
            where id in (select unnest(?::uuid[])) and attachments is not null
            """,
            [list(case_ids)],
        )
        return {case_id for (case_id,) in rows}

    def seen(self, trial_id: UUID) -> set[tuple[UUID, str]]:
        """The criteria and judges by which a trial was looked at together with its case's files."""
        rows = self._db.rows(
            f"""
            select distinct criterion_id, scorer from judge_calls
            where trial_id = ? and reply is not null and len(files) > 0
                and id not in {_CONTROLS}
            """,
            [trial_id],
        )
        return {(criterion_id, scorer) for criterion_id, scorer in rows}

    def unshown(self, where: Unshown) -> dict[UUID, set[UUID]]:
        """The outputs that have no word of a judge for that, by case."""
        rows = self._db.rows(
            f"{_UNSHOWN} select distinct case_id, trial_id from without", where.parameters()
        )
        found: dict[UUID, set[UUID]] = {}
        for case_id, trial_id in rows:
            found.setdefault(case_id, set()).add(trial_id)
        return found

    def withdrawals(
        self, where: Unshown, trials: Collection[UUID], why: str
    ) -> tuple[list[Score], list[Preferred]]:
        """What is to be added so that these outputs wait for their judge again; `why` is kept with
        it. The word of a panel goes with that of its member."""
        parameters = {**where.parameters(), "trials": list(trials)}
        scores = self._db.rows(
            f"""
            {_UNSHOWN}
            select trial_id, scorer, rater from without
            where trial_id in (select unnest($trials::uuid[]))
            union
            select trial_id, scorer, rater from said
            where trial_id in (select unnest($trials::uuid[])) and scorer = $whole
            """,
            {**parameters, "whole": where.whole},
        )
        del parameters["experiment"]
        pairs = self._db.rows(
            """
            select first_trial, second_trial, scorer, rater from pair_preferences
            where criterion_id = $criterion and scorer in (select unnest($scorers::varchar[]))
                and starts_with(rater, 'judge:')
                and (first_trial in (select unnest($trials::uuid[]))
                    or second_trial in (select unnest($trials::uuid[])))
            group by all
            having not arg_max(is_withdrawn, created_at)
                and arg_max(outcome, created_at) = 'unscored'
                and contains(arg_max(note, created_at), $phrase)
            """,
            parameters,
        )
        criterion, nothing = where.criterion_id, Judgement(Outcome.UNSCORED, why)
        return (
            [
                Score(trial, criterion, scorer, nothing, rater, is_withdrawn=True)
                for trial, scorer, rater in scores
            ],
            [
                Preferred(
                    *(first, second, criterion, scorer, rater),
                    Preference.UNSCORED,
                    why,
                    is_withdrawn=True,
                )
                for first, second, scorer, rater in pairs
            ],
        )

    def n_seen(
        self, experiment_id: UUID, criterion_id: UUID, scorers: Collection[str]
    ) -> dict[UUID, int]:
        """Of how many outputs of each variant of an experiment these judges saw files."""
        rows = self._db.rows(
            f"""
            select t.variant_id, count(distinct t.id)
            from judge_calls j join experiment_trials t on t.id = j.trial_id
            where t.experiment_id = ? and j.criterion_id = ? and j.scorer in (select unnest(?))
                and j.reply is not null and len(j.files) > 0
                and j.id not in {_CONTROLS}
            group by t.variant_id
            """,
            [experiment_id, criterion_id, list(scorers)],
        )
        return dict(rows)

    def unseen(
        self, feature_id: UUID, judges: Collection[tuple[UUID, str, Sequence[str]]]
    ) -> dict[tuple[UUID, UUID, UUID], int]:
        """Of how many cases the words of judges (each with its criterion, and the slices that this
        is about) were withdrawn since they had not seen the files, and wait for new ones: by
        experiment, criterion and variant."""
        if not judges:
            return {}
        rows = self._db.rows(
            """
            with newest as (
                select trial_id, criterion_id, arg_max(reason, created_at) as reason
                from scores
                where criterion_id in (select unnest($criteria::uuid[]))
                    and scorer in (select unnest($scorers::varchar[]))
                    and starts_with(rater, 'judge:')
                group by trial_id, criterion_id
                having coalesce(arg_max(is_withdrawn, created_at), false)
            )
            select t.experiment_id, n.criterion_id, t.variant_id, count(distinct t.case_id)
            from newest n
            join experiment_trials t on t.id = n.trial_id
            join cases c on c.id = t.case_id
            join (
                select unnest($criteria::uuid[]) as id, unnest($slices::varchar[][]) as slices
            ) a on a.id = n.criterion_id
            where t.feature_id = $feature and n.reason = $why and t.failure is null
                and (len(a.slices) = 0 or list_has_any(c.tags, a.slices))
            group by all
            """,
            {
                "criteria": [criterion_id for criterion_id, _, _ in judges],
                "scorers": [scorer for _, scorer, _ in judges],
                "slices": [list(slices) for _, _, slices in judges],
                "feature": feature_id,
                "why": UNSEEN,
            },
        )
        return {(experiment, criterion, variant): n for experiment, criterion, variant, n in rows}
