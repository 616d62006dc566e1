"""How many kinds there are of which some were not seen yet, from how often each was."""

from collections.abc import Sequence
from math import exp, log, sqrt
from typing import NamedTuple

_Z95 = 1.959963984540054


class Richness(NamedTuple):
    """`seen` kinds in `n` sightings, `once` of them seen once only; `at_least` so many kinds are
    likely in all, between `low` and `high`; `missing` is the chance that the next sighting is of a
    kind that was not seen yet."""

    seen: int
    n: int
    once: int
    at_least: float
    low: float
    high: float
    missing: float


def richness(counts: Sequence[int]) -> Richness:
    """The number of kinds from how often each was seen: Chao1 (Chao 1984, with (n - 1)/n as in
    iNEXT, Hsieh, Ma and Chao 2016), its log-normal 95% interval (Chao 1987), and the Good-Turing
    estimate of what is missing (Good 1953).

    Chao1 is a lower bound: there may be more kinds, hardly fewer. Without a kind that was seen
    twice the bias-corrected form stands in. Raises ValueError for counts below 0.
    """
    if any(count < 0 for count in counts):
        raise ValueError("a kind can't be seen less than never")
    seen, n = sum(count > 0 for count in counts), sum(counts)
    once, twice = sum(count == 1 for count in counts), sum(count == 2 for count in counts)
    if not once:
        return Richness(seen, n, 0, float(seen), float(seen), float(seen), 0.0)
    share = (n - 1) / n
    if twice:
        ratio = once / twice
        unseen = share * once**2 / (2 * twice)
        variance = twice * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    else:
        unseen = share * once * (once - 1) / 2
        at_least = seen + unseen
        variance = (
            share * once * (once - 1) / 2
            + share**2 * once * (2 * once - 1) ** 2 / 4
            - share**2 * once**4 / (4 * at_least)
        )
    low, high = _around(seen, unseen, variance)
    return Richness(seen, n, once, seen + unseen, low, high, once / n)


def _around(seen: int, unseen: float, variance: float) -> tuple[float, float]:
    """The log-normal interval: never below what was seen."""
    if unseen <= 0 or variance <= 0:
        return float(seen), float(seen)
    factor = exp(_Z95 * sqrt(log(1 + variance / unseen**2)))
    return seen + unseen / factor, seen + unseen * factor
