"""Figures: shares, scores and intervals with their design, rounded so that they claim no more.

A bound is rounded outwards, and nothing is rounded across (or onto) a bar that it missed.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from workbench import say
from workbench.domain.criteria import CriterionDraft, Scale
from workbench.domain.verdicts import CriterionVerdict, Repeated, Unit
from workbench.evidence.words import missing
from workbench.say import count, rounded

Rounding = Callable[[float], int]
_FINEST = 4
"""So many decimals a percentage has at most, but where it takes more to show its side of a bar."""
APART = 0.02
"""Two weightings that lie closer together than this say the same."""


def figure(found: CriterionVerdict) -> str:
    """The estimate with its interval and design, never a bare percentage: “90% (71% to 99%, each
    bound at 95%; 20 cases)”."""
    estimate, draft = found.estimate, found.criterion.draft
    if estimate.value is None:
        why = ", ".join(said for said in _without_score(found) if said)
        return f"nothing scored yet ({why})" if why else "no result"
    on = f" on {ends(draft.scale)}" if draft.scale is not None else ""
    other = other_weighting(found)
    beside = f"; answer by answer {other}" if other else ""
    return (
        f"{value(found)} ({span(found)}{on}, each bound at {confidence(estimate.confidence)}; "
        f"{design(found)}{beside})"
    )


def value(found: CriterionVerdict) -> str:
    """The estimate alone, for a place that shows its interval too."""
    assert found.estimate.value is not None
    return measured(found.criterion.draft, found.estimate.value)


def span(found: CriterionVerdict) -> str:
    """The bounds alone: “71% to 99%”."""
    draft, estimate = found.criterion.draft, found.estimate
    return f"{measured(draft, estimate.low, floor)} to {measured(draft, estimate.high, ceil)}"


def other_weighting(found: CriterionVerdict) -> str:
    """The estimate if every answer counted once, where groups or repeated inputs make that differ:
    by two points, or in what it says of the bar. Empty elsewhere."""
    by_answer, draft = found.estimate.by_answer, found.criterion.draft
    if by_answer is None or found.estimate.value is None:
        return ""
    crosses = (by_answer >= draft.bar) != (found.estimate.value >= draft.bar)
    is_other = crosses or abs(by_answer - found.estimate.value) >= APART
    return measured(draft, by_answer) if is_other else ""


def measured(draft: CriterionDraft, share: float, to: Rounding = round) -> str:
    """A share in the criterion's own measure, on the side of its bar where it lies."""
    if draft.scale is not None:
        return score(draft.scale, share, to, bar=draft.bar)
    return percent(share, to, bar=draft.bar)


def repeated(found: Sequence[Repeated | None]) -> str:
    """What asking a case 1, 2, … times comes to: “2×: 81% (70% to 90%)”."""
    return " · ".join(
        f"{k}×: {percent(each.value)} ({percent(each.low, floor)} to {percent(each.high, ceil)})"
        for k, each in enumerate(found, 1)
        if each is not None
    )


def design(found: CriterionVerdict) -> str:
    """How many cases and trials an estimate rests on, and what of them counts once."""
    estimate = found.estimate
    parts = [count(estimate.n_cases, "case")]
    if estimate.n_clusters < estimate.n_cases and estimate.unit is not Unit.CASE:
        noun = "group" if estimate.unit is Unit.GROUP else "different input"
        parts = [f"{count(estimate.n_clusters, noun)} of {parts[0]}"]
    if estimate.n_trials != estimate.n_cases:
        parts.append(count(estimate.n_trials, "trial"))
    return ", ".join(part for part in (*parts, *_without_score(found)) if part)


def _without_score(found: CriterionVerdict) -> tuple[str, str]:
    """What counts both ways, and what does not count at all."""
    return missing.unscored(found) if found.estimate.n_unscored else "", missing.outside(found)


def percent(share: float, to: Rounding = round, *, bar: float | None = None) -> str:
    """A share as a percentage, with decimals only where whole numbers would hide something: near
    0% and 100%, and beside a bar."""
    scaled = round(100 * share, 9)
    gap = min(scaled, 100 - scaled)
    decimals = 0 if gap >= 1 or gap <= 0 else min(_FINEST, ceil(-log10(gap)) or 1)
    if to is round and 0 < gap < 10**-_FINEST:
        # Nobody says 99.999999998%, and what is not all is not said to be.
        to = floor if scaled > 50 else ceil
    said = rounded(scaled, None if bar is None else 100 * bar, decimals=decimals, to=to)
    return f"{float(said):.0f}%" if float(said) in (0, 100) else f"{said}%"


def of_hundred(share: float, to: Rounding = round, *, bar: float | None = None) -> str:
    """A share as so many of a hundred, rounded as `percent` rounds it."""
    return percent(share, to, bar=bar).removesuffix("%")


def at_least(share: float) -> str:
    """A share that something reaches, rounded down."""
    return percent(share, floor)


def at_most(share: float) -> str:
    """A share that something stays under, rounded up."""
    return percent(share, ceil)


def score(scale: Scale, share: float, to: Rounding = round, *, bar: float | None = None) -> str:
    """How far up a scale a share lies, as a score: bounds are to be rounded outwards."""
    decimals = max(0, 2 - floor(log10(scale.high - scale.low)))
    limit = None if bar is None else scale.score(bar)
    return f"{float(rounded(scale.score(share), limit, decimals=decimals, to=to)):.12g}"


def near_one(share: float) -> str:
    """A confidence that a rule came to: two digits of what is missing to 100%, and never 100%."""
    missing = 100 * (1 - share)
    if missing <= 0:
        return "100%"
    decimals = max(0, 1 - floor(log10(missing)))
    if decimals > _FINEST:
        return f"over {99.9999 if missing < 1e-4 else floor(1e4 * (100 - missing)) / 1e4:g}%"
    return f"{100 - missing:.{decimals}f}%"


def confidence(share: float) -> str:
    """How surely a bound holds: as somebody chose it, or as `near_one` where a rule came to it."""
    is_chosen = abs(100 * share - round(100 * share, 2)) < 1e-9
    return say.level(round(share, 6)) if is_chosen and share < 1 else near_one(share)


def ends(scale: Scale) -> str:
    """The lowest and the highest score."""
    return f"{scale.low:g} to {scale.high:g}"
