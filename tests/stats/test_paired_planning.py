"""What a number of cases can tell of two variants."""

import pytest

from workbench.stats.paired_planning import PairedNoise, paired_mde


def test_four_times_the_cases_show_half_the_difference() -> None:
    noise = PairedNoise(0.05, 0.1, 0.1)
    few, many = (paired_mde(noise, n, trials_a=3, trials_b=3) for n in (50, 200))
    assert few is not None
    assert many == pytest.approx(few / 2)


def test_trials_shrink_only_their_own_noise() -> None:
    noise = PairedNoise(0.1, 0.1, 0.1)
    once, often = paired_mde(noise, 90), paired_mde(noise, 30, trials_a=10**6, trials_b=10**6)
    assert often == pytest.approx(once, rel=1e-5)


def test_each_side_has_trials_of_its_own() -> None:
    noise = PairedNoise(0.02, 0.1, 0.2)
    assert noise.per_case(2, 5) == pytest.approx(0.02 + 0.05 + 0.04)
    found = paired_mde(noise, 100, trials_a=2, trials_b=5)
    assert found == pytest.approx((1.959964 + 0.841621) * (0.11 / 100) ** 0.5)
    assert paired_mde(noise, 1) == pytest.approx(2.801585 * 0.32**0.5)


def test_without_a_case_nothing_is_detectable() -> None:
    assert paired_mde(PairedNoise(0.1, 0, 0), 0) is None
