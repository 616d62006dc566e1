"""What was said of each trial, by several criteria in one pass: the first steps of a query."""

from collections.abc import Collection, Sequence
from uuid import UUID

from workbench.store.engine.database import Database

VOTE = "case outcome when 'pass' then 1 when 'fail' then -1 else 0 end"
"""A rater's word; of several the sign of the sum is the majority, as in the macro `majority`."""
APPLIES = "case outcome when 'not_applicable' then -1 when 'unscored' then 0 else 1 end"
"""Whether a rater says that the criterion applies; of several the sign of the sum."""

WORD = f"case outcome when 'not_applicable' then 2 else {VOTE} end"
"""Both in one number, for queries of one criterion: 2 says that it does not apply."""
APPLIES_OF_WORD = "case word when 2 then -1 when 0 then 0 else 1 end"
VOTE_OF_WORD = "if(word = 2, 0, word)"


def ever_inapplicable(database: Database) -> frozenset[tuple[UUID, str]]:
    """The criteria, each with its scorer, that did not apply to some output."""
    rows = database.rows(
        "select distinct criterion_id, scorer from scores where outcome = 'not_applicable'"
    )
    return frozenset((criterion_id, scorer) for criterion_id, scorer in rows)


def inapplicable(database: Database, wanted: Sequence[tuple[UUID, str]]) -> frozenset[int]:
    """The places of those of some criteria (with their scorers)."""
    found = ever_inapplicable(database)
    return frozenset(place for place, one in enumerate(wanted) if tuple(one) in found)


def mine(n: int) -> list[str]:
    """Which scores are of each of `n` criteria, by the parameters criterion0, scorer0, …"""
    return [f"(criterion_id = $criterion{i:d}::uuid and scorer = $scorer{i:d})" for i in range(n)]


def counted(
    newest: Sequence[str],
    together: Sequence[str],
    *,
    has_one_rater: bool,
    some: Collection[int] = (),
) -> str:
    """The steps of a `with` up to `votes`: each trial that was scored, with a column vote_0, … for
    each criterion. Of a rater's words the `newest` counts (an aggregate by criterion); those of
    several are put `together` (the name of an aggregate by criterion). `some` are the places of
    criteria that did not apply to some trials: those have a column outside_0, … that says so."""
    of = mine(len(newest))
    words = ", ".join(f"{word} filter {of[i]} as vote_{i}" for i, word in enumerate(newest))
    if some:
        words += "".join(
            f", arg_max({APPLIES}, created_at) filter {of[i]} as applies_{i:d}" for i in some
        )
    if has_one_rater:
        outside = "".join(f", applies_{i:d} < 0 as outside_{i:d}" for i in some)
        # A rater's newest word is the trial's then: half a million groups less to put together.
        return f"""
        votes as (
            select trial_id, {words}{outside}
            from counted_scores where {" or ".join(of)} group by trial_id
        )"""
    # A tie about whether it applies is no score.
    summed = ", ".join(
        f"case when sum(applies_{i:d}) > 0 then {name}(vote_{i}) end as vote_{i}"
        if i in some
        else f"{name}(vote_{i}) as vote_{i}"
        for i, name in enumerate(together)
    )
    summed += "".join(f", sum(applies_{i:d}) < 0 as outside_{i:d}" for i in some)
    return f"""
        newest as (
            select trial_id, rater, {words}
            from counted_scores where {" or ".join(of)} group by trial_id, rater
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
