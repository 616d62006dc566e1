"""Outputs that a criterion has no score of, counted by what became of them."""

from collections import Counter
from typing import NamedTuple
from uuid import UUID

from workbench.domain.trials import Ending, ending
from workbench.store.database import Database
from workbench.store.tallies import MARK, VOTE, Counting


class Pending(NamedTuple):
    """Outputs of one variant without a score that ended alike. Somebody `was_read` them and could
    not say; others wait for their first reading."""

    variant_id: UUID
    ending: Ending
    was_read: bool
    trials: int


class OpenTrials:
    """What still lacks a score."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def pending(self, experiment_id: UUID, counting: Counting) -> list[Pending]:
        """The outputs of an experiment without a score, as `Tallies.of_all` counts scores: a
        rater's newest word counts, of several the majority; a word that was taken back is none."""
        low, high = counting.scale or (None, None)
        rows = self._db.rows(
            f"""
            with newest as (
                select trial_id, rater, arg_max({VOTE}, created_at) as vote,
                    arg_max_null({MARK}, created_at) as mark,
                    arg_max(coalesce(is_withdrawn, false), created_at) as is_withdrawn
                from scores where criterion_id = $criterion and scorer = $scorer
                group by trial_id, rater
            ),
            votes as (
                select trial_id, sum(vote) as vote, avg(mark) as mark,
                    not bool_and(is_withdrawn) as was_read
                from newest group by trial_id
            )
            select t.variant_id, t.finish_reason, coalesce(t.is_refusal, false),
                coalesce(s.was_read, false), count(*)
            from experiment_trials t
            join cases c on c.id = t.case_id
            left join votes s on s.trial_id = t.id
            where t.experiment_id = $experiment and t.failure is null
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
                and case when $low is null then coalesce(s.vote, 0) = 0 else s.mark is null end
            group by all
            """,
            {
                "experiment": experiment_id,
                "criterion": counting.criterion_id,
                "scorer": counting.scorer,
                "slices": list(counting.slices),
                "low": low,
                "high": high,
            },
        )
        found: Counter[tuple[UUID, Ending, bool]] = Counter()
        for variant_id, finish_reason, is_refusal, was_read, trials in rows:
            found[variant_id, ending(None, finish_reason, is_refusal), was_read] += trials
        return [Pending(*key, trials) for key, trials in found.items()]
