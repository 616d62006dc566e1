"""A rate and its bounds."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tests import pace
from tests.stats.oracles import clopper_pearson
from workbench.stats import intervals, verdict
from workbench.stats.intervals import bounded_mean, pass_rate

Counts = list[tuple[int, int]]
quick = settings(max_examples=150, deadline=None, database=None, derandomize=True)


def counts(least: int = 1) -> st.SearchStrategy[Counts]:
    """Cases as (passes, trials)."""
    case = st.integers(1, 8).flatmap(lambda k: st.tuples(st.integers(0, k), st.just(k)))
    return st.lists(case, min_size=least, max_size=60)


def rate_of(cases: Counts, confidence: float = 0.95) -> intervals.Interval:
    return pass_rate([c for c, _ in cases], [k for _, k in cases], confidence)


@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (7, 10), (18, 20), (90, 100), (299, 299)])
def test_exact_bounds_equal_those_of_statsmodels(x: int, n: int) -> None:
    found = pass_rate([1] * x + [0] * (n - x), [1] * n)
    assert (found.low, found.high) == pytest.approx(
        proportion_confint(x, n, alpha=0.10, method="beta"), abs=1e-12
    )


@given(st.lists(st.integers(0, 1), min_size=1, max_size=80))
@quick
def test_with_one_trial_per_case_it_is_exactly_clopper_pearson(outcomes: list[int]) -> None:
    found = pass_rate(outcomes, [1] * len(outcomes))
    assert (found.low, found.high) == pytest.approx(
        clopper_pearson(sum(outcomes), len(outcomes)), abs=1e-12
    )
    assert found.method == "exact"


def test_no_case_gives_no_estimate_and_the_widest_bounds() -> None:
    found = pass_rate([], [])
    assert (found.estimate, found.low, found.high, found.n_cases) == (None, 0.0, 1.0, 0)


def test_a_case_without_a_scored_trial_counts_for_nothing() -> None:
    assert pass_rate([1, 0, 0], [1, 1, 0]) == pass_rate([1, 0], [1, 1])


def test_a_single_case_is_one_answer_however_many_trials_it_had() -> None:
    assert pass_rate([10], [10]).low == pytest.approx(0.05)
    assert pass_rate([5], [10]).n_effective == 1


def test_a_flawless_run_counts_cases_and_not_trials() -> None:
    assert pass_rate([10] * 20, [10] * 20).low == pytest.approx(0.05 ** (1 / 20))
    assert pass_rate([0] * 20, [10] * 20).high == pytest.approx(1 - 0.05 ** (1 / 20))


def test_twenty_cases_cannot_show_ninety_percent_whatever_the_number_of_trials() -> None:
    nearly = pass_rate([10] * 17 + [9] * 3, [10] * 20)
    assert nearly.n_effective > 40
    assert nearly.low < 0.05 ** (1 / 20)


def test_more_trials_of_flickering_cases_are_worth_more_than_their_cases() -> None:
    found = pass_rate([4, 3, 5, 4] * 25, [5] * 100)
    assert 100 < found.n_effective < 500


def test_fractional_passes_are_accepted() -> None:
    assert pass_rate([0.5, 1.0, 2.5], [1, 1, 3]).estimate == pytest.approx((0.5 + 1 + 2.5 / 3) / 3)


@pytest.mark.parametrize(
    ("passes", "trials"), [([2], [1]), ([-1], [1]), ([float("nan")], [1]), ([1], [1, 1])]
)
def test_impossible_counts_are_refused(passes: list[float], trials: list[float]) -> None:
    with pytest.raises(ValueError, match="passes"):
        pass_rate(passes, trials)


@pytest.mark.parametrize("confidence", [0.5, 1.0, 95.0])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        pass_rate([1], [1], confidence)


@given(counts())
@quick
def test_the_estimate_lies_between_its_bounds(cases: Counts) -> None:
    found = rate_of(cases)
    assert found.estimate is not None
    assert 0 <= found.low <= found.estimate <= found.high <= 1


@given(counts())
@quick
def test_failures_are_the_mirror_of_passes(cases: Counts) -> None:
    there = rate_of(cases)
    back = rate_of([(k - c, k) for c, k in cases])
    assert there.low == pytest.approx(1 - back.high, abs=1e-9)


@given(counts())
@quick
def test_more_confidence_never_narrows_the_interval(cases: Counts) -> None:
    wide, narrow = rate_of(cases, 0.99), rate_of(cases, 0.9)
    assert wide.low <= narrow.low + 1e-12
    assert wide.high >= narrow.high - 1e-12


@given(st.lists(st.booleans(), min_size=2, max_size=60), st.integers(2, 10))
@quick
def test_cases_that_always_agree_are_never_narrower_than_one_trial_each(
    outcomes: list[bool], trials: int
) -> None:
    repeated = pass_rate([trials * o for o in outcomes], [trials] * len(outcomes))
    once = pass_rate([int(o) for o in outcomes], [1] * len(outcomes))
    assert repeated.low <= once.low + 1e-12
    assert repeated.high >= once.high - 1e-12


@given(st.lists(st.integers(0, 1), min_size=1, max_size=60))
@quick
def test_with_one_trial_another_pass_never_lowers_a_bound(outcomes: list[int]) -> None:
    before = pass_rate(outcomes, [1] * len(outcomes))
    after = pass_rate([1, *sorted(outcomes)[1:]], [1] * len(outcomes))
    assert after.low >= before.low
    assert after.high >= before.high


def test_with_repeated_trials_a_case_made_good_never_lowers_the_lower_bound() -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        n, k = int(rng.integers(20, 150)), int(rng.integers(2, 11))
        before = rng.binomial(k, rng.beta(4, 0.5, n))
        after = before.copy()
        after[np.argmin(before)] = k
        assert pass_rate(after, [k] * n).low >= pass_rate(before, [k] * n).low - 1e-12


def test_rows_computed_at_once_equal_rows_computed_alone() -> None:
    rng = np.random.default_rng(3)
    trials = rng.integers(1, 6, (20, 30)).astype(float)
    passes = rng.binomial(trials.astype(int), 0.9).astype(float)
    together = intervals.bounds_by_row(passes, trials)
    for row in range(20):
        alone = pass_rate(passes[row], trials[row])
        assert (together.low[row], together.high[row]) == pytest.approx((alone.low, alone.high))


def test_a_rare_kind_of_case_that_always_fails_is_not_hidden_by_trials() -> None:
    # 98% true; most failures come from 1.5% of cases that never pass and are often not drawn.
    rng = np.random.default_rng(5)
    dice = rng.random((1500, 100))
    rates = np.where(dice < 0.015, 0.0, np.where(dice < 0.265, 0.98, 1.0))
    passes = rng.binomial(10, rates).astype(float)
    found = intervals.bounds_by_row(passes, np.full(passes.shape, 10.0))
    assert (found.low > 0.98).mean() <= 0.05


def test_unscored_trials_widen_both_bounds_and_leave_the_estimate() -> None:
    scored = pass_rate([3, 3, 1], [3, 3, 2])
    found = intervals.with_unscored([3, 3, 1], [3, 3, 2], [0, 0, 1])
    assert found.estimate == scored.estimate
    assert found.low < scored.low
    assert found.high >= scored.high


def test_with_nothing_unscored_the_interval_is_that_of_the_scored() -> None:
    assert intervals.with_unscored([1, 0], [1, 1], [0, 0]) == pass_rate([1, 0], [1, 1])


def test_unscored_trials_can_take_a_met_bar_back() -> None:
    assert verdict.of_interval(pass_rate([1] * 60, [1] * 60), 0.95) == "met"
    found = intervals.with_unscored([1] * 60 + [0], [1] * 60 + [0], [0] * 60 + [1])
    assert verdict.of_interval(found, 0.95) == "not_enough_evidence"


def test_all_unscored_says_nothing() -> None:
    found = intervals.with_unscored([0, 0], [0, 0], [3, 3])
    assert (found.estimate, found.low, found.high) == (None, 0.0, 1.0)


@given(counts(), st.lists(st.integers(0, 3), min_size=60, max_size=60))
@quick
def test_unscored_trials_never_narrow_the_interval(cases: Counts, missing: list[int]) -> None:
    passes, trials = [c for c, _ in cases], [k for _, k in cases]
    found = intervals.with_unscored(passes, trials, missing[: len(cases)])
    scored = pass_rate(passes, trials)
    assert found.low <= scored.low
    assert found.high >= scored.high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
@quick
def test_a_bounded_mean_lies_between_its_bounds(values: list[float]) -> None:
    found = bounded_mean(values)
    assert found.estimate is not None
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_a_bounded_mean_of_zeros_and_ones_is_the_exact_rate() -> None:
    found = bounded_mean([1, 1, 1, 0])
    assert (found.low, found.high) == pytest.approx(clopper_pearson(3, 4))


def test_a_bounded_mean_is_wrong_at_most_as_often_as_stated() -> None:
    rng = np.random.default_rng(11)
    wrong = 0
    for _ in range(2000):
        values = np.where(rng.random(40) < 0.05, 0.0, rng.beta(8, 1, 40))
        found = bounded_mean(values)
        wrong += found.low > 0.95 * 8 / 9
    assert wrong / 2000 <= 0.05


def test_a_thousand_verdicts_of_five_hundred_cases_take_little_work() -> None:
    rng = np.random.default_rng(0)
    runs = [rng.integers(0, 4, 500).tolist() for _ in range(1000)]
    trials = [3] * 500
    pass_rate(runs[0], trials)

    def judge() -> None:
        for passes in runs:
            verdict.of_interval(pass_rate(passes, trials), 0.9)

    assert pace.is_at_most(400, judge)


def test_a_verdict_does_not_wait_for_the_big_libraries() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from workbench.stats import intervals, verdict;"
            "verdict.of_interval(intervals.pass_rate([2, 3], [3, 3]), 0.9);"
            "print([m for m in ('statsmodels', 'scipy.stats', 'pandas') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"
