"""Latency and cost: a percentile between order statistics, and a mean with a bootstrap interval.

`confidence` is that of each bound alone, as everywhere on this floor.
"""

import math
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence


class QuantileInterval(NamedTuple):
    """A percentile of one number per case, and its bounds; None where the values are too few.

    `high` is None when even the largest value seen is no upper bound: say "more than `most_seen`".
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    most_seen: float | None


class MeanInterval(NamedTuple):
    """A mean and its bounds; None where there are too few values to say."""

    estimate: float | None
    low: float | None
    high: float | None
    n: int


def quantile(values: Numbers, share: float, confidence: float = 0.95) -> QuantileInterval:
    """The value that a share of cases stays under (0.95 for p95), with exact bounds.

    Order statistics, Conover 1999, Practical Nonparametric Statistics, 3rd edition, section 3.2
    (Wilks 1941: no upper bound on p95 from fewer than 59 values at 95%). The estimate is the
    linear interpolation that spreadsheets and SQL use. Give a timeout as infinity: it is censored
    at its limit, not dropped. Raises ValueError for NaN or a share outside (0, 1).
    """
    from scipy.special import bdtr

    alpha = check_confidence(confidence)
    if not 0 < share < 1:
        raise ValueError("the share must lie between 0 and 1, both excluded")
    ranked = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ranked)
    if bool(np.isnan(ranked).any()):
        raise ValueError("values must be numbers")
    if not n:
        return QuantileInterval(None, None, None, 0, None)
    # at_most[j] is the chance that no more than j of the n values lie below the percentile.
    at_most = np.asarray(bdtr(np.arange(n), n, share), dtype=np.float64)
    upper = np.flatnonzero(at_most >= 1 - alpha)
    lower = np.flatnonzero(at_most <= alpha)
    return QuantileInterval(
        estimate=_interpolate(ranked.tolist(), share * (n - 1)),
        low=float(ranked[lower[-1]]) if len(lower) else None,
        high=float(ranked[upper[0]]) if len(upper) else None,
        n=n,
        most_seen=float(ranked[-1]),
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


def _interpolate(ranked: list[float], place: float) -> float:
    """The value at a fractional rank; infinite only if it leans on an infinite neighbour."""
    left, part = math.floor(place), place - math.floor(place)
    if part == 0 or ranked[left] == ranked[left + 1]:
        return ranked[left]
    return ranked[left] + part * (ranked[left + 1] - ranked[left])
