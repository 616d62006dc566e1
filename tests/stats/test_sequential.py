"""Verdicts that stay valid while the results arrive."""

import numpy as np
import pytest

from tests.stats.oracles import EProcess, Watch, e_values
from workbench.stats.sequential import (
    bounds_at_any_time,
    fewest_flawless,
    left_after,
    log_peak,
    share_after,
    verdict_at_any_time,
)


@pytest.mark.parametrize(("bar", "cases"), [(0.8, 20), (0.9, 43), (0.95, 88)])
def test_the_shortest_flawless_run_that_meets_a_bar(bar: float, cases: int) -> None:
    watch = Watch(bar)
    for _ in range(cases - 1):
        watch.add(1)
    assert watch.verdict == "not_enough_evidence"
    watch.add(1)
    assert watch.verdict == "met"


def test_watching_starts_without_evidence() -> None:
    assert EProcess(0.9).e_value == EProcess(0.9, against="at_least").e_value == pytest.approx(1)
    assert verdict_at_any_time([], [], 0.9) == "not_enough_evidence"


def test_a_string_of_failures_is_not_met_early() -> None:
    watch = Watch(0.9)
    for _ in range(5):
        watch.add(0)
    assert watch.verdict == "not_met"


def test_a_limit_is_met_from_below() -> None:
    watch = Watch(0.1, "at_most")
    for _ in range(45):
        watch.add(0)
    assert watch.verdict == "met"


def test_what_comes_later_does_not_unsettle_a_verdict() -> None:
    watch = Watch(0.9)
    for _ in range(45):
        watch.add(1)
    watch.add(0)
    assert watch.e_above < 20
    assert watch.verdict == "met"


def test_the_order_of_cases_does_not_change_the_evidence_at_the_end() -> None:
    course = e_values([1, 1, 0, 0.5, 1], 0.8)
    assert course[-1] == pytest.approx(e_values([0, 0.5, 1, 1, 1], 0.8)[-1])
    assert len(course) == 5


def test_the_evidence_is_the_mean_of_its_bets() -> None:
    bets = (np.arange(60) + 0.5) / 60 * 0.999
    plain = np.mean([(1 + b / 0.8 * 0.2) * (1 + b / 0.8 * -0.3) for b in bets])
    assert e_values([1.0, 0.5], 0.8)[-1] == pytest.approx(plain)


def test_evidence_neither_overflows_nor_vanishes_over_many_cases() -> None:
    process = EProcess(0.5)
    for _ in range(5000):
        process.add(1)
    assert np.isfinite(process.e_value)
    for _ in range(20_000):
        process.add(0)
    assert process.e_value >= 0


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_case_mean_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        log_peak([0.5, value], 0.9)


@pytest.mark.parametrize("bar", [0.0, 1.0])
def test_a_bar_that_no_run_of_cases_can_show_is_refused(bar: float) -> None:
    with pytest.raises(ValueError, match="bar"):
        fewest_flawless(bar)


def test_bounds_start_wide_and_only_narrow() -> None:
    stream = np.random.default_rng(9).binomial(3, 0.8, 150) / 3
    before = bounds_at_any_time([], [])
    assert before == (0, 1)
    for n in range(1, 151):
        now = bounds_at_any_time(stream[:n], stream[:n], grid=100)
        assert before.low <= now.low <= now.high <= before.high
        before = now
    assert before.low > 0.65
    assert before.high < 0.95


def test_the_bounds_and_the_verdict_agree_with_a_watch_from_case_to_case() -> None:
    rng = np.random.default_rng(10)
    for truth in (0.6, 0.8, 0.95):
        watch, stream = Watch(0.8), rng.binomial(1, truth, 120).astype(float)
        for n, value in enumerate(stream, 1):
            watch.add(float(value))
            low, high = bounds_at_any_time(stream[:n], stream[:n], grid=100)
            settled = "met" if low >= 0.8 else "not_met" if high <= 0.8 else "not_enough_evidence"
            assert watch.verdict == settled
            assert verdict_at_any_time(stream[:n], stream[:n], 0.8) == settled


def test_a_stream_that_is_known_gives_the_evidence_of_one_that_is_followed() -> None:
    stream = np.random.default_rng(11).binomial(5, 0.85, 190) / 5
    for against in ("at_most", "at_least"):
        followed = EProcess(0.8, against=against)
        for value in stream:
            followed.add(float(value))
        assert log_peak(stream, 0.8, against=against) == pytest.approx(followed.log_peaks[0])


