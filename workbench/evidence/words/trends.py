"""What is said of a criterion's verdicts over time: each point with its interval and its design."""

from math import ceil, floor

from workbench import say
from workbench.domain.criteria import Criterion
from workbench.domain.kept_verdicts import TrendPoint
from workbench.evidence.words import figures
from workbench.say import count


def place(point: TrendPoint) -> str:
    """Where and when a point is from: “3 Nov 2026 · E2 · A, Reply v3”."""
    day = say.day(point.kept.created_at)
    return f"{day} · {point.experiment} · {point.variant}, {point.prompt}"


def figure(point: TrendPoint, criterion: Criterion) -> str:
    """The estimate with its interval and how many cases it rests on, against the bar of then."""
    kept, draft = point.kept, criterion.draft
    if kept.value is None:
        return "nothing scored"
    low = figures.measured(draft, kept.low, floor)
    high = figures.measured(draft, kept.high, ceil)
    unscored = f", {kept.n_unscored} unscored" if kept.n_unscored else ""
    older = f", by version {kept.criterion_number} of it" if is_older(point, criterion) else ""
    return (
        f"{figures.measured(draft, kept.value)} ({low} to {high}; "
        f"{count(kept.n_cases, 'case')}{unscored}{older})"
    )


def is_older(point: TrendPoint, criterion: Criterion) -> bool:
    """Whether the criterion was another version then: the two are not one line."""
    return point.kept.criterion_number != criterion.number
