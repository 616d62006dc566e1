"""Latency and cost: a percentile between order statistics, and a mean with a bootstrap interval.

`confidence` is that of each bound alone, as everywhere on this floor.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, Groups, Numbers, check_confidence
from workbench.stats.intervals import bounds_by_row


class QuantileInterval(NamedTuple):
    """A percentile of `n` values, and its bounds; None where the values are too few.

    What is infinite lies beyond all that was seen. `high` is None when even the largest value is no
    upper bound: fewer than `needs` independent values never give one. `most_seen` is the largest
    that is finite.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    most_seen: float | None
    needs: int = 0


class MeanInterval(NamedTuple):
    """A mean and its bounds; None where there are too few values to say."""

    estimate: float | None
    low: float | None
    high: float | None
    n: int


def quantile(
    values: Numbers,
    share: float,
    confidence: float = 0.95,
    *,
    cases: Sequence[int] | Groups | None = None,
) -> QuantileInterval:
    """The value that a share of answers stays under (0.95 for p95), with bounds.

    `cases` says which case each answer belongs to, where some were asked more than once. A bound
    is the order statistic from which on the share of answers up to it is shown to be at least (or
    at most) `share`, by the cluster-adjusted exact bounds of verdicts (`intervals.pass_rate`):
    Woodruff 1952, JASA 47:635-646, with exact limits. With one answer per case these are the
    bounds of Conover 1999, Practical Nonparametric Statistics, 3rd edition, section 3.2 (Wilks
    1941: no upper bound on p95 from fewer than 59 values at 95%). The estimate is the linear
    interpolation that spreadsheets and SQL use. Give a failure, or a timeout, as infinity: it
    took longer than any limit, and is not dropped. Raises ValueError for NaN or a share outside
    (0, 1).
    """
    alpha = check_confidence(confidence)
    if not 0 < share < 1:
        raise ValueError("the share must lie between 0 and 1, both excluded")
    given = np.asarray(values, dtype=np.float64)
    if bool(np.isnan(given).any()):
        raise ValueError("values must be numbers")
    needs = math.ceil(math.log(alpha) / math.log(share))
    n = len(given)
    if not n:
        return QuantileInterval(None, None, None, 0, None, needs)
    order = np.argsort(given, kind="stable")
    ranked = given[order]
    numbers = np.arange(n) if cases is None else np.unique(cases, return_inverse=True)[1]
    low, high = _ends(ranked, numbers[order], share, confidence)
    finite = ranked[np.isfinite(ranked)]
    return QuantileInterval(
        estimate=_interpolate(ranked, share * (n - 1)),
        low=low,
        high=high,
        n=n,
        most_seen=float(finite[-1]) if len(finite) else None,
        needs=needs,
    )


def _ends(
    ranked: Floats, cases: Groups, share: float, confidence: float
) -> tuple[float | None, float | None]:
    """The bounds of `quantile`: the values in order, and the case of each."""
    trials = np.bincount(cases).astype(np.float64)

    def bounds(below: int) -> tuple[float, float]:
        """Of the share of answers among the first so many."""
        passes = np.bincount(cases[:below], minlength=len(trials)).astype(np.float64)
        found = bounds_by_row(passes[None, :], trials[None, :], confidence)
        return float(found.low[0]), float(found.high[0])

    n = len(ranked)
    if len(trials) == n:
        return _ends_of_independent(ranked, share, 1 - confidence)
    # From the first of these on, values are shown to have `share` of all answers up to them.
    enough = bisect_left(range(1, n + 1), True, key=lambda k: bounds(k)[0] >= share)
    # With so many answers below them, values are shown to have no more than `share` below.
    few = bisect_left(range(n), True, key=lambda k: bounds(k)[1] > share)
    return (
        float(ranked[few - 1]) if few else None,
        float(ranked[enough]) if enough < n else None,
    )


def _ends_of_independent(
    ranked: Floats, share: float, alpha: float
) -> tuple[float | None, float | None]:
    """The same for values that are one a case, a thousand times faster."""
    from scipy.special import bdtr

    n = len(ranked)
    # at_most[j] is the chance that no more than j of the n values lie below the percentile.
    at_most = np.asarray(bdtr(np.arange(n), n, share), dtype=np.float64)
    upper, lower = np.flatnonzero(at_most >= 1 - alpha), np.flatnonzero(at_most <= alpha)
    return (
        float(ranked[lower[-1]]) if len(lower) else None,
        float(ranked[upper[0]]) if len(upper) else None,
    )


def mean_cost(
    values: Numbers, confidence: float = 0.95, *, resamples: int = 5_000, seed: int = 0
) -> MeanInterval:
    """The mean cost of a case, with bias-corrected and accelerated bootstrap bounds.

    Efron 1987, JASA 82:171-185, section 6, resampling cases; seeded, so that the same data give
    the same interval. One number per case. Bounds are None with fewer than two values; values that
    are all alike have no width. Raises ValueError for values that are not finite.
    """
    alpha = check_confidence(confidence)
    costs = np.asarray(values, dtype=np.float64)
    n = len(costs)
    if not bool(np.isfinite(costs).all()):
        raise ValueError("costs must be finite numbers")
    if n < 2:
        return MeanInterval(float(costs[0]) if n else None, None, None, n)
    mean = float(costs.mean())
    if float(np.ptp(costs)) == 0:
        return MeanInterval(mean, mean, mean, n)
    low, high = _bca(costs, mean, alpha, resamples, seed)
    return MeanInterval(mean, min(low, mean), max(high, mean), n)


def _bca(
    costs: Floats, mean: float, alpha: float, resamples: int, seed: int
) -> tuple[float, float]:
    """The two bootstrap quantiles, moved for bias (z0) and skewness (the acceleration)."""
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(seed)
    n = len(costs)
    # In blocks, so that ten thousand cases do not need a gigabyte of indices.
    block = max(1, 2_000_000 // n)
    means = np.concatenate(
        [
            costs[rng.integers(0, n, size=(min(block, resamples - start), n))].mean(axis=1)
            for start in range(0, resamples, block)
        ]
    )
    below = (float((means < mean).sum()) + float((means <= mean).sum())) / (2 * resamples)
    bias = float(ndtri(min(max(below, 0.5 / resamples), 1 - 0.5 / resamples)))
    gaps = (costs - mean) / float(np.ptp(costs))  # scaled: tiny costs have no cubes
    skew = float((gaps**3).sum()) / (6 * float((gaps**2).sum()) ** 1.5)
    edges = []
    for z in (float(ndtri(alpha)), float(ndtri(1 - alpha))):
        moved = bias + (bias + z) / (1 - skew * (bias + z))
        edges.append(float(np.quantile(means, float(ndtr(moved)))))
    return edges[0], edges[1]


def _interpolate(ranked: Floats, place: float) -> float:
    """The value at a fractional rank; infinite only if it leans on an infinite neighbour."""
    left, part = math.floor(place), place - math.floor(place)
    if part == 0 or ranked[left] == ranked[left + 1]:
        return float(ranked[left])
    return float(ranked[left] + part * (ranked[left + 1] - ranked[left]))
