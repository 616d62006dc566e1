"""What was said of each trial, by several criteria in one pass: the first steps of a query."""

from collections.abc import Sequence
from uuid import UUID

from workbench.store.engine.database import Database

VOTE = "case outcome when 'pass' then 1 when 'fail' then -1 else 0 end"
"""A rater's word; of several the sign of the sum is the majority, as in the macro `majority`."""


def mine(n: int) -> list[str]:
    """Which scores are of each of `n` criteria, by the parameters criterion0, scorer0, …"""
    return [f"(criterion_id = $criterion{i:d}::uuid and scorer = $scorer{i:d})" for i in range(n)]


def counted(newest: Sequence[str], together: Sequence[str], *, has_one_rater: bool) -> str:
    """The steps of a `with` up to `votes`: each trial that was scored, with a column vote_0, … for
    each criterion. Of a rater's words the `newest` counts (an aggregate by criterion); those of
    several are put `together` (the name of an aggregate by criterion)."""
    of = mine(len(newest))
    words = ", ".join(f"{word} filter {of[i]} as vote_{i}" for i, word in enumerate(newest))
    if has_one_rater:
        # A rater's newest word is the trial's then: half a million groups less to put together.
        return f"""
        votes as (
            select trial_id, {words} from scores where {" or ".join(of)} group by trial_id
        )"""
    summed = ", ".join(f"{name}(vote_{i}) as vote_{i}" for i, name in enumerate(together))
    return f"""
        newest as (
            select trial_id, rater, {words}
            from scores where {" or ".join(of)} group by trial_id, rater
        ),
        votes as (select trial_id, {summed} from newest group by trial_id)"""


def has_one_rater(database: Database, wanted: Sequence[tuple[UUID, str]]) -> bool:
    """Whether each of these criteria (with their scorers) was scored by one rater only, or by
    none: a check has no name, and people have one. It reads only the blocks that hold people's."""
    parameters: dict[str, object] = {}
    for place, (criterion_id, scorer) in enumerate(wanted):
        parameters[f"criterion{place}"], parameters[f"scorer{place}"] = criterion_id, scorer
    people = database.rows(_people(len(wanted)), parameters)
    if any(raters > 1 for *_, raters in people):
        return False
    for criterion_id, scorer, _ in people:
        nameless = database.row(
            """
            select 1 from scores where rater = '' and criterion_id = ? and scorer = ? limit 1
            """,
            [criterion_id, scorer],
        )
        if nameless is not None:
            return False
    return True


def _people(n: int) -> str:
    """How many people scored by each of `n` criteria, put together from numbers of our own."""
    of = " or ".join(mine(n))
    return f"""
        select criterion_id, scorer, count(distinct rater) from scores
        where rater > '' and ({of}) group by criterion_id, scorer
    """
