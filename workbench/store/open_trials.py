"""Outputs that somebody or something looked at by a criterion, by what became of them."""

from collections import Counter
from typing import NamedTuple
from uuid import UUID

from workbench.domain.trials import Ending, ending
from workbench.store.engine.database import Database
from workbench.store.tallies import MARK, Counting
from workbench.store.votes import APPLIES_OF_WORD, VOTE_OF_WORD, WORD

_VOTES = f"""
    with newest as (
        select trial_id, rater, arg_max({WORD}, created_at) as word,
            arg_max_null({MARK}, created_at) as mark,
            arg_max(coalesce(is_withdrawn, false), created_at) as is_withdrawn
        from counted_scores where criterion_id = $criterion and scorer = $scorer
        group by trial_id, rater
    ),
    votes as (
        select trial_id, sum({APPLIES_OF_WORD}) as applies,
            applies < 0 or applies > 0 and case when $low is null then sum({VOTE_OF_WORD}) <> 0
                else count(mark) > 0 end as is_scored
        from newest group by trial_id
        having (is_scored or not bool_and(is_withdrawn))
            and ($only is null or is_scored = $only)
    )
"""


class Looked(NamedTuple):
    """Outputs of one variant that ended alike and that somebody looked at: they have a score (or
    one that says that the criterion does not apply), or whoever looked could not say."""

    variant_id: UUID
    ending: Ending
    is_scored: bool
    trials: int


class OpenTrials:
    """What still lacks a score."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def looked(
        self, experiment_id: UUID, counting: Counting, *, is_scored: bool | None = None
    ) -> list[Looked]:
        """The outputs of an experiment that were looked at, as `Tallies.of_all` counts scores: a
        rater's newest word counts, of several the majority; a word that was taken back is none.
        With `is_scored` only those that have a score, or none."""
        low, high = counting.scale or (None, None)
        asked = {
            "criterion": counting.criterion_id,
            "scorer": counting.scorer,
            "low": low,
            "high": high,
            "only": is_scored,
        }
        # Mostly there is none without a score, and the join with all trials takes far longer.
        if not self._db.value(_VOTES + "select count(*) from votes", asked):
            return []
        rows = self._db.rows(
            _VOTES
            + """
            select t.variant_id, t.finish_reason, coalesce(t.is_refusal, false), s.is_scored,
                count(*)
            from votes s
            join experiment_trials t on t.id = s.trial_id
            join cases c on c.id = t.case_id
            where t.experiment_id = $experiment and t.failure is null
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            group by all
            """,
            {**asked, "experiment": experiment_id, "slices": list(counting.slices)},
        )
        found: Counter[tuple[UUID, Ending, bool]] = Counter()
        for variant_id, finish_reason, is_refusal, has_score, trials in rows:
            found[variant_id, ending(None, finish_reason, is_refusal), has_score] += trials
        return [Looked(*key, trials) for key, trials in found.items()]
