"""Bounds on the mean of scores, whatever their distribution."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.stats.intervals import bounded_mean
from workbench.stats.mean_scores import (
    bets,
    betting_mean,
    exceeds,
    exceeds_of_counts,
    fewest_best,
)

quick = settings(max_examples=60, deadline=None, database=None, derandomize=True)
unit = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(unit)
@quick
def test_the_mean_lies_between_its_bounds_whatever_the_order(values: list[float]) -> None:
    found = betting_mean(values)
    assert found.estimate is not None
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert betting_mean(values[::-1]).low == pytest.approx(found.low, abs=1e-9)


@given(unit, st.floats(0.01, 0.99))
@quick
def test_the_bound_is_where_the_bets_came_to_enough(values: list[float], level: float) -> None:
    shares, weights = bets(len(values), 0.05)
    wealth = sum(
        w * math.prod(1 + s * (x / level - 1) for x in values)
        for s, w in zip(shares, weights, strict=True)
    )
    if abs(wealth - 20) > 1e-6:
        assert exceeds(values, level) is bool(wealth >= 20)
    if abs(betting_mean(values).low - level) > 1e-9:
        assert (betting_mean(values).low > level) is exceeds(values, level)


@given(st.floats(0.02, 0.98), st.integers(1, 300))
@quick
def test_no_bet_can_win_more_than_it_is_worth(level: float, n: int) -> None:
    # At the level itself every bet is fair: the mean of its factor is 1, for 0 or 1 as for all.
    shares, weights = bets(n, 0.05)
    for share in shares:
        up, down = 1 + share * (1 / level - 1), 1 - share
        assert level * up + (1 - level) * down == pytest.approx(1)
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("n", [20, 60])
@pytest.mark.parametrize(
    "weights", [(0.02, 0, 0, 0.98, 0), (0.05, 0, 0, 0, 0.95), (0, 0.02, 0.03, 0.9, 0.05)]
)
def test_rare_low_scores_do_not_fool_it(weights: tuple[float, ...], n: int) -> None:
    rng = np.random.default_rng(n)
    points, p = np.arange(5) / 4, np.array(weights)
    drawn = rng.choice(points, (400, n), p=p)
    wrong = np.mean([exceeds(values, float(p @ points)) for values in drawn])
    assert wrong <= 0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5


def test_sixty_scores_mostly_decide_on_a_bar_a_third_of_a_point_away() -> None:
    """Scores of 1 to 5 with a mean of 4.0 and a standard deviation of 0.7; a bar of 3.7."""
    rng = np.random.default_rng(60)
    chances = np.array([0.0015, 0.0235, 0.1825, 0.5585, 0.234])
    scores = rng.choice(np.arange(5) / 4, (400, 60), p=chances / chances.sum())
    assert 4 * scores.mean() + 1 == pytest.approx(4.0, abs=0.02)
    assert 4 * scores.std() == pytest.approx(0.72, abs=0.03)
    bar = (3.7 - 1) / 4
    assert np.mean([exceeds(values, bar) for values in scores]) > 0.6
    assert np.mean([bounded_mean(values).low >= bar for values in scores]) < 0.2


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_the_fewest_best_scores_are_just_enough(level: float) -> None:
    n = fewest_best(level)
    assert betting_mean(np.ones(n)).low >= level > betting_mean(np.ones(n - 1)).low


def test_many_different_values_are_counted_in_steps_that_only_widen() -> None:
    values = np.random.default_rng(1).beta(8, 2, 30_000)
    rounded = betting_mean(values)
    assert rounded.low < values.mean() < rounded.high
    assert not exceeds(values, rounded.low + 0.0005)
    assert exceeds(values, rounded.low)


def test_nothing_says_nothing_and_wrong_values_are_refused() -> None:
    assert betting_mean([]).estimate is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        betting_mean([1.2])
    with pytest.raises(ValueError, match="the level"):
        fewest_best(1.0)


@pytest.mark.parametrize("level", [0.3, 0.8])
def test_sets_of_counts_are_judged_as_their_values_are(level: float) -> None:
    values = np.array([0.0, 0.5, 1.0])
    counts = np.array([[0.0, 3, 37], [10, 10, 20], [0, 40, 0], [4, 2, 34], [40, 0, 0]])
    found = exceeds_of_counts(counts, values, level, 0.9)
    alone = [exceeds(np.repeat(values, row.astype(int)), level, 0.9) for row in counts]
    assert found.tolist() == alone
    assert True in alone
    assert False in alone


def test_the_upper_bound_is_the_mirror_of_the_lower() -> None:
    values = np.array([0.1, 0.9, 0.8, 1.0, 0.7, 0.95] * 5)
    there, back = betting_mean(values), betting_mean(1 - values)
    assert there.high == pytest.approx(1 - back.low)
    assert there.low == pytest.approx(1 - back.high)
    assert (there.n_cases, there.n_trials, there.n_effective, there.icc) == (30, 30, 30.0, None)


@pytest.mark.parametrize(("n", "alpha"), [(1, 0.05), (6, 0.05), (50, 0.05), (1000, 0.01)])
def test_bets_fall_by_a_fifth_down_to_the_smallest_that_can_be_the_best(
    n: int, alpha: float
) -> None:
    shares, weights = bets(n, alpha)
    least = min(1.0, math.sqrt(2 * math.log(1 / alpha) / n))
    assert shares[0] == pytest.approx(0.9999)
    assert shares[1:] == pytest.approx(0.8 * shares[:-1])
    assert shares[-1] <= least * 0.9999
    assert len(shares) == 1 or shares[-2] > least * 0.9999
    assert weights == pytest.approx(shares / shares.sum())


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5])
def test_a_level_that_no_score_can_exceed_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="the level"):
        fewest_best(level)
