"""The bounds of a rate, worked out a second time: one case after the other, as the docs say it."""

from collections.abc import Sequence
from statistics import fmean, variance

import numpy as np
import pytest
from scipy import stats

from tests.stats.oracles import clopper_pearson
from workbench.stats import intervals
from workbench.stats.intervals import pass_rate


def lower(hits: float, n: float, alpha: float) -> float:
    return float(stats.beta.ppf(alpha, hits, n - hits + 1)) if hits > 0 else 0.0


def by_hand(
    passes: Sequence[float], trials: Sequence[int], confidence: float
) -> tuple[float, float, float, float]:
    """The correlation, the effective number of cases, and the two bounds."""
    alpha, n = 1 - confidence, len(trials)
    rates = [won / of for won, of in zip(passes, trials, strict=True)]
    mean, per_case = fmean(rates), fmean(1 / of for of in trials)
    ever_passed = sum(won > 0 for won in passes)
    ever_failed = sum(won < of for won, of in zip(passes, trials, strict=True))
    raw = 1.0
    if n > 1 and ever_passed and ever_failed and max(trials) > 1:
        raw = (variance(rates) / (mean * (1 - mean)) - per_case) / (1 - per_case)
        raw = min(max(raw, 0.0), 1.0)
    informative = min(ever_passed, ever_failed)
    icc = (informative * raw + 1) / (informative + 1)
    size = float(n)
    if ever_passed and ever_failed:
        size = n / (icc + (1 - icc) * per_case)
        if n > 1 and max(trials) > 1:
            size *= (stats.norm.isf(alpha) / stats.t.isf(alpha, n - 1)) ** 2
    low = lower(mean * size, size, alpha)
    high = 1 - lower((1 - mean) * size, size, alpha)
    if ever_passed:
        low = min(low, lower(ever_passed, n, alpha) * mean * n / ever_passed)
    if ever_failed:
        high = max(high, 1 - lower(ever_failed, n, alpha) * (1 - mean) * n / ever_failed)
    return icc, size, min(low, mean), max(high, mean)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize(
    ("passes", "trials"),
    [
        ([3] * 44 + [2] * 2 + [1] * 2 + [0] * 2, [3] * 50),
        ([2, 1, 0, 1, 3, 1, 0.5], [2, 1, 1, 2, 3, 1, 2]),
        ([4, 3, 5, 4, 2], [5] * 5),
        ([1, 0, 1, 1], [1] * 4),
        ([1, 2, 0, 0, 0, 1, 0], [5] * 7),
        ([5] * 9 + [4], [5] * 10),
        ([0] * 9 + [1], [5] * 10),
        ([3, 3, 2], [3, 3, 2]),
        ([0, 0], [3, 2]),
        ([2], [3]),
        ([3], [3]),
        ([0], [1]),
        ([2, 0], [2, 2]),
        ([1, 0], [1, 4]),
    ],
)
def test_the_bounds_are_those_worked_out_case_by_case(
    passes: list[float], trials: list[int], confidence: float
) -> None:
    found = pass_rate(passes, trials, confidence)
    assert (found.icc, found.n_effective, found.low, found.high) == pytest.approx(
        by_hand(passes, trials, confidence), abs=1e-9
    )
    assert found.estimate == pytest.approx(
        fmean(won / of for won, of in zip(passes, trials, strict=True))
    )
    assert (found.n_cases, found.n_trials) == (len(trials), sum(trials))


@pytest.mark.parametrize(
    "counts",
    [
        [0, 3, 4, 9],
        [5, 0, 0, 5],
        [0, 0, 8],
        [7, 0, 0],
        [1, 0, 0],
        [3, 7],
        [2, 0, 1, 0, 6],
        [3, 2, 6],
        [1, 0, 1],
        [1, 1],
    ],
)
def test_counts_of_cases_have_the_bounds_of_the_cases_they_count(counts: list[int]) -> None:
    trials = len(counts) - 1
    passes = [k for k, n in enumerate(counts) for _ in range(n)]
    # Each row is judged by itself, whatever set stands beside it.
    other = [sum(counts), *[0] * trials]
    rows = intervals.bounds_of_counts(np.array([counts, other], dtype=float), 0.9)
    for row, cases in enumerate((passes, [0] * len(passes))):
        found = (rows.icc[row], rows.n_effective[row], rows.low[row], rows.high[row])
        assert found == pytest.approx(by_hand(cases, [trials] * len(cases), 0.9), abs=1e-9)
    assert rows.estimate.tolist() == pytest.approx([fmean(passes) / trials, 0.0])


