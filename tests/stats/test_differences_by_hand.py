"""The mean difference of two variants, worked out a second time: its bounds, p-values and rules."""

from statistics import fmean, stdev

import numpy as np
import pytest
from scipy import stats

from tests.stats.oracles import EProcess
from workbench.stats import differences
from workbench.stats.clusters import Floats
from workbench.stats.differences import NO_DIFFERENCE, Gaps, SequentialGaps, lower_end, paired

MIXED = [0.5, 0.25, -0.25, 1.0, 0.75, 0.0, 0.5, 0.25, 1.0, 0.5, 0.5, 0.75]
SAMPLES = {
    "clearly better": MIXED * 4,
    "few cases": MIXED,
    "hardly any differ": [0.0] * 38 + [1.0, 1.0],
    "on both sides": [1.0, -1.0] * 20 + [0.5],
    "all alike": [0.25] * 12,
    "never differ": [0.0] * 40,
    "all turned": [1.0] * 6,
    "two": [1.0, 0.5],
    "worse": [-gap for gap in MIXED * 4],
    "one of many": [0.0] * 39 + [0.01],
}


def lower(gaps: list[float], alpha: float) -> float:
    """Student's bound, or that with two pseudo-cases; above 0 only where the test says so."""
    n, mean, error = len(gaps), fmean(gaps), stdev(gaps) / len(gaps) ** 0.5
    far = float(stats.t.isf(alpha, n - 1))
    plain = mean - (far * error if error else 1 - alpha ** (1 / n))
    shrunk = sum(gaps) / (n + 2)
    variance = (sum(gap**2 for gap in gaps) + 1) / (n + 2) - shrunk**2
    low = max(-1.0, min(plain, shrunk - far * (variance / (n + 2)) ** 0.5))
    is_shown = mean > 0 and differences.p_value(np.array(gaps)) <= 2 * alpha
    return max(low, 0.0) if is_shown else min(low, 0.0)


@pytest.mark.parametrize("alpha", [0.025, 0.1])
@pytest.mark.parametrize("gaps", SAMPLES.values(), ids=SAMPLES)
def test_a_lower_end_is_the_more_cautious_of_two(gaps: list[float], alpha: float) -> None:
    assert lower_end(np.array(gaps), alpha) == pytest.approx(lower(gaps, alpha), abs=1e-12)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_differences_have_no_lower_end_and_no_p_value(n: int) -> None:
    assert lower_end(np.ones(n), 0.05) == -1
    assert differences.p_value(np.ones(n)) == 1


def test_two_differences_are_enough_for_a_p_value() -> None:
    assert differences.p_value(np.array([1.0, 0.5])) == 0.5


def test_a_difference_carries_what_it_rests_on() -> None:
    gaps = np.array(MIXED * 4)
    found = Gaps(gaps, np.append(gaps, -1.0), np.append(gaps, 1.0)).difference(0.9)
    assert found.estimate == pytest.approx(fmean(MIXED))
    assert found.standard_error == pytest.approx(float(stats.sem(gaps)))
    assert found.low == pytest.approx(lower([*MIXED * 4, -1.0], 0.05))
    assert found.high == pytest.approx(-lower([*[-gap for gap in MIXED * 4], -1.0], 0.05))
    assert (found.n_cases, found.n_differ, found.confidence) == (48, 44, 0.9)
    assert (found.is_thin, found.method) == (False, "paired t")
    assert found.p_value == pytest.approx(stats.ttest_1samp([*MIXED * 4, -1.0], 0).pvalue)


def test_the_estimate_is_never_outside_its_interval() -> None:
    # What is missing could pull both ends past what is known, but the known is no less likely.
    found = Gaps(np.array([1.0]), np.array([-1.0, -1.0]), np.array([-1.0, -1.0])).difference()
    assert (found.low, found.estimate, found.high) == (-1, 1, 1)
    found = Gaps(np.array([-1.0]), np.array([1.0] * 9), np.array([1.0] * 9)).difference()
    assert (found.low, found.estimate, found.high) == (-1, -1, 1)


@pytest.mark.parametrize(("n", "error"), [(1, None), (2, 0.25)])
def test_a_single_case_has_no_standard_error(n: int, error: float | None) -> None:
    gaps = np.array([1.0, 0.5])[:n]
    assert Gaps(gaps, gaps, gaps).difference().standard_error == error


@pytest.mark.parametrize(
    ("n_cases", "n_differ", "is_thin"), [(30, 10, False), (29, 29, True), (30, 9, True)]
)
def test_thirty_cases_of_which_ten_differ_are_not_thin(
    n_cases: int, n_differ: int, is_thin: bool
) -> None:
    gaps = np.array([0.5] * n_differ + [0.0] * (n_cases - n_differ))
    assert differences.is_thin(gaps) is is_thin
    found = Gaps(gaps, gaps, gaps).difference()
    assert found.is_thin is is_thin
    assert found.method == ("paired t, sign-flip p" if is_thin else "paired t")
    wide = np.array([0.5] * 40)
    assert Gaps(wide, gaps, wide).is_thin is is_thin
    assert Gaps(wide, wide, gaps).is_thin is is_thin


def test_two_cases_have_a_method_and_one_has_none() -> None:
    assert paired([0.0, 0.0], [1.0, 0.5]).difference().method == "paired t, sign-flip p"
    assert paired([0.0], [1.0]).difference().method == "none"


