"""A rate and how sure we are of it: exact bounds on an effective number of cases.

Everywhere here `confidence` is that of each bound alone, because a verdict uses one of them: 0.95
gives two one-sided 95% bounds, which together make a 90% interval.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.stats.clusters import Floats, Numbers, check_confidence, clusters, unit_values


class Bounds(NamedTuple):
    """A lower and an upper bound."""

    low: float
    high: float


class ManyBounds(NamedTuple):
    """Estimates and bounds of many sets of cases of one shape, one entry per set."""

    estimate: Floats
    icc: Floats
    n_effective: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Interval:
    """An estimate between its bounds, with the design that produced it.

    `estimate` and `icc` are None when there is nothing to estimate them from; the bounds are then
    0 and 1.
    """

    estimate: float | None
    low: float
    high: float
    n_cases: int
    n_trials: int
    n_effective: float
    icc: float | None
    method: str


NOTHING = Interval(None, 0.0, 1.0, 0, 0, 0.0, None, "none")


def pass_rate(passes: Numbers, trials: Numbers, confidence: float = 0.95) -> Interval:
    """The mean pass rate of cases like these, with cluster-adjusted exact bounds.

    Clopper-Pearson on the effective number of cases, and never beyond what the cases alone allow
    (`bounds_by_row`). That number is the design effect of Miller 2024 (arXiv:2411.00640, section
    3) with the within-case correlation shrunk toward 1 by one case, times the t adjustment of Korn
    and Graubard 1998; with no failures, or nothing but failures, it is the number of cases. One
    entry per case; passes may be fractional. With one trial per case it is exactly Clopper-Pearson.
    Raises ValueError for counts that cannot be.
    """
    check_confidence(confidence)
    units = clusters(passes, trials)
    n_cases = len(units.trials)
    if not n_cases:
        return NOTHING
    found = bounds_by_row(units.passes[None, :], units.trials[None, :], confidence)
    return Interval(
        estimate=float(found.estimate[0]),
        low=float(found.low[0]),
        high=float(found.high[0]),
        n_cases=n_cases,
        n_trials=int(units.trials.sum()),
        n_effective=float(found.n_effective[0]),
        icc=float(found.icc[0]),
        method="exact" if bool(np.all(units.trials == 1)) else "cluster-adjusted exact",
    )


def bounds_by_row(passes: Floats, trials: Floats, confidence: float = 0.95) -> ManyBounds:
    """`pass_rate` for many sets of equally many cases at once: one row per set, for simulation.

    Two lower bounds are computed and the smaller is taken; the upper bound is its mirror image.
    The first is exact on the effective number of cases. The second holds for a population in
    which an unknown share of cases never passes: an exact bound on the share that does, one
    answer per case, times the mean rate of those. Without it, a rare kind of input that always
    fails and was not drawn is hidden by the many trials of the others: at 100 cases of 10 trials
    and a bar of .98 that gave 20% false "met"; with it, just under 6% in the worst population tried
    and 5% in the others (benchmarks/verdict_errors.md). With one trial per case the two bounds are
    equal, so this stays Clopper-Pearson.
    """
    rates = passes / trials
    n = passes.shape[1]
    return _bounds(
        _Rows(
            n=n,
            mean=rates.mean(axis=1),
            variance=rates.var(axis=1, ddof=1) if n > 1 else np.zeros(len(rates)),
            per_case=(1 / trials).mean(axis=1),
            is_repeated=np.asarray((trials > 1).any(axis=1)),
            ever_passed=(passes > 0).sum(axis=1),
            ever_failed=(passes < trials).sum(axis=1),
        ),
        confidence,
    )


def bounds_of_counts(counts: Floats, confidence: float = 0.95) -> ManyBounds:
    """`bounds_by_row` where every case has k trials and all that is known of a set is how many of
    its cases passed 0, 1, … k of them: one row of k + 1 counts per set, as many cases in each."""
    trials = counts.shape[1] - 1
    sets, n = len(counts), int(counts[0].sum())
    rates = np.arange(trials + 1) / trials
    mean = counts @ rates / n
    spread = np.maximum(counts @ rates**2 - n * mean**2, 0.0)
    return _bounds(
        _Rows(
            n=n,
            mean=mean,
            variance=spread / max(n - 1, 1),
            per_case=np.full(sets, 1 / trials),
            is_repeated=np.full(sets, trials > 1),
            ever_passed=n - counts[:, 0],
            ever_failed=n - counts[:, -1],
        ),
        confidence,
    )


class _Rows(NamedTuple):
    """What the bounds of many sets of `n` cases each rest on, one entry per set."""

    n: int
    mean: Floats
    variance: Floats
    per_case: Floats
    is_repeated: NDArray[np.bool_]
    ever_passed: Floats
    ever_failed: Floats


def _bounds(rows: _Rows, confidence: float) -> ManyBounds:
    from scipy.special import ndtri, stdtrit

    alpha, n = check_confidence(confidence), rows.n
    estimate = np.clip(rows.mean, 0.0, 1.0)
    mixed = (rows.ever_passed > 0) & (rows.ever_failed > 0)
    spread = np.where(mixed, estimate * (1 - estimate), 1.0)
    room = np.where(rows.per_case < 1, 1 - rows.per_case, 1.0)
    raw = np.clip((rows.variance / spread - rows.per_case) / room, 0.0, 1.0)
    raw = np.where((rows.per_case < 1) & (n > 1), raw, 1.0)
    informative = np.minimum(rows.ever_failed, rows.ever_passed)
    icc = (informative * raw + 1) / (informative + 1)
    size = n / (icc + (1 - icc) * rows.per_case)
    if n > 1:
        shrink = float(ndtri(1 - alpha) / stdtrit(n - 1, 1 - alpha)) ** 2
        size = np.where(rows.is_repeated, size * shrink, size)
    size = np.where(mixed, size, float(n))
    hits, misses = estimate * size, (1 - estimate) * size
    by_case = _low_by_case(rows.ever_passed, n, rows.mean, alpha)
    above = _low_by_case(rows.ever_failed, n, 1 - rows.mean, alpha)
    low = np.minimum(_exact_low(hits, misses, alpha), by_case)
    high = np.maximum(1 - _exact_low(misses, hits, alpha), 1 - above)
    return ManyBounds(estimate, icc, size, np.minimum(low, estimate), np.maximum(high, estimate))


def bounded_mean(values: Numbers, confidence: float = 0.95) -> Interval:
    """The mean of per-case values between 0 and 1, such as pass^k or agreement.

    Clopper-Pearson on the sum of the values as a fractional count. A 0/1 variable is the most
    spread out of all with its mean, so for anything else the bounds err on the wide side: in
    simulation each bound was wrong at most 5% of the time (benchmarks/verdict_errors.md). It is
    not proven for every distribution.
    """
    array = unit_values(values)
    return bounded_sum(float(array.sum()), len(array), confidence)


def bounded_sum(total: float, n: int, confidence: float = 0.95) -> Interval:
    """`bounded_mean` of `n` values that add up to `total`."""
    check_confidence(confidence)
    if not n:
        return NOTHING
    total = min(max(total, 0.0), float(n))
    low, high = bounds_of_means(np.array([total]), n, confidence)
    estimate = total / n
    return Interval(
        estimate,
        min(float(low[0]), estimate),
        max(float(high[0]), estimate),
        *(n, n, float(n), None, "bounded mean"),
    )


def bounds_of_means(totals: Floats, n: int, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The bounds of `bounded_mean` for many sets of `n` values, of which only the sum matters."""
    alpha = check_confidence(confidence)
    misses = np.maximum(n - totals, 0.0)
    return _exact_low(totals, misses, alpha), 1 - _exact_low(misses, totals, alpha)


