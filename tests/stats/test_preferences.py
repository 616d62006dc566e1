"""Strengths from comparisons of two, against published figures and other libraries."""

from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest

from workbench.stats.preferences import Duels, order_effect, strengths

TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)
"""Games of the American League in 1987 that the row's team won against the column's (Agresti,
Categorical Data Analysis, table 10.10)."""
PUBLISHED = (1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0)
"""His estimates, with Baltimore as 0."""


def duels(
    rows: list[tuple[int, int, float, float, float]], groups: list[int] | None = None
) -> Duels:
    """Comparisons as (a, b, a was better, b was better, ties)."""
    a, b, won, lost, tied = zip(*rows, strict=True)
    each = np.array(groups if groups is not None else range(len(rows)))
    return Duels(np.array(a), np.array(b), *(np.array(c, float) for c in (won, lost, tied)), each)


def test_the_baseball_league_has_the_published_strengths() -> None:
    rows = [(i, j, WINS[i, j], WINS[j, i], 0.0) for i, j in combinations(range(7), 2)]
    found = strengths(duels(rows), 7, 0.95)
    logs = [each.log for each in found.each]
    assert logs[-1] is not None
    assert [round(log - logs[-1], 2) for log in logs if log is not None] == list(PUBLISHED)


def test_ties_count_half_as_in_a_logistic_regression_with_half_wins() -> None:
    rows = [(0, 1, 30.0, 14.0, 12.0), (0, 2, 20.0, 21.0, 6.0), (1, 2, 9.0, 25.0, 8.0)]
    found = strengths(duels(rows), 3, 0.95)
    design = np.array([[1.0, -1.0], [1.0, 0.0], [0.0, 1.0]])
    won = np.array([[w + t / 2, lost + t / 2] for _, _, w, lost, t in rows])
    fitted = sm.GLM(won, design, family=sm.families.Binomial()).fit().params
    logs = np.array([each.log for each in found.each])
    np.testing.assert_allclose(logs[:2] - logs[2], fitted, atol=1e-5)


def test_of_two_the_share_is_the_share_of_comparisons_won_with_half_of_the_ties() -> None:
    found = strengths(duels([(0, 1, 27.0, 61.0, 12.0)]), 2, 0.95)
    assert found.each[1].share == pytest.approx(0.67)
    assert found.each[0].share == pytest.approx(0.33)


def test_copies_of_a_case_make_the_interval_no_narrower() -> None:
    rng = np.random.default_rng(1)
    won = rng.random(60) < 0.6
    once = [(0, 1, float(w), float(not w), 0.0) for w in won]
    copied = [row for row in once for _ in range(5)]
    alone = strengths(duels(once), 2, 0.95).each[0]
    grouped = strengths(duels(copied, [i for i in range(60) for _ in range(5)]), 2, 0.95).each[0]
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high), abs=1e-6)
    assert alone.low == pytest.approx(alone.share - 1.96 * 0.063, abs=0.03)


def test_who_wins_every_comparison_has_no_strength_but_a_share_with_bounds() -> None:
    found = strengths(duels([(0, 1, 1.0, 0.0, 0.0)] * 20), 2, 0.95)
    assert found.is_split
    assert [each.log for each in found.each] == [None, None]
    assert 0.9 < found.each[0].share < 1.0


def test_what_is_not_connected_by_comparisons_is_not_ranked() -> None:
    rows = [(0, 1, 3.0, 2.0, 0.0), (2, 3, 1.0, 4.0, 0.0)]
    assert strengths(duels(rows), 4, 0.95).each == ()


def test_the_order_is_tested_by_the_exact_binomial_test() -> None:
    found = order_effect(61, 97, 0.95)
    assert found.p == pytest.approx(binomtest(61, 97).pvalue)
    assert found.is_enough
    assert found.low < 61 / 97 < found.high
    assert not order_effect(5, 9, 0.95).is_enough
    assert order_effect(0, 0, 0.95).p == 1.0