def test_a_difference_is_claimed_only_if_the_missing_cannot_undo_it() -> None:
    up, down = np.array([0.5] * 40), np.array([-0.5] * 40)
    mixed = np.array([0.5, -0.25] * 20)
    assert Gaps(up, up, up).p_value() == pytest.approx(0.0)
    assert Gaps(up, mixed, up).p_value() == pytest.approx(stats.ttest_1samp(mixed, 0).pvalue)
    assert Gaps(down, down, -mixed).p_value() == pytest.approx(stats.ttest_1samp(mixed, 0).pvalue)
    assert Gaps(up, down, up).p_value() == 1.0
    assert Gaps(up, np.zeros(40), np.zeros(40)).p_value() == 1.0
    assert Gaps(np.array([]), np.array([]), np.array([])).p_value() is None


def test_gaps_that_are_only_rounding_are_none() -> None:
    assert differences.n_differing(np.array([1e-13, -1e-13, 1e-11, 0.5])) == 2
    assert differences.sign_flip_p([1e-13, 1e-13]) == 1.0
    assert differences.sign_flip_p([1.0, 1.0, 1e-13]) == 0.5


def test_a_mean_without_spread_is_certain_and_no_mean_is_nothing() -> None:
    assert differences.t_p_value(0.0, 0.0, 30) == 1.0
    assert differences.t_p_value(0.1, 0.0, 30) == 0.0
    assert differences.t_p_value(-0.2, 0.1, 5) == pytest.approx(float(2 * stats.t.sf(2, 4)))


def test_up_to_fifteen_differences_are_flipped_one_by_one() -> None:
    assert differences.sign_flip_p([1.0] * 15) == 2 / 2**15
    # Of a million flips none comes so far, and the one that was seen is counted.
    assert differences.sign_flip_p([1.0] * 60) == 1 / 20_001
    assert differences.sign_flip_p([1.0, -1.0] * 8) == 1.0


def test_nothing_compared_is_no_difference() -> None:
    found = NO_DIFFERENCE
    assert (found.estimate, found.low, found.high) == (None, -1.0, 1.0)
    assert (found.standard_error, found.p_value, found.method) == (None, None, "none")
    assert (found.n_cases, found.n_differ, found.is_thin) == (0, 0, True)


def peak(stream: Floats, bar: float, against: str) -> float:
    """The most evidence there ever was, followed case by case."""
    process = EProcess(bar, against="at_most" if against == "at_most" else "at_least")
    for value in stream:
        process.add(float(value))
    return float(process.log_peaks[0])


LOWEST = np.array([0.5, -1.0, 0.5, 0.25, 1.0, 0.5, 0.0, 0.75] * 8)
HIGHEST = np.array([0.5, 1.0, 0.5, 0.25, 1.0, 0.5, 0.0, 0.75] * 8)
KNOWN = np.array([0.5, 0.5, 0.25, 1.0, 0.5, 0.0, 0.75] * 8)


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_a_p_value_for_any_time_is_one_over_the_most_evidence(share: float) -> None:
    above = peak((1 + LOWEST) / 2, 0.5, "at_most")
    found = SequentialGaps(KNOWN, LOWEST, HIGHEST, share).p_value()
    assert found == pytest.approx(2 * np.exp(-above) / share)
    assert found is not None
    assert found < 1
    turned = SequentialGaps(-KNOWN, -HIGHEST, -LOWEST, share).p_value()
    assert turned == pytest.approx(found)
    assert SequentialGaps(KNOWN[:1], KNOWN[:1], KNOWN[:1], share).p_value() == 1.0


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_bounds_for_any_time_are_the_bars_that_were_ever_shown(share: float) -> None:
    found = SequentialGaps(KNOWN, LOWEST, HIGHEST, share).difference(0.9)
    needed = float(np.log(2 / (0.1 * share)))
    bars = np.arange(1, 400) / 400
    low = max((b for b in bars if peak((1 + LOWEST) / 2, b, "at_most") >= needed), default=0.0)
    high = min((b for b in bars if peak((1 + HIGHEST) / 2, b, "at_least") >= needed), default=1.0)
    assert (found.low, found.high) == pytest.approx((2 * low - 1, 2 * high - 1))
    assert found.estimate == pytest.approx(float(KNOWN.mean()))
    assert found.p_value == SequentialGaps(KNOWN, LOWEST, HIGHEST, share).p_value()
    assert (found.n_cases, found.n_differ, found.is_thin) == (56, 48, False)
    assert (found.standard_error, found.confidence) == (None, 0.9)
    assert found.method == "betting confidence sequence, valid at any time"


def test_without_a_case_nothing_is_known_at_any_time() -> None:
    none = np.array([])
    found = SequentialGaps(none, none, none).difference()
    assert (found.estimate, found.low, found.high) == (None, -1, 1)
    assert (found.p_value, found.n_cases, found.method) == (None, 0, "none")


def test_the_known_mean_is_never_outside_the_bounds_for_any_time() -> None:
    ones = np.ones(200)
    found = SequentialGaps(-ones[:1], ones, ones).difference()
    assert (found.low, found.estimate, found.high) == (-1, -1, 1)
    found = SequentialGaps(ones[:1], -ones, -ones).difference()
    assert (found.low, found.estimate, found.high) == (-1, 1, 1)


def test_means_that_are_out_of_range_or_not_flat_do_not_pair_up() -> None:
    for a, b in (([-0.1], [0.5]), ([0.5], [-0.1]), ([1.1], [0.5]), ([0.5], [1.1])):
        with pytest.raises(ValueError, match="between 0 and 1"):
            paired(a, b)
    with pytest.raises(ValueError, match="one mean per case"):
        paired(np.zeros((2, 2)), np.zeros((2, 2)))
    assert paired([0.0, 1.0], [1.0, 0.0]).known.tolist() == [1.0, -1.0]
