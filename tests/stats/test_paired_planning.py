"""How many cases it takes to tell two variants apart."""

import math

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from workbench.stats.clusters import Floats
from workbench.stats.paired_planning import (
    PairedNoise,
    paired_cases,
    paired_mde,
    paired_noise,
    paired_power,
)


def test_the_detectable_difference_undoes_the_cases_needed() -> None:
    noise = PairedNoise(0.05, 0.1, 0.1)
    cases = paired_cases(noise, 0.1, trials_a=3, trials_b=3)
    assert paired_mde(noise, cases, trials_a=3, trials_b=3) == pytest.approx(0.1, rel=0.01)


def test_trials_shrink_only_their_own_noise() -> None:
    noise = PairedNoise(0.1, 0.1, 0.1)
    assert paired_cases(noise, 0.1, trials_a=10**6, trials_b=10**6) == pytest.approx(
        paired_cases(noise, 0.1) / 3, abs=1
    )


def test_no_number_of_cases_shows_no_difference() -> None:
    with pytest.raises(ValueError, match="difference of 0"):
        paired_cases(PairedNoise(0.1, 0, 0), 0)


def test_without_a_case_nothing_is_detectable() -> None:
    assert paired_mde(PairedNoise(0.1, 0, 0), 0) is None


@pytest.mark.parametrize(("effect", "cases"), [(0.2, 60), (0.5, 12), (-0.3, 40), (0.0, 30)])
def test_power_equals_that_of_statsmodels(effect: float, cases: int) -> None:
    theirs = TTestPower().power(effect, cases, 0.05)
    assert paired_power(effect, cases) == pytest.approx(theirs, abs=1e-6)


def test_one_case_has_no_power() -> None:
    assert paired_power(5.0, 1) == 0


def test_a_pilot_gives_back_the_noise_it_was_made_with() -> None:
    rng = np.random.default_rng(6)
    n, k = 20_000, 4
    base = rng.uniform(0.3, 0.7, n)
    lift = rng.uniform(-0.2, 0.2, n)
    a, b = rng.binomial(k, base), rng.binomial(k, base + lift)
    noise = paired_noise(a, [k] * n, b, [k] * n)
    assert noise is not None
    assert noise.between == pytest.approx(0.4**2 / 12, abs=0.004)
    assert noise.within_a == pytest.approx(float((base * (1 - base)).mean()), abs=0.004)


def test_a_pilot_needs_two_cases_and_the_same_ones() -> None:
    assert paired_noise([1], [2], [2], [2]) is None
    with pytest.raises(ValueError, match="same cases"):
        paired_noise([1, 0], [2, 0], [0, 1], [0, 2])


def test_a_pilot_is_split_case_by_case_where_trials_differ() -> None:
    a, k_a = [1, 0, 2, 3, 1], [2, 1, 2, 4, 3]
    b, k_b = [1, 1, 2, 1, 0], [1, 2, 4, 1, 1]
    rates_a, rates_b = np.divide(a, k_a), np.divide(b, k_b)

    def within(rates: Floats, counts: list[int]) -> float:
        pairs = zip(rates, counts, strict=True)
        return float(np.mean([k / (k - 1) * p * (1 - p) for p, k in pairs if k > 1]))

    in_a, in_b = within(rates_a, k_a), within(rates_b, k_b)
    luck = in_a * np.mean(1 / np.array(k_a)) + in_b * np.mean(1 / np.array(k_b))
    noise = paired_noise(a, k_a, b, k_b)
    spread = np.var(rates_b - rates_a, ddof=1)
    assert noise == pytest.approx((max(spread - luck, 0), in_a, in_b))
    assert paired_noise([1, 0], [1, 1], [0, 1], [1, 1]) == (2.0, 0.0, 0.0)


def test_each_side_has_trials_of_its_own() -> None:
    noise = PairedNoise(0.02, 0.1, 0.2)
    assert noise.per_case(2, 5) == pytest.approx(0.02 + 0.05 + 0.04)
    many = paired_cases(noise, 0.1, trials_a=2, trials_b=5)
    assert many == math.ceil((1.959964 + 0.841621) ** 2 * 0.11 / 0.01)
    assert many < paired_cases(noise, 0.1, trials_a=5, trials_b=2)
    assert paired_mde(noise, 1) == pytest.approx(2.801585 * 0.32**0.5)
    assert paired_power(0.8, 2) > 0
