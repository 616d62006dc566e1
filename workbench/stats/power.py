"""How often a plan would decide: the verdict's own rule, tried on data drawn from a supposed truth.

Nothing here knows a formula of its own for power: what is drawn is judged by the functions that
judge real results, so that a plan promises what its verdict keeps.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.stats import intervals, sequential
from workbench.stats.clusters import Floats, check_confidence
from workbench.stats.mean_scores import exceeds_of_counts
from workbench.stats.repeats import agreement
from workbench.stats.verdict import Direction

Kind = Literal["rate", "all_pass", "agreement", "mean"]
Bools = NDArray[np.bool_]

SETS = 2000
"""Data sets drawn for one chance: its simulation error is at most 1.1 points."""
WATCHED_SETS = 800
_LOOKS, _ROUGH_LOOKS = 250, 60
_SIDES: tuple[Direction, Direction] = ("at_most", "at_least")
_STEPS = 20
"""Into how many parts a scale is cut: scores between them change little."""
USUAL_SPREAD = 0.25
"""Scores from 1 to 5 around a 4 that vary by 0.9 or so."""


@dataclass(frozen=True)
class Noise:
    """What one case contributes: a value between 0 and 1, and how it varies from case to case.

    `rate`: the share of `trials` that pass, where trials of a case are correlated by `icc` (the
    beta-binomial distribution). `all_pass`: 1 if all pass. `agreement`: how often two of its trials
    agree, for a share of passes around the middle of what makes that agreement. `mean`: a score
    from 0 to 1 with `spread` as its variance, as a share of the most that its mean allows.
    """

    kind: Kind = "rate"
    trials: int = 1
    icc: float = 0.5
    spread: float = USUAL_SPREAD

    def __post_init__(self) -> None:
        """Raises ValueError for what no case can do."""
        if not 0 <= self.icc <= 1 or self.trials < 1:
            raise ValueError("icc must lie between 0 and 1, and trials be at least 1")
        if not 0 < self.spread <= 1:
            raise ValueError("the spread must lie above 0, and up to 1")

    @property
    def is_binary(self) -> bool:
        """Whether a case's value is 0 or 1, so that exact formulas hold."""
        return (
            self.kind == "all_pass"
            or (self.kind == "rate" and (self.trials == 1 or self.icc == 1))
            or (self.kind == "agreement" and self.trials == 2)
        )

    def values(self) -> Floats:
        """The values that a case can have, in order."""
        if self.kind == "mean":
            return np.arange(_STEPS + 1) / _STEPS
        if self.kind == "all_pass":
            return np.array([0.0, 1.0])
        if self.kind == "agreement":
            trials = max(2, self.trials)
            found = agreement(np.arange(trials + 1.0), np.full(trials + 1, float(trials)))
            return np.asarray(found, dtype=np.float64)
        return np.arange(self.trials + 1) / self.trials

    def chances(self, truth: float) -> Floats:
        """How often each of the values comes, if their mean is `truth`."""
        if self.kind == "all_pass":
            return np.array([1 - truth, truth])
        if self.kind == "mean":
            return _score_chances(truth, self.spread)
        if self.kind == "agreement":
            return _agreement_chances(truth, max(2, self.trials), self.icc)
        return _pass_chances(truth, self.trials, self.icc)


class Chance(NamedTuple):
    """How often a plan would say met and not met, of a bar that is the least."""

    met: float
    not_met: float


@lru_cache(maxsize=2048)
def of_whole_plan(
    noise: Noise,
    bar: float,
    truth: float,
    n_cases: int,
    confidence: float = 0.95,
    *,
    is_rough: bool = False,
    draw: int = 0,
) -> Chance:
    """The chances of each verdict on a plan that is read once, when all of it was asked.

    Another `draw` tries it on other data sets.
    """
    if n_cases < 1:
        return Chance(0.0, 0.0)
    if noise.is_binary:
        return _exact(bar, truth, n_cases, confidence)
    rng = np.random.default_rng([7, n_cases, noise.trials, *_other(draw)])
    counts = rng.multinomial(n_cases, noise.chances(truth), SETS // (4 if is_rough else 1)).astype(
        np.float64
    )
    if noise.kind == "mean":
        values = noise.values()
        met = exceeds_of_counts(counts, values, bar, confidence)
        missed = exceeds_of_counts(counts, 1 - values, 1 - bar, confidence)
        return Chance(float(met.mean()), float(missed.mean()))
    low, high = _bounds(noise, counts, confidence)
    return Chance(float((low >= bar).mean()), float((high < bar).mean()))