def test_a_long_stream_is_looked_at_less_often_and_never_shows_more() -> None:
    stream = np.random.default_rng(13).binomial(1, 0.84, 3000).astype(float)
    seldom, often = log_peak(stream, 0.8, looks=50), log_peak(stream, 0.8, looks=3000)
    assert 0 < seldom <= often


def test_what_is_unscored_counts_against_both_ends() -> None:
    passed = np.ones(100)
    lowest = np.where(np.arange(100) % 4 == 0, 0.0, 1.0)
    low, high = bounds_at_any_time(lowest, passed)
    assert low <= bounds_at_any_time(lowest, lowest).low
    assert high == 1
    assert verdict_at_any_time(lowest, passed, 0.9) == "not_enough_evidence"
    assert verdict_at_any_time(passed, passed, 0.9) == "met"


@pytest.mark.parametrize(("bar", "cases"), [(0.8, 20), (0.9, 43), (0.95, 88)])
def test_a_flawless_run_shows_a_bar_after_so_many_cases(bar: float, cases: int) -> None:
    assert fewest_flawless(bar) == cases


def test_peeking_after_every_case_is_wrong_less_than_one_time_in_twenty() -> None:
    rng = np.random.default_rng(12)
    wrong = 0
    for _ in range(200):
        course = e_values(rng.binomial(3, rng.beta(9, 1, 100)) / 3, 0.9)
        wrong += bool((course >= 20).any())
    assert wrong / 200 <= 0.05


@pytest.mark.parametrize(
    ("was_spent", "restarts", "share"),
    [(False, 0, 1.0), (True, 0, 0.2), (False, 1, 0.5), (False, 2, 1 / 6), (True, 3, 0.2 / 12)],
)
def test_a_plan_that_goes_on_has_a_share_of_its_error_left(
    was_spent: bool, restarts: int, share: float
) -> None:
    assert share_after(was_spent=was_spent, restarts=restarts) == pytest.approx(share)
    left = left_after(0.9, was_spent=was_spent, restarts=restarts)
    assert left == pytest.approx(1 - 0.1 * share)


def test_however_often_a_plan_starts_again_its_shares_add_up_to_no_more_than_one() -> None:
    shares = [share_after(was_spent=False, restarts=n) for n in range(1, 10_000)]
    assert 0.999 < sum(shares) <= 1


def test_a_peak_between_two_looks_is_missed_by_the_one_that_looks_seldom() -> None:
    stream = np.repeat([1.0, 0.0], [150, 2850])
    assert log_peak(stream, 0.8, looks=50) < log_peak(stream, 0.8, looks=3000)
    # Unless told otherwise, it looks 200 times: at every 15th case here.
    assert log_peak(stream, 0.8) == log_peak(stream, 0.8, looks=200)


@pytest.mark.parametrize("grid", [40, 100])
def test_bounds_at_any_time_are_the_last_bars_on_the_grid_that_were_shown(grid: int) -> None:
    rng = np.random.default_rng(15)
    lowest = rng.binomial(2, 0.7, 90) / 2
    highest = np.minimum(1.0, lowest + rng.binomial(1, 0.1, 90) / 2)
    bars = np.arange(1, grid) / grid
    above, below = EProcess(bars), EProcess(bars, against="at_least")
    for low, high in zip(lowest, highest, strict=True):
        above.add(float(low))
        below.add(float(high))
    needed = np.log(1 / 0.1)
    found = bounds_at_any_time(lowest, highest, 0.9, grid)
    assert found.low == pytest.approx(bars[above.log_peaks >= needed].max())
    assert found.high == pytest.approx(bars[below.log_peaks >= needed].min())


def test_a_limit_is_read_at_any_time_as_the_mirror_of_a_bar() -> None:
    failed = np.zeros(45)
    assert verdict_at_any_time(failed, failed, 0.1, "at_most") == "met"
    assert verdict_at_any_time(failed, failed, 0.1) == "not_met"
    assert verdict_at_any_time(failed[:40], failed[:40], 0.1, "at_most") == "not_enough_evidence"
    passed = np.ones(5)
    assert verdict_at_any_time(passed, passed, 0.1, "at_most") == "not_met"
