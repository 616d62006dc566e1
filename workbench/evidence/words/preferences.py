"""What comparisons of two say, in sentences: who is liked better, and whether the place did it."""

from workbench.domain.kinds.entry import By
from workbench.evidence.preferences import CONFIDENCE, Meeting, Ranking
from workbench.evidence.words import figures
from workbench.say import count, level
from workbench.stats.preferences import FEWEST_DECIDED, OrderEffect, Strength

HOW_TIES_COUNT = (
    "A tie, or two bad ones, is half a win for both here; for the verdict it is not preferred."
)


def meeting(found: Meeting) -> str:
    """“Of 100 comparisons of B with A, B was liked better in 61 and A in 27; 12 were ties (12%),
    5 of them both bad.”"""
    ties = found.ties + found.both_bad
    said = (
        f"Of {count(found.n, 'comparison')} of {found.b.label} with {found.a.label}, "
        f"{found.b.label} was liked better in {found.b_better} and {found.a.label} in "
        f"{found.a_better}"
    )
    if not ties:
        return f"{said}; none was a tie."
    said += f"; {ties} {'was a tie' if ties == 1 else 'were ties'}"
    said += f" ({figures.percent(ties / found.n)})" if found.n else ""
    parts = [
        f"{n} of them {what}"
        for n, what in (
            (found.both_bad, "both bad"),
            (found.contradicted, "because the judge contradicted itself in the other order"),
        )
        if n
    ]
    return f"{', '.join([said, *parts])}."


def strength(found: Strength) -> str:
    """“62% (54% to 70%)”: of comparisons with the others."""
    low, high = figures.at_least(found.low), figures.at_most(found.high)
    return f"{figures.percent(found.share)} ({low} to {high})"


def leads(ranking: Ranking) -> str:
    """Who is liked best, if that is beyond chance; or why nobody is ranked."""
    if not ranking.ranked:
        return (
            "The comparisons so far do not connect all variants, so they can't be ranked: compare "
            "more of them."
            if ranking.n
            else "Nothing was compared yet."
        )
    (best, first), (_, second) = ranking.ranked[0], ranking.ranked[1]
    if first.low > max(other.high for _, other in ranking.ranked[1:]):
        return f"{best.label} is liked better than the others, beyond chance."
    alike = [v.label for v, other in ranking.ranked[1:] if other.high >= first.low]
    near = "liked most so far" if first.share > second.share else "level with the next"
    return (
        f"{best.label} is {near}, but {' and '.join(alike)} may be as good: their intervals "
        "overlap."
    )


def order(found: OrderEffect, by: By) -> str:
    """Whether the place of an output swayed the choice."""
    if not found.is_enough:
        return (
            f"Not enough pairs to tell whether the order mattered: one of two was liked better "
            f"{count(found.decided, 'time')} so far, and it takes {FEWEST_DECIDED}."
        )
    place = "shown on the left" if by is By.PERSON else "that came first"
    said = (
        f"the output {place} was liked better in {found.first} of {found.decided} decided "
        f"comparisons ({figures.at_least(found.low)} to {figures.at_most(found.high)} at "
        f"{level(CONFIDENCE)})"
    )
    if found.p < 1 - CONFIDENCE:
        return f"The order mattered: {said}. Whoever reads these should weigh that."
    return f"No sign that the order mattered: {said}."