@lru_cache(maxsize=1024)
def of_sequential_plan(
    noise: Noise,
    bar: float,
    truth: float,
    n_cases: int,
    confidence: float = 0.95,
    *,
    is_rough: bool = False,
    draw: int = 0,
) -> Chance:
    """The chance that a plan which may be read at any time says what is true by its last case.

    A wrong verdict, which comes at most alpha of the time, is not counted. A rough chance takes
    a fifth of the time: evidence that a bar is missed comes with each failure and fades with the
    passes after it, so looking seldom misses some.
    """
    if n_cases < 1:
        return Chance(0.0, 0.0)
    rng = np.random.default_rng([8, n_cases, noise.trials, *_other(draw)])
    weights = np.tile(noise.chances(truth), (WATCHED_SETS // (2 if is_rough else 1), 1))
    looks = np.linspace(1, n_cases, min(_ROUGH_LOOKS if is_rough else _LOOKS, n_cases))
    is_above = truth > bar
    times = crossings(
        *(rng, noise.values(), weights, bar, looks, confidence),
        sides=_SIDES[:1] if is_above else _SIDES[1:],
    )[0]
    found = float(np.isfinite(times).mean())
    return Chance(found, 0.0) if is_above else Chance(0.0, found)


def crossings(
    rng: np.random.Generator,
    values: Floats,
    weights: Floats,
    bar: float,
    looks: Floats,
    confidence: float = 0.95,
    seen: Floats | None = None,
    sides: Sequence[Direction] = _SIDES,
) -> Floats:
    """After how many further cases each of many streams shows the bar to be met, and missed: a
    row for each of the `sides` that evidence is gathered against.

    Each row of `weights` are the chances of the values in one stream, which may have begun with
    `seen` cases of each. Infinite where it is not so at any of the `looks`: to look less often
    than after every case only loses a little.
    """
    needed = math.log(1 / check_confidence(confidence))
    followed = []
    for against in sides:
        factors = np.log1p(np.outer(values - bar, sequential.bets(bar, against)[0]))
        begun = np.zeros(factors.shape[1]) if seen is None else seen @ factors
        followed.append((factors, begun))
    came = np.zeros(weights.shape)
    found = np.full((len(sides), len(weights)), np.inf)
    for moment, more in _moments(looks):
        came += rng.multinomial(more, weights)
        for (factors, begun), times in zip(followed, found, strict=True):
            waits = np.flatnonzero(np.isinf(times))
            wealth = came[waits] @ factors + begun
            # Most are far from it: only what the best bet alone might bring there is looked at.
            close = wealth.max(axis=1) >= needed
            top = wealth[close]
            is_shown = np.log(np.exp(np.minimum(top, 600.0)).mean(axis=1)) >= needed
            times[waits[close][is_shown]] = moment
    return found


def _other(draw: int) -> list[int]:
    return [draw] if draw else []


def _moments(looks: Floats) -> Iterator[tuple[int, int]]:
    """The moments to look at, each with how many cases came since the one before."""
    before = 0
    for moment in np.unique(looks.round().astype(np.intp)).tolist():
        yield moment, moment - before
        before = moment


def _exact(bar: float, truth: float, n_cases: int, confidence: float) -> Chance:
    """The same without drawing, where each case passes or fails: binomial probabilities."""
    from scipy.stats import binom

    alpha = check_confidence(confidence)
    # The exact lower bound reaches the bar when so many pass by chance at most alpha of the time.
    least = binom.isf(alpha, n_cases, bar) + 1
    most = n_cases - (binom.isf(alpha, n_cases, 1 - bar) + 1)
    met = binom.sf(least - 1, n_cases, truth) if least <= n_cases else 0.0
    return Chance(float(met), float(binom.cdf(most, n_cases, truth) if most >= 0 else 0.0))


def _bounds(noise: Noise, counts: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The bounds of the measure on many sets at once, as `evidence.estimates` has them."""
    if noise.kind == "rate":
        found = intervals.bounds_of_counts(counts, confidence)
        return found.low, found.high
    return intervals.bounds_of_means(counts @ noise.values(), int(counts[0].sum()), confidence)


def _pass_chances(truth: float, trials: int, icc: float) -> Floats:
    """The beta-binomial distribution of passes."""
    from scipy.stats import betabinom, binom

    passes = np.arange(trials + 1)
    if icc == 0 or truth in (0, 1):
        found = binom.pmf(passes, trials, truth)
    elif icc == 1:
        found = np.where(passes == 0, 1 - truth, np.where(passes == trials, truth, 0.0))
    else:
        weight = 1 / icc - 1
        found = betabinom.pmf(passes, trials, truth * weight, (1 - truth) * weight)
    return _whole(found)


def _agreement_chances(truth: float, trials: int, icc: float) -> Floats:
    """The passes of cases whose trials agree so often: 1 - 2p(1 - p)(1 - icc) of the time."""
    apart = (1 - truth) / 2
    if apart > (1 - icc) / 4:
        # So little agreement takes cases that are less alike in themselves.
        icc = max(0.0, 1 - 4 * apart)
    if icc >= 1:
        return _pass_chances(0.9, trials, 1.0)
    rate = 0.5 + math.sqrt(max(0.0, 0.25 - apart / (1 - icc)))
    return _pass_chances(rate, trials, icc)


def _score_chances(truth: float, spread: float) -> Floats:
    """A beta distribution of scores, cut into parts, with exactly this mean."""
    from scipy.special import betainc

    steps = np.arange(_STEPS + 1) / _STEPS
    if truth in (0, 1):
        return np.asarray(steps == truth, dtype=np.float64)
    if spread == 1:
        return _whole(np.where(steps == 0, 1 - truth, np.where(steps == 1, truth, 0.0)))
    weight = 1 / spread - 1
    a, b = truth * weight, (1 - truth) * weight
    # The chance of each part goes to its two ends so that its mean stays where it is.
    below = betainc(a, b, steps)
    within = np.diff(below)
    means = truth * np.diff(betainc(a + 1, b, steps))
    upper = np.clip((means - within * steps[:-1]) * _STEPS, 0.0, within)
    found = np.zeros(_STEPS + 1)
    found[:-1] += within - upper
    found[1:] += upper
    return _whole(found)


def _whole(chances: Floats) -> Floats:
    found: Floats = np.clip(np.asarray(chances, dtype=np.float64), 0.0, None)
    return np.asarray(found / found.sum(), dtype=np.float64)
