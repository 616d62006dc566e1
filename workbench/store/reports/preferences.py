"""What was said of an experiment's outputs, two by two, and what waits for a word."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database

_JUDGED = "w.rater like 'judge:%'"
_WORDS = f"""
    words as (
        select w.*, p.one_variant, p.other_variant,
            coalesce(nullif(c.group_name, ''), c.input) as cluster
        from pair_words w
        join experiment_pairs p on p.experiment_id = $experiment and p.one = w.one
            and p.other = w.other
        join cases c on c.id = p.case_id
        where w.criterion_id = $criterion and w.scorer = $scorer
            and w.orders = if({_JUDGED}, 2, 1) and {_JUDGED} = $judged
            and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
    )
"""


class Duel(NamedTuple):
    """What was said of two variants on the cases of one cluster, word by word."""

    a: UUID
    b: UUID
    cluster: str
    a_better: int
    b_better: int
    ties: int
    both_bad: int
    unscored: int
    contradicted: int


class Asked(NamedTuple):
    """Whose words are wanted: by a criterion with these slices, of people or of a judge."""

    experiment_id: UUID
    criterion_id: UUID
    scorer: str
    slices: Sequence[str]
    is_judged: bool


class PreferenceReports:
    """Outputs compared."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def duels(self, asked: Asked) -> list[Duel]:
        """Everybody's newest words on each two variants, by cluster; a judge's where both orders
        were asked."""
        rows = self._db.rows(
            f"""
            with {_WORDS},
            turned as (
                select least(one_variant, other_variant) as a,
                    greatest(one_variant, other_variant) as b, cluster, is_contradicted,
                    case when said in ('one', 'other') then
                        if((said = 'one') = (one_variant < other_variant), 'a', 'b')
                        else said end as said
                from words
            )
            select a, b, cluster, count(*) filter (said = 'a'), count(*) filter (said = 'b'),
                count(*) filter (said = 'tie'), count(*) filter (said = 'both_bad'),
                count(*) filter (said = 'unscored'), count(*) filter (is_contradicted)
            from turned group by a, b, cluster order by a, b, cluster
            """,
            _parameters(asked),
        )
        return [Duel(*row) for row in rows]

    def by_place(self, asked: Asked) -> tuple[int, int]:
        """How often the output that was shown first was liked better, and how often one was."""
        row = self._db.row(
            f"""
            with {_WORDS}
            select count(*) filter (n.outcome = 'first'), count(*)
            from (
                select first_trial, second_trial, rater, arg_max(outcome, created_at) as outcome
                from pair_preferences
                where criterion_id = $criterion and scorer = $scorer
                group by first_trial, second_trial, rater
                having not arg_max(is_withdrawn, created_at)
            ) n
            join words w on w.one = least(n.first_trial, n.second_trial)
                and w.other = greatest(n.first_trial, n.second_trial) and w.rater = n.rater
            where n.outcome in ('first', 'second')
            """,
            _parameters(asked),
        )
        assert row is not None
        return int(row[0]), int(row[1])

    def waiting(self, asked: Asked) -> int:
        """How many pairs of an experiment nobody has said a word of."""
        found: int = self._db.value(
            f"""
            with {_WORDS}
            select count(*)
            from experiment_pairs p join cases c on c.id = p.case_id
            where p.experiment_id = $experiment
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
                and (p.one, p.other) not in (select (one, other) from words)
            """,
            _parameters(asked),
        )
        return found


def _parameters(asked: Asked) -> dict[str, object]:
    return {
        "experiment": asked.experiment_id,
        "criterion": asked.criterion_id,
        "scorer": asked.scorer,
        "slices": list(asked.slices),
        "judged": asked.is_judged,
    }