def test_sets_side_by_side_are_judged_each_by_itself() -> None:
    passes = np.array([[1.0, 0.0, 1.0], [2.0, 1.0, 3.0], [0.0, 0.0, 0.0]])
    trials = np.array([[1.0, 1.0, 1.0], [2.0, 3.0, 3.0], [1.0, 1.0, 2.0]])
    found = intervals.bounds_by_row(passes, trials)
    for row in range(3):
        alone = by_hand(passes[row].tolist(), trials[row].astype(int).tolist(), 0.95)
        here = (found.icc[row], found.n_effective[row], found.low[row], found.high[row])
        assert here == pytest.approx(alone, abs=1e-9)


def test_the_method_says_whether_cases_were_asked_again() -> None:
    assert pass_rate([1, 0], [1, 1]).method == "exact"
    assert pass_rate([1, 1], [1, 2]).method == "cluster-adjusted exact"


def test_a_confidence_that_is_none_is_refused_even_without_a_case() -> None:
    for refuse in (
        lambda: pass_rate([], [], 95),
        lambda: intervals.bounded_mean([], 95),
        lambda: intervals.with_unscored([], [], [], 95),
    ):
        with pytest.raises(ValueError, match="confidence"):
            refuse()


def test_a_sum_that_rounding_pushed_out_of_range_is_taken_for_its_end() -> None:
    assert intervals.bounded_sum(4 + 1e-9, 4) == intervals.bounded_sum(4.0, 4)
    assert intervals.bounded_sum(-1e-9, 4) == intervals.bounded_sum(0.0, 4)
    assert (intervals.bounded_sum(0.0, 4).estimate, intervals.bounded_sum(0.0, 4).low) == (0, 0)
    low, high = intervals.bounds_of_means(np.array([4 + 1e-9]), 4)
    assert (low[0], high[0]) == pytest.approx((0.05 ** (1 / 4), 1.0))
    low, high = intervals.bounds_of_means(np.array([3.5]), 4)
    assert (low[0], high[0]) == pytest.approx(clopper_pearson(3.5, 4))


@pytest.mark.parametrize(
    ("passes", "scored", "unscored"),
    [
        ([2, 1, 0], [2, 2, 0], [0, 1, 2]),
        ([2, 1, 2, 2], [2, 2, 3, 2], [0, 1, 0, 1]),
        ([1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1]),
    ],
)
def test_unscored_trials_count_as_failures_below_and_as_passes_above(
    passes: list[int], scored: list[int], unscored: list[int]
) -> None:
    found = intervals.with_unscored(passes, scored, unscored, 0.9)
    planned = [of + more for of, more in zip(scored, unscored, strict=True)]
    best = [won + more for won, more in zip(passes, unscored, strict=True)]
    some = [(won, of) for won, of in zip(passes, scored, strict=True) if of]
    _, _, low, high = by_hand(*zip(*some, strict=True), 0.9)
    # To leave them out may be the more cautious: fewer cases are known.
    assert found.low == pytest.approx(min(low, by_hand(passes, planned, 0.9)[2]))
    assert found.high == pytest.approx(max(high, by_hand(best, planned, 0.9)[3]))
    assert found.estimate == pytest.approx(fmean(won / of for won, of in some))
    assert found.n_trials == sum(scored)
    assert found.method.endswith(", unscored both ways")


@pytest.mark.parametrize("unscored", [[0], [0, 0, 0], [-1, 0]])
def test_unscored_trials_need_a_count_for_each_case(unscored: list[int]) -> None:
    with pytest.raises(ValueError, match="unscored needs one count of 0 or more per case"):
        intervals.with_unscored([1, 0], [1, 1], unscored)
