"""What several trials of one case say."""

from statistics import fmean, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.stats import repeats


def test_pass_at_k_is_unbiased_and_not_the_plug_in_figure() -> None:
    assert repeats.pass_at_k([3], [10], 5)[0] == pytest.approx(11 / 12)


def test_with_one_trial_both_are_the_pass_rate() -> None:
    assert repeats.pass_at_k([3, 0], [4, 4], 1) == pytest.approx([0.75, 0])
    assert repeats.pass_hat_k([3, 0], [4, 4], 1) == pytest.approx([0.75, 0])


@pytest.mark.parametrize("k", [0, 3])
def test_more_tries_than_trials_are_refused(k: int) -> None:
    with pytest.raises(ValueError, match="k must be"):
        repeats.pass_hat_k([1, 2], [2, 3], k)


def test_fractions_of_a_pass_cannot_be_counted_in_combinations() -> None:
    with pytest.raises(ValueError, match="whole"):
        repeats.pass_hat_k([1.5], [3], 2)


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=100, deadline=None, database=None, derandomize=True)
def test_all_of_k_is_never_likelier_than_any_of_k(case: tuple[int, int]) -> None:
    passed, trials = case
    for k in range(1, trials + 1):
        every, some = (f([passed], [trials], k)[0] for f in (repeats.pass_hat_k, repeats.pass_at_k))
        assert 0 <= every <= passed / trials + 1e-12
        assert passed / trials - 1e-12 <= some <= 1


def test_agreement_is_the_chance_that_two_trials_match() -> None:
    assert repeats.agreement([4, 0, 2], [4, 4, 4]) == pytest.approx([1, 1, 2 / 6])


def test_noise_that_is_all_in_the_cases_has_a_correlation_of_one() -> None:
    split = repeats.noise_split([3, 0, 3, 3], [3, 3, 3, 3])
    assert split is not None
    assert (split.icc, split.share_from_cases, split.share_from_trials) == (1, 1, 0)


def test_noise_that_is_all_luck_has_a_correlation_of_zero() -> None:
    split = repeats.noise_split([1, 1, 1, 1], [2, 2, 2, 2])
    assert split is not None
    assert (split.icc, split.share_from_trials) == (0, 1)


def test_noise_is_split_as_it_was_made() -> None:
    rng = np.random.default_rng(2)
    passes = rng.binomial(4, rng.beta(2, 2, 20_000))
    split = repeats.noise_split(passes, [4] * 20_000)
    assert split is not None
    assert split.icc == pytest.approx(1 / 5, abs=0.02)


@pytest.mark.parametrize(("passes", "trials"), [([1], [3]), ([1, 0], [1, 1]), ([], [])])
def test_noise_cannot_be_split_without_repeats(passes: list[int], trials: list[int]) -> None:
    assert repeats.noise_split(passes, trials) is None


def test_when_nothing_varies_nothing_has_a_share() -> None:
    split = repeats.noise_split([2, 2], [2, 2])
    assert split is not None
    assert (split.icc, split.share_from_cases) == (None, None)


def test_noise_is_split_case_by_case_where_trials_differ() -> None:
    passes, trials = [3, 1, 0, 1, 2], [4, 2, 3, 1, 2]
    rates = [won / of for won, of in zip(passes, trials, strict=True)]
    # Within: unbiased, of the four cases that were asked again.
    within = fmean(k / (k - 1) * p * (1 - p) for p, k in zip(rates, trials, strict=True) if k > 1)
    luck = within * fmean(1 / k for k in trials)
    between = variance(rates) - luck
    split = repeats.noise_split(passes, trials)
    assert split is not None
    assert (split.between, split.within) == pytest.approx((between, within))
    assert split.icc == pytest.approx(between / (between + within))
    assert split.share_from_cases == pytest.approx(between / (between + luck))
    assert split.share_from_trials == pytest.approx(luck / (between + luck))


@pytest.mark.parametrize(("icc", "trials"), [(-0.1, 2), (1.1, 2), (0.5, 0)])
def test_a_design_that_cannot_be_has_no_variance(icc: float, trials: int) -> None:
    with pytest.raises(ValueError, match="icc must lie between 0 and 1"):
        repeats.variance_left(icc, trials)
