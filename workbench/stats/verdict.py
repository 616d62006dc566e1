"""From two bounds and a bar to one of three answers."""

from typing import Literal

from workbench.stats.intervals import Interval

Direction = Literal["at_least", "at_most"]
Verdict = Literal["met", "not_met", "not_enough_evidence"]


def decide(low: float, high: float, bar: float, direction: Direction = "at_least") -> Verdict:
    """Whether a bar is met, not met, or not settled yet by bounds that each hold on their own.

    Two one-sided tests read off one interval: a wrong "met" and a wrong "not met" each happen at
    most as often as one bound fails (Schuirmann 1987, J Pharmacokinet Biopharm 15:657-680). NaN
    bounds settle nothing. Raises ValueError for a direction that is not ours.
    """
    if direction == "at_least":
        met, not_met = low >= bar, high < bar
    elif direction == "at_most":
        met, not_met = high <= bar, low > bar
    else:
        raise ValueError(f"direction must be at_least or at_most, not {direction!r}")
    return "met" if met else "not_met" if not_met else "not_enough_evidence"


def of_interval(interval: Interval, bar: float, direction: Direction = "at_least") -> Verdict:
    """`decide` for an estimate; without a scored case there is never enough evidence."""
    if interval.estimate is None:
        return "not_enough_evidence"
    return decide(interval.low, interval.high, bar, direction)
