"""Two runs on other cases at one mix of slices, worked out a second time input by input."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from workbench.stats.differences import NO_DIFFERENCE
from workbench.stats.standardised import METHOD, Asked, Strata

SHARES = (0.5, 0.3, 0.2)
NAN = float("nan")

Row = tuple[int, int, float]
"""The stratum of an input, its unit, its value."""

A: list[Row] = [
    *((0, unit, value) for unit, value in enumerate([1, 0, 0.5, 1, 0, 0, 0.5, 0])),
    *((1, unit, value) for unit, value in enumerate([0, 0, 1, 0.25], 8)),
    # A group of two, and one that lies in two strata.
    *[(1, 12, 1.0), (1, 12, 0.0), (2, 13, 0.5), (0, 13, 1.0), (2, 14, 0.0), (2, 15, 0.5)],
]
B: list[Row] = [
    *((0, unit, value) for unit, value in enumerate([1, 1, 0.5, 1, 1])),
    *((1, unit, value) for unit, value in enumerate([1, 0.75, 1, 1, 1, 0.5], 5)),
    *((2, unit, value) for unit, value in enumerate([1, 1, 0.5, 1], 11)),
]


def asked(rows: Sequence[Row], missing: Sequence[tuple[int, int]] = ()) -> Asked:
    """What came in, and what had no score but was asked for."""
    stratum = [row[0] for row in rows] + [one for one, _ in missing]
    unit = [row[1] for row in rows] + [other for _, other in missing]
    known = [row[2] for row in rows]
    return Asked(
        np.array(stratum),
        np.array(unit),
        np.array([*known, *[NAN] * len(missing)]),
        np.array([*known, *[0.0] * len(missing)]),
        np.array([*known, *[1.0] * len(missing)]),
    )


class Side(NamedTuple):
    mean: float
    variance: float
    shrunk: float
    wider: float
    freedom: int


def side(rows: Sequence[Row], shares: Sequence[float] = SHARES) -> Side:
    """Each group weighs as one in its strata, and counts once in the variance."""
    units = sorted({unit for _, unit, _ in rows})
    weight = {u: 1 / sum(unit == u for _, unit, _ in rows) for u in units}
    mean = shrunk = room = 0.0
    pulls = dict.fromkeys(units, 0.0)
    for number, share in enumerate(shares):
        mine = [(unit, value) for stratum, unit, value in rows if stratum == number]
        total = sum(weight[unit] for unit, _ in mine)
        here = sum(weight[unit] * value for unit, value in mine) / total
        for unit, value in mine:
            pulls[unit] += share * weight[unit] * (value - here) / total
        n = len({unit for unit, _ in mine})
        moved = (n * here + 1) / (n + 2)
        mean, shrunk = mean + share * here, shrunk + share * moved
        room += share**2 * (moved**2 + (1 - moved) ** 2) / (n + 2) ** 2
    n = len(units)
    variance = sum(pull**2 for pull in pulls.values()) * n / max(n - 1, 1)
    return Side(mean, variance, shrunk, variance + room, max(n - len(shares), 1))


def interval(a: Side, b: Side, alpha: float) -> tuple[float, float]:
    """The lower end of B minus A at alpha, and the p-value."""
    gap, variance = b.mean - a.mean, a.variance + b.variance
    parts = [(m.variance + 1e-12, m.freedom) for m in (a, b)]
    freedom = sum(v for v, _ in parts) ** 2 / sum(v**2 / f for v, f in parts)
    far = float(stats.t.isf(alpha, freedom))
    moved, wider = b.shrunk - a.shrunk, a.wider + b.wider
    low = max(-1.0, min(gap - far * variance**0.5, moved - far * wider**0.5))
    if gap * moved <= 0:
        return low, 1.0
    ratio = min(abs(gap) / max(variance**0.5, 1e-12), abs(moved) / wider**0.5)
    return low, float(2 * stats.t.sf(ratio, freedom))


def turned(rows: Sequence[Row]) -> list[Row]:
    return [(stratum, unit, 1 - value) for stratum, unit, value in rows]


def test_both_are_held_to_one_mix() -> None:
    found = Strata(np.array(SHARES), asked(A), asked(B))
    assert found.means() == pytest.approx((side(A).mean, side(B).mean))
    gap = found.difference(0.9)
    low, p = interval(side(A), side(B), 0.05)
    assert gap.estimate == pytest.approx(side(B).mean - side(A).mean)
    assert gap.low == pytest.approx(low)
    assert gap.high == pytest.approx(-interval(side(turned(A)), side(turned(B)), 0.05)[0])
    assert gap.p_value == pytest.approx(p)
    assert found.p_value() == gap.p_value
    assert gap.standard_error == pytest.approx((side(A).variance + side(B).variance) ** 0.5)
    assert (gap.n_cases, gap.n_differ) == (len(A) + len(B),) * 2
    assert (gap.is_thin, gap.method, gap.confidence) == (False, METHOD, 0.9)


def test_the_other_way_round_it_is_the_same_with_the_sign_turned() -> None:
    there = Strata(np.array(SHARES), asked(A), asked(B)).difference()
    back = Strata(np.array(SHARES), asked(B), asked(A)).difference()
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.estimate == pytest.approx(-(there.estimate or 0))
    assert back.p_value == pytest.approx(there.p_value)


def test_what_is_missing_counts_against_the_claim_and_not_in_the_estimate() -> None:
    open_a, open_b = [(0, 20), (2, 21)], [(1, 20)]
    found = Strata(np.array(SHARES), asked(A, open_a), asked(B, open_b))
    best_a = [*A, *((*place, 1.0) for place in open_a)]
    worst_a = [*A, *((*place, 0.0) for place in open_a)]
    worst_b, best_b = [*B, (1, 20, 0.0)], [*B, (1, 20, 1.0)]
    gap = found.difference()
    low, p = interval(side(best_a), side(worst_b), 0.025)
    assert gap.estimate == pytest.approx(side(B).mean - side(A).mean)
    assert gap.low == pytest.approx(low)
    assert gap.p_value == pytest.approx(p)
    assert gap.high == pytest.approx(
        -interval(side(turned(worst_a)), side(turned(best_b)), 0.025)[0]
    )
    assert gap.n_cases == len(A) + len(B)
    assert found.means() == pytest.approx((side(A).mean, side(B).mean))


def test_a_lead_that_the_missing_could_undo_is_none() -> None:
    open_a = [(stratum, 20 + 30 * stratum + n) for stratum in range(3) for n in range(30)]
    found = Strata(np.array(SHARES), asked(A, open_a), asked(B))
    assert found.means()[0] == pytest.approx(side(A).mean)
    assert found.p_value() == 1.0
    assert found.difference().low < 0 < (found.difference().estimate or 0)


def test_no_difference_has_no_p_value_below_one() -> None:
    found = Strata(np.array(SHARES), asked(B), asked(B))
    assert found.p_value() == 1.0
    assert found.difference().estimate == 0


def test_a_run_that_lacks_a_slice_is_not_compared() -> None:
    without = [row for row in A if row[0] != 2]
    found = Strata(np.array(SHARES), asked(without, [(2, 30)]), asked(B))
    assert found.means() == (None, None)
    assert found.difference() == NO_DIFFERENCE
    found = Strata(np.array(SHARES), asked(B), asked(without, [(2, 30)]))
    assert found.means() == (None, None)
    assert found.difference() == NO_DIFFERENCE


def test_flawless_against_hopeless_is_sure_without_being_endless() -> None:
    ones = [(stratum, 10 * stratum + n, 1.0) for stratum in range(3) for n in range(5)]
    zeros = [(stratum, unit, 0.0) for stratum, unit, _ in ones]
    gap = Strata(np.array(SHARES), asked(zeros), asked(ones)).difference()
    assert gap.estimate == pytest.approx(1)
    assert 0 < gap.low < 1
    assert gap.low == pytest.approx(interval(side(zeros), side(ones), 0.025)[0])
    assert gap.p_value == pytest.approx(interval(side(zeros), side(ones), 0.025)[1])


def test_a_single_unit_says_next_to_nothing() -> None:
    one = [(0, 0, 1.0), (0, 0, 0.0)]
    gap = Strata(np.array([1.0]), asked(one), asked([(0, 0, 1.0)])).difference()
    assert gap.estimate == pytest.approx(0.5)
    assert gap.low == pytest.approx(
        interval(side(one, [1.0]), side([(0, 0, 1.0)], [1.0]), 0.025)[0]
    )
    assert gap.high == 1


def test_a_lead_of_so_few_that_two_more_would_turn_it_is_none() -> None:
    many = [(0, unit, 0.75 if unit % 2 else 0.7) for unit in range(40)]
    few = [(0, 0, 0.8), (0, 1, 0.8)]
    assert side(few, [1.0]).mean > side(many, [1.0]).mean
    assert side(few, [1.0]).shrunk < side(many, [1.0]).shrunk
    found = Strata(np.array([1.0]), asked(many), asked(few))
    assert found.p_value() == found.difference().p_value == 1.0
    assert Strata(np.array([1.0]), asked(few), asked(many)).p_value() == 1.0
