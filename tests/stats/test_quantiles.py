"""Latency and cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, quantile_test

from workbench.stats.intervals import Interval, pass_rate
from workbench.stats.quantiles import mean_cost, quantile

quick = settings(max_examples=100, deadline=None, database=None, derandomize=True)
numbers = st.lists(st.floats(0, 1e6), min_size=1, max_size=120)


@pytest.mark.parametrize(("n", "share"), [(59, 0.95), (100, 0.95), (30, 0.5), (200, 0.9)])
def test_bounds_are_the_order_statistics_of_scipy(n: int, share: float) -> None:
    values = np.random.default_rng(n).lognormal(size=n)
    found = quantile(values, share)
    test = quantile_test(values, p=share)
    assert (found.low, found.high) == test.confidence_interval(confidence_level=0.9)


def test_fifty_eight_calls_have_no_upper_bound_on_p95() -> None:
    found = quantile(list(range(1, 59)), 0.95)
    assert found.high is None
    assert found.most_seen == 58


def test_fifty_nine_calls_have_one() -> None:
    assert quantile(list(range(1, 60)), 0.95).high == 59


def test_a_timeout_counts_as_longer_than_anything() -> None:
    found = quantile([1.0] * 50 + [float("inf")] * 10, 0.95)
    assert found.estimate == found.high == float("inf")


def test_the_median_of_numbers_is_interpolated() -> None:
    assert quantile([1, 2, 3, 4], 0.5).estimate == 2.5


def test_no_call_has_no_percentile() -> None:
    assert quantile([], 0.95) == (None, None, None, 0, None, 59)


@pytest.mark.parametrize("share", [0.0, 1.0, 95.0])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        quantile([1.0], share)


def test_values_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="numbers"):
        quantile([float("nan")], 0.5)
    with pytest.raises(ValueError, match="finite"):
        mean_cost([float("inf"), 1.0])


@given(numbers, st.sampled_from([0.05, 0.5, 0.9, 0.95]))
@quick
def test_the_percentile_lies_between_its_bounds(values: list[float], share: float) -> None:
    found = quantile(values, share)
    assert found.estimate is not None
    assert found.low is None or found.low <= found.estimate
    assert found.high is None or found.estimate <= found.high


def test_the_mean_has_the_bounds_of_scipys_bca_bootstrap() -> None:
    costs = np.random.default_rng(1).lognormal(size=80)
    found = mean_cost(costs, resamples=20_000)
    theirs = bootstrap(
        (costs,), np.mean, confidence_level=0.9, n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=0.02)


def test_the_same_costs_give_the_same_bounds() -> None:
    costs = [0.01, 0.02, 0.05, 0.01, 0.03]
    assert mean_cost(costs) == mean_cost(costs)


@pytest.mark.parametrize(("costs", "mean"), [([], None), ([0.2], 0.2)])
def test_fewer_than_two_costs_have_no_bounds(costs: list[float], mean: float | None) -> None:
    found = mean_cost(costs)
    assert (found.estimate, found.low, found.high) == (mean, None, None)


def test_costs_that_are_all_alike_have_no_width() -> None:
    assert mean_cost([0.1, 0.1, 0.1])[:3] == pytest.approx((0.1, 0.1, 0.1))


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30))
@quick
def test_the_mean_lies_between_its_bounds(costs: list[float]) -> None:
    found = mean_cost(costs, resamples=200)
    assert found.low is not None
    assert found.high is not None
    assert found.estimate is not None
    assert found.low <= found.estimate <= found.high


@pytest.mark.parametrize(("n", "share"), [(58, 0.95), (59, 0.95), (120, 0.95), (40, 0.5)])
def test_answers_of_one_case_each_have_the_bounds_of_independent_values(
    n: int, share: float
) -> None:
    values = np.random.default_rng(n).lognormal(size=n)
    twice, cases = np.repeat(values, 2), np.repeat(np.arange(n), 2)
    once, copied = quantile(values, share), quantile(twice, share, cases=cases)
    # An answer that every case gives twice says no more than once.
    assert (copied.low, copied.high) == (once.low, once.high)


def test_p95_of_answers_is_covered_where_cases_are_asked_often() -> None:
    """Log latencies: half of the variance is the case. A median per case would lie far below."""
    rng = np.random.default_rng(7)
    cases, times, true = np.repeat(np.arange(60), 5), 300, 1.6449
    low = high = medians = 0
    for _ in range(times):
        values = np.sqrt(0.5) * (rng.normal(size=(60, 1)) + rng.normal(size=(60, 5)))
        found = quantile(values.ravel(), 0.95, cases=cases)
        low += found.low is not None and found.low > true
        high += found.high is not None and found.high < true
        by_case = quantile(np.median(values, axis=1), 0.95)
        medians += by_case.high is not None and by_case.high < true
    room = 2 * (0.05 * 0.95 / times) ** 0.5
    assert low / times <= 0.05 + room
    assert high / times <= 0.05 + room
    assert medians / times > 0.1


def test_so_many_failures_that_no_limit_is_kept_are_said() -> None:
    found = quantile([1.0] * 50 + [float("inf")] * 50, 0.95, cases=list(range(50)) * 2)
    assert found.estimate == found.low == float("inf")
    assert found.most_seen == 1.0


@pytest.mark.parametrize(
    ("share", "confidence", "needs"), [(0.95, 0.95, 59), (0.95, 0.9, 45), (0.5, 0.95, 5)]
)
def test_how_many_values_an_upper_bound_needs_is_said(
    share: float, confidence: float, needs: int
) -> None:
    for n in (needs - 1, needs):
        found = quantile(list(range(n)), share, confidence)
        assert found.needs == needs
        assert (found.high is None) is (n < needs)
        assert found.n == n


def test_bounds_of_answers_are_where_the_shares_of_cases_are_shown() -> None:
    rng = np.random.default_rng(17)
    cases = np.repeat(np.arange(30), 4)
    values = np.round(rng.lognormal(size=30)[cases] + rng.lognormal(size=120), 2)
    found = quantile(values, 0.8, 0.9, cases=cases)
    ranked, by = np.sort(values), cases[np.argsort(values, kind="stable")]

    def share(first: int) -> Interval:
        return pass_rate(np.bincount(by[:first], minlength=30), np.full(30, 4), 0.9)

    enough = next(k for k in range(1, 121) if share(k).low >= 0.8)
    few = max(k for k in range(120) if share(k).high <= 0.8)
    assert (found.low, found.high) == (ranked[few], ranked[enough - 1])


def test_costs_that_lie_evenly_have_bounds_that_lie_evenly() -> None:
    found = mean_cost([0.0, 1.0] * 20)
    assert found.low is not None
    assert found.high is not None
    assert found.low + found.high == pytest.approx(1, abs=0.03)
    assert mean_cost([2.0, 4.0]).n == 2


def test_many_costs_are_drawn_in_blocks_and_say_the_same_as_few_at_once() -> None:
    costs = np.random.default_rng(4).lognormal(size=1500)
    found = mean_cost(costs, resamples=3000)
    error = float(costs.std(ddof=1)) / 1500**0.5
    assert found.low == pytest.approx(costs.mean() - 1.645 * error, abs=0.5 * error)
    assert found.high == pytest.approx(costs.mean() + 1.645 * error, abs=0.6 * error)
