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

    def by_output(self, experiment_id: UUID) -> dict[UUID, list[dict[str, str]]]:
        """Everybody's newest word on each output beside another, in the order of shown, for a
        download."""
        rows = self._db.rows(
            """
            with newest as (
                select first_trial, second_trial, criterion_id, scorer, rater,
                    arg_max(outcome, created_at) as outcome, arg_max(note, created_at) as note,
                    max(created_at) as created_at
                from pair_preferences group by all
                having not arg_max(is_withdrawn, created_at)
            )
            select n.first_trial, n.second_trial, v.label, w.label, c.key, n.rater, n.outcome,
                n.note
            from newest n
            join criteria c on c.id = n.criterion_id
            join experiment_criteria k
                on k.criterion_id = n.criterion_id and k.experiment_id = $experiment
            join experiment_trials t
                on t.id = n.first_trial and t.experiment_id = $experiment
            join experiment_trials u
                on u.id = n.second_trial and u.experiment_id = $experiment
            join variants v on v.id = t.variant_id
            join variants w on w.id = u.variant_id
            order by k.position, n.created_at
            """,
            {"experiment": experiment_id},
        )
        found: dict[UUID, list[dict[str, str]]] = {}
        for first, second, label, other, criterion, rater, outcome, note in rows:
            for trial, beside, place in ((first, other, "first"), (second, label, "second")):
                word = {place: "better", "tie": "tie", "both_bad": "both bad"}.get(outcome, "worse")
                found.setdefault(trial, []).append(
                    {
                        "criterion": criterion,
                        "beside": beside,
                        "shown": place,
                        "word": "unscored" if outcome == "unscored" else word,
                        "rater": rater,
                        "note": note,
                    }
                )
        return found

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
