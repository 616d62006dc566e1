"""How many cases and trials a question needs, before spending anything."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.stats import power as powers
from workbench.stats.clusters import check_confidence
from workbench.stats.power import Chance, Noise
from workbench.stats.repeats import variance_left
from workbench.stats.verdict import Direction

_HALVINGS = 9
_LEAST_NEAR, _MOST_NEAR = 0.4, 0.98
"""Chances between which a power is found by a straight line."""


class BarPlan(NamedTuple):
    """Cases to run, how many independent answers (and passes among them) that stands for, and the
    chance of the verdict that is hoped for."""

    n_cases: int
    n_effective: int
    passes_needed: int
    power: float


class Detectable(NamedTuple):
    """The true rates that a design would probably tell apart from its bar; None where none can."""

    below: float | None
    above: float | None


def zero_failure_minimum(bar: float, confidence: float = 0.95) -> int:
    """The fewest cases that can show a bar, if all of them pass: smallest n with bar^n <= alpha.

    Success-run rule; Hanley and Lippman-Hand 1983, JAMA 249:1743-1745. Raises ValueError unless
    the bar lies between 0 and 1, both excluded.
    """
    alpha = check_confidence(confidence)
    _check_rate(bar)
    # One rounding error in the logarithms would ask for a case too many (0.05 at n cases).
    return max(1, math.ceil(math.log(alpha) / math.log(bar) - 1e-9))


def best_bar(n_cases: int, confidence: float = 0.95) -> float:
    """The highest bar that so many cases can show, if all of them pass: alpha^(1/n)."""
    alpha = check_confidence(confidence)
    return float(alpha ** (1 / n_cases)) if n_cases > 0 else 0.0


def chance(
    noise: Noise,
    bar: float,
    truth: float,
    n_cases: int,
    confidence: float = 0.95,
    *,
    is_sequential: bool = False,
) -> Chance:
    """How often a plan of so many cases would say met and not met, of a bar that is the least.

    By the rule of the verdict itself: read once at the end, or (`is_sequential`) at any time.
    """
    of_plan = powers.of_sequential_plan if is_sequential else powers.of_whole_plan
    return of_plan(noise, bar, truth, n_cases, confidence)


@lru_cache(maxsize=1024)
def cases_for_bar(
    bar: float,
    truth: float,
    *,
    trials: int = 1,
    icc: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    most: int = 20_000,
    noise: Noise | None = None,
    is_sequential: bool = False,
) -> BarPlan | None:
    """Cases that settle a bar with the given power, if the true rate is `truth`.

    Above the bar, the chance of "met" under "at least"; below it, the chance of "not met". A limit
    ("at most") is planned as the bar and truth of its complement, 1 - bar and 1 - truth. Where a
    case passes or fails it is the exact single-stage design of A'Hern 2001, Statistics in Medicine
    20:859-866: the smallest n for which some r has P(X >= r | bar) <= alpha and
    P(X >= r | truth) >= power. Otherwise the verdict's own rule is tried on drawn data (`power`).
    `noise` says what a case contributes, where that is not a pass rate of `trials` with `icc`.
    None when truth equals the bar or more than `most` cases would be needed.
    """
    check_confidence(confidence)
    _check_rate(bar)
    if not 0 <= truth <= 1:
        raise ValueError("the supposed truth must lie between 0 and 1")
    noise = noise or Noise("rate", trials, icc)
    if truth == bar:
        return None
    seen: list[float] = []
    if is_sequential:
        n_cases, share = _watched_cases(noise, bar, truth, power, confidence, most)
        seen.append(share)
    elif noise.is_binary:
        n_cases = _exact_cases(bar, truth, power, confidence, most)
    else:
        n_cases = _fewest(
            lambda n: _hoped(chance(noise, bar, truth, n, confidence), bar, truth) >= power, most
        )
    if n_cases is None:
        return None
    found = chance(noise, bar, truth, n_cases, confidence, is_sequential=is_sequential)
    seen.append(_hoped(found, bar, truth))
    if not is_sequential:
        # The fewest cases that are enough on some data sets are lucky ones: others have a say.
        again = powers.of_whole_plan(noise, bar, truth, n_cases, confidence, draw=1)
        seen.append(_hoped(again, bar, truth))
    left = variance_left(noise.icc, noise.trials) if noise.kind == "rate" else 1.0
    answers = int(n_cases / left + 1e-9)
    needed = _passes_needed(answers, bar, confidence, is_above=truth > bar)
    return BarPlan(n_cases, answers, needed, float(np.mean(seen)))


@lru_cache(maxsize=1024)
def detectable(
    bar: float,
    n_cases: int,
    *,
    trials: int = 1,
    icc: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    noise: Noise | None = None,
    is_sequential: bool = False,
) -> Detectable:
    """The nearest true rates below and above a bar that so many cases would tell from it.

    `cases_for_bar` solved for the truth, by the same chances.
    """
    check_confidence(confidence)
    _check_rate(bar)
    noise = noise or Noise("rate", trials, icc)
    if n_cases < 1:
        return Detectable(None, None)

    def right(truth: float, draw: int) -> float:
        of_plan = powers.of_sequential_plan if is_sequential else powers.of_whole_plan
        plan = (noise, bar, truth, n_cases, confidence)
        return _hoped(of_plan(*plan, is_rough=not draw, draw=draw), bar, truth)

    # A watched plan takes ten times as long to try.
    close = 1 if noise.is_binary and not is_sequential else 2 if is_sequential else 4
    return Detectable(
        _nearest(right, bar, 0.0, power, close), _nearest(right, bar, 1.0, power, close)
    )


def best_trials(case_cost: float, trial_cost: float, icc: float, most: int = 10) -> int:
    """Trials per case that give the smallest error for the money, from 1 to `most`.

    k = sqrt(case cost / trial cost * (1 - icc)/icc): optimal two-stage sampling, Cochran 1977,
    Sampling Techniques, 3rd edition, section 10.6; the better of the whole numbers around it.
    """
    if case_cost < 0 or trial_cost <= 0:
        raise ValueError("a case must cost 0 or more, and a trial more than 0")
    counts = range(1, most + 1)
    return min(counts, key=lambda k: (case_cost + k * trial_cost) * variance_left(icc, k))


def _hoped(found: Chance, bar: float, truth: float) -> float:
    return found.met if truth > bar else found.not_met


def _exact_cases(
    bar: float, truth: float, power: float, confidence: float, most: int
) -> int | None:
    """The smallest number of cases that pass or fail which has the power."""
    from scipy.stats import binom

    alpha = check_confidence(confidence)
    null, real = (bar, truth) if truth > bar else (1 - bar, 1 - truth)
    for start in range(1, most + 1, 1000):
        n = np.arange(start, min(start + 1000, most + 1))
        least = binom.isf(alpha, n, null) + 1
        good = np.flatnonzero((binom.sf(least - 1, n, real) >= power) & (least <= n))
        if len(good):
            return int(n[good[0]])
    return None


def _watched_cases(
    noise: Noise, bar: float, truth: float, power: float, confidence: float, most: int
) -> tuple[int | None, float]:
    """After how many cases a watched plan has decided that often, and how often it had."""
    side: Direction = "at_most" if truth > bar else "at_least"
    needed, looks = 0.0, np.geomspace(1, most, 64)
    for sets, n_looks in ((200, 64), (powers.WATCHED_SETS, 250)):
        if needed:
            # A rough look at first, then a close one at what it found.
            looks = np.linspace(1, min(most, 1.3 * needed + 2), n_looks)
        rng = np.random.default_rng([9, noise.trials])
        weights = np.tile(noise.chances(truth), (sets, 1))
        plan = (rng, noise.values(), weights, bar, looks, confidence)
        times = np.sort(powers.crossings(*plan, sides=(side,))[0])
        needed = float(times[math.ceil(power * sets) - 1])
        if np.isinf(needed):
            return None, 0.0
    return int(needed), float((times <= needed).mean())


def _passes_needed(answers: int, bar: float, confidence: float, *, is_above: bool) -> int:
    """The fewest passes of so many answers that show a bar, or the most that show it missed."""
    from scipy.stats import binom

    alpha = check_confidence(confidence)
    least = int(binom.isf(alpha, answers, bar if is_above else 1 - bar)) + 1
    return least if is_above else answers - least


def _fewest(is_enough: Callable[[int], bool], most: int) -> int | None:
    """The smallest number that is enough, if every greater one is."""
    upper = 2
    while not is_enough(upper):
        if upper >= most:
            return None
        upper = min(2 * upper, most)
    lower = upper // 2
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (lower, middle) if is_enough(middle) else (middle, upper)
    return upper


def _nearest(
    chances: Callable[[float, int], float], bar: float, end: float, power: float, close: int
) -> float | None:
    """The truth between the bar and the end of the scale at which a verdict has the power.

    Few data sets tell about where it is, and how steeply the chances rise there; then so many
    `close` looks, each at data sets of its own, tell by how much that is off. One look alone would
    pass its own luck on as a promise, and so would the best of several.
    """
    from scipy.special import ndtri

    def deviate(chance: float) -> float:
        return float(ndtri(min(max(chance, 1e-3), 1 - 1e-3)))

    wanted = deviate(power)
    far, there = end, chances(end, 0)
    if there < power:
        return None
    near, here = bar, 0.02  # A wrong verdict at the bar is rare; how rare hardly matters.
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        found = chances(middle, 0)
        if found >= power:
            far, there = middle, found
        else:
            near, here = middle, found
        # Between two near truths the normal deviate of the chance rises about evenly.
        if here >= _LEAST_NEAR and there <= _MOST_NEAR:
            break
    rise = max(deviate(there) - deviate(here), 0.1) / (far - near)
    truth = near + (wanted - deviate(here)) / rise
    told: list[float] = []
    for draw in range(1, close + 1):
        found = chances(truth, draw)
        told.append(truth + (wanted - deviate(found)) / rise)
        truth = min(max(sum(told) / len(told), min(bar, end)), max(bar, end))
    return float(truth)


def _check_rate(bar: float) -> None:
    if not 0 < bar < 1:
        raise ValueError("the bar must lie between 0 and 1, both excluded")