def with_unscored(
    passes: Numbers, trials: Numbers, unscored: Numbers, confidence: float = 0.95
) -> Interval:
    """`pass_rate` of the scored trials, widened by what the unscored ones might have been.

    `trials` counts the scored trials of each case (0 is allowed) and `unscored` the others. The
    lower bound takes every unscored trial for a failure, the upper bound for a pass: the extreme
    imputations of Manski 1989, Journal of Human Resources 24:343-360.
    """
    won = np.asarray(passes, dtype=np.float64)
    tried = np.asarray(trials, dtype=np.float64)
    missing = np.asarray(unscored, dtype=np.float64)
    if missing.shape != tried.shape or not bool(np.all(missing >= 0)):
        raise ValueError("unscored needs one count of 0 or more per case")
    scored = pass_rate(won, tried, confidence)
    if not missing.any():
        return scored
    worst = pass_rate(won, tried + missing, confidence)
    best = pass_rate(won + missing, tried + missing, confidence)
    return replace(
        scored,
        low=min(scored.low, worst.low),
        high=max(scored.high, best.high),
        method=f"{scored.method}, unscored both ways",
    )


def _exact_low(hits: Floats, misses: Floats, alpha: float) -> Floats:
    """The alpha quantile of Beta(hits, misses + 1): the exact lower bound; 0 without a hit."""
    from scipy.special import betaincinv

    some = hits > 0
    found = betaincinv(np.where(some, hits, 1.0), misses + 1, alpha)
    return np.asarray(np.where(some, found, 0.0), dtype=np.float64)


def _low_by_case(live: Floats, n: int, mean: Floats, alpha: float) -> Floats:
    """The lower bound when an unknown share of the cases has a rate of 0: `live` of `n` do not."""
    live = live.astype(np.float64)
    found: Floats = _exact_low(live, n - live, alpha) * mean * n / np.maximum(live, 1)
    return found
