"""Which of two outputs somebody liked better, as it was shown. Added to, never overwritten."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain import clock
from workbench.domain.preferences import Preference, Preferred, Sides, UnjudgedPair
from workbench.store.courses import GROUP_PLACE, PLACE
from workbench.store.engine.database import Database
from workbench.store.judging import Wanted
from workbench.store.trials import text_hash

_COLUMNS = (
    "first_trial", "second_trial", "criterion_id", "scorer", "rater", "outcome", "note",
    "question", "created_at", "is_withdrawn",
)  # fmt: skip


_COMPARED = """
    from experiments e
    join experiment_pairs p on p.experiment_id = e.id
    join cases d on d.id = p.case_id
    join variants a on a.id = p.one_variant
    join variants b on b.id = p.other_variant
    join trials t on t.id = p.one
    join trials u on u.id = p.other
    cross join lateral (
        select p.one as first, p.other as second, p.one_variant as variant
        union all select p.other, p.one, p.other_variant
    ) o
"""
_OVER = """
    where e.id = $experiment and (a.label = $over) <> (b.label = $over)
        and not (t.request = '' and t.output = $nothing)
        and not (u.request = '' and u.output = $nothing)
        and (len($slices::varchar[]) = 0 or list_has_any(d.tags, $slices::varchar[]))
"""
"""Two outputs, one of them of the variant that others are compared with, in both orders; not those
that came from elsewhere without a text."""
_UNJUDGED = f"""
    {_COMPARED}
    anti join (
        select first_trial, second_trial from pair_preferences
        where criterion_id = $criterion and scorer = $scorer
        group by first_trial, second_trial having not arg_max(is_withdrawn, created_at)
    ) s on s.first_trial = o.first and s.second_trial = o.second
    {_OVER}
"""
"""Those of them, and the orders, in which a judge has no word of them."""
_IN_ORDER = f"order by {GROUP_PLACE}, {PLACE}, p.number, p.one, p.other, o.first"


class Preferences:
    """Words on two outputs at a time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, preferred: Sequence[Preferred]) -> None:
        """Keep words, all in one commit. A rater's newer word counts; the older one stays."""
        now = clock.now()
        self._db.append(
            "pair_preferences",
            _COLUMNS,
            [
                (
                    p.first, p.second, p.criterion_id, p.scorer, p.rater, p.outcome, p.note,
                    p.question, now, p.is_withdrawn,
                )
                for p in preferred
            ],
        )  # fmt: skip

    def pairs(self, experiment_id: UUID, case_id: UUID) -> list[Sides]:
        """The outputs of a case that count for an experiment, two by two."""
        rows = self._db.rows(
            """
            select one, other, one_variant, other_variant from experiment_pairs
            where experiment_id = ? and case_id = ? order by number, one, other
            """,
            [experiment_id, case_id],
        )
        return [Sides(*row) for row in rows]

    def every_pair(self, experiment_id: UUID) -> list[Sides]:
        """The outputs that count for an experiment, two by two."""
        rows = self._db.rows(
            """
            select one, other, one_variant, other_variant from experiment_pairs
            where experiment_id = ? order by case_id, number, one, other
            """,
            [experiment_id],
        )
        return [Sides(*row) for row in rows]

    def worded(self, criterion_id: UUID, scorer: str) -> set[tuple[UUID, UUID]]:
        """The pairs of which somebody said a word by a criterion that holds."""
        rows = self._db.rows(
            "select distinct one, other from pair_words where criterion_id = ? and scorer = ?",
            [criterion_id, scorer],
        )
        return {(one, other) for one, other in rows}

    def said(
        self, trial_ids: Sequence[UUID], criterion_id: UUID, scorer: str, rater: str
    ) -> list[Preferred]:
        """Everything that a rater ever said of these trials by a criterion, oldest first."""
        rows = self._db.rows(
            """
            select first_trial, second_trial, outcome, note, question, is_withdrawn, created_at
            from pair_preferences
            where criterion_id = $criterion and scorer = $scorer and rater = $rater
                and first_trial in (select unnest($trials::uuid[]))
                and second_trial in (select unnest($trials::uuid[]))
            order by created_at
            """,
            {
                "trials": list(trial_ids),
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
            },
        )
        place = (criterion_id, scorer, rater)
        return [
            Preferred(first, second, *place, Preference(outcome), *rest)
            for first, second, outcome, *rest in rows
        ]

    def unjudged(self, wanted: Wanted, over: str) -> list[UnjudgedPair]:
        """The outputs that are compared with those of a variant (by its label) and that a judge was
        not asked about in an order, in the order of the plan."""
        rows = self._db.rows(
            f"""
            select o.first, o.second, o.variant, p.case_id, p.number {_UNJUDGED} {_IN_ORDER}
            """,
            _parameters(wanted, over),
        )
        return [UnjudgedPair(*row) for row in rows]

    def compared(self, wanted: Wanted, over: str, most: int) -> list[UnjudgedPair]:
        """The first outputs that are compared with those of a variant, in the order of the plan,
        whether they were judged or not."""
        rows = self._db.rows(
            f"""
            select o.first, o.second, o.variant, p.case_id, p.number {_COMPARED} {_OVER} {_IN_ORDER}
            limit $most
            """,
            # It asks of nobody's words.
            {
                **{k: v for k, v in _parameters(wanted, over).items()
                   if k not in ("criterion", "scorer")},
                "most": most,
            },
        )  # fmt: skip
        return [UnjudgedPair(*row) for row in rows]

    def beside(self, trial_id: UUID, criterion_id: UUID, scorer: str, rater: str) -> UUID | None:
        """What a rater compared a trial with last; None where with nothing."""
        row = self._db.row(
            """
            select case when first_trial = $trial then second_trial else first_trial end
            from pair_preferences
            where criterion_id = $criterion and scorer = $scorer and rater = $rater
                and $trial in (first_trial, second_trial)
            order by created_at desc, first_trial limit 1
            """,
            {"trial": trial_id, "criterion": criterion_id, "scorer": scorer, "rater": rater},
        )
        return None if row is None else row[0]

    def n_unjudged(self, wanted: Wanted, over: str) -> int:
        """How many there are."""
        found: int = self._db.value(f"select count(*) {_UNJUDGED}", _parameters(wanted, over))
        return found

    def last(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str
    ) -> Preferred | None:
        """A rater's newest word in an experiment that still holds."""
        row = self._db.row(
            """
            select p.first_trial, p.second_trial
            from pair_preferences p
            join experiment_pairs t on t.experiment_id = $experiment
                and t.one = least(p.first_trial, p.second_trial)
                and t.other = greatest(p.first_trial, p.second_trial)
            where p.criterion_id = $criterion and p.scorer = $scorer and p.rater = $rater
            group by p.first_trial, p.second_trial
            having not arg_max(p.is_withdrawn, p.created_at)
            order by max(p.created_at) desc limit 1
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
            },
        )
        return self.said([*row], criterion_id, scorer, rater)[-1] if row is not None else None


def _parameters(wanted: Wanted, over: str) -> dict[str, object]:
    return {
        "experiment": wanted.experiment_id,
        "criterion": wanted.criterion_id,
        "scorer": wanted.scorer,
        "slices": list(wanted.slices),
        "over": over,
        "nothing": text_hash(""),
    }
