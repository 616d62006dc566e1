"""The mean of scores between 0 and 1, with bounds that are as narrow as the scores lie together."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.stats.clusters import Floats, Numbers, check_confidence, unit_values
from workbench.stats.intervals import NOTHING, Interval

METHOD = "betting bounds on a mean"
_HALVINGS = 40
"""Halvings of the way from 0 to 1: the bounds are found to 12 digits."""
_FINE = 10_000
_STEP = 0.8
_ALL_IN = 0.9999
"""The largest bet, as a share of what would lose everything."""


Counts = NDArray[np.intp]
Bools = NDArray[np.bool_]


class Bets(NamedTuple):
    """Bets as shares of the one that could lose everything, and how the stake is divided."""

    shares: Floats
    weights: Floats


def betting_mean(values: Numbers, confidence: float = 0.95) -> Interval:
    """The mean of values between 0 and 1, one per independent case, with betting bounds.

    A level is too low when a gambler who bets on more would have multiplied the stake by
    1/alpha: the hedged capital of Waudby-Smith and Ramdas 2024, J Royal Statistical Society B
    86:1-27, section 4, one side at a time, mixed over bets so that the order of the values does
    not matter. By Markov's inequality each bound is wrong with a probability of at most alpha, for
    every distribution and number of values; scores that vary little give narrow bounds.
    """
    alpha = check_confidence(confidence)
    array = unit_values(values)
    n = len(array)
    if not n:
        return NOTHING
    estimate = float(array.mean())
    low, high = _low(array, alpha), 1 - _low(1 - array, alpha)
    return Interval(estimate, min(low, estimate), max(high, estimate), n, n, float(n), None, METHOD)


def exceeds(values: Numbers, level: float, confidence: float = 0.95) -> bool:
    """Whether the mean is shown to lie above a level: where `betting_mean` has its lower bound."""
    found, times = np.unique(unit_values(values), return_counts=True)
    return _is_exceeded(found, times, level, check_confidence(confidence))


def exceeds_of_counts(
    counts: Floats, values: Floats, level: float, confidence: float = 0.95
) -> Bools:
    """`exceeds` for many sets of equally many cases at once: one row of counts of `values` each."""
    alpha = check_confidence(confidence)
    shares, weights = bets(int(counts[0].sum()), alpha)
    wealth = counts @ np.log1p(np.outer(values / level - 1, shares))
    shown = np.logaddexp.reduce(wealth + np.log(weights), axis=1) >= math.log(1 / alpha)
    return np.asarray(shown, dtype=np.bool_)


def fewest_best(level: float, confidence: float = 0.95) -> int:
    """How many values of 1 it takes to show that the mean is at least a level below 1."""
    alpha = check_confidence(confidence)
    if not 0 < level < 1:
        raise ValueError("the level must lie between 0 and 1, both excluded")
    # No bet wins more than 1/level each time, so fewer can't do.
    n = math.ceil(math.log(alpha) / math.log(level))
    while not _is_exceeded(np.ones(1), np.array([n]), level, alpha):
        n += 1
    return n


def _low(values: Floats, alpha: float) -> float:
    """The highest level that the mean is shown to exceed."""
    found, times = np.unique(values, return_counts=True)
    if len(found) > _FINE:
        # Rounded down: a bound that is too low by a hair costs less than a minute of counting.
        found, times = np.unique(np.floor(values * _FINE) / _FINE, return_counts=True)
    return _highest(lambda level: _is_exceeded(found, times, level, alpha))


def _is_exceeded(found: Floats, times: Counts, level: float, alpha: float) -> bool:
    """Whether the bets on more than a level came to 1/alpha. Each factor falls as the level rises,
    and so does their product: what is shown of a level is shown of all below it."""
    shares, weights = bets(int(times.sum()), alpha)
    wealth = times @ np.log1p(np.outer(found / level - 1, shares))
    return bool(np.logaddexp.reduce(wealth + np.log(weights)) >= math.log(1 / alpha))


def bets(n: int, alpha: float) -> Bets:
    """The bets to mix: the largest one and each four fifths of the one before, down to the smallest
    that can be the best after `n` values (that of values which are 0 or 1, half and half). The
    larger a bet, the more is staked on it: bars lie high, and there large bets win most."""
    least = min(1.0, math.sqrt(2 * math.log(1 / alpha) / n))
    steps = math.ceil(math.log(least) / math.log(_STEP))
    shares = _STEP ** np.arange(steps + 1, dtype=np.float64)
    return Bets(_ALL_IN * shares, shares / shares.sum())


def _highest(holds: Callable[[float], bool]) -> float:
    """The highest level from 0 to 1 that something holds for, if it holds for all below."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
