"""Two variants on the same cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, permutation_test, ttest_rel
from statsmodels.stats.multitest import multipletests

from workbench.stats import comparison, differences
from workbench.stats.comparison import Change
from workbench.stats.differences import paired

DARWIN = [6.1, -8.4, 1.0, 2.0, 0.7, 2.9, 3.5, 5.1, 1.8, 3.6, 7.0, 3.0, 9.3, 7.5, -6.0]
quick = settings(max_examples=100, deadline=None, database=None, derandomize=True)
rates = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])


def test_many_cases_give_the_paired_t_test_of_scipy() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random(60), rng.random(60)
    theirs = ttest_rel(b, a)
    span = theirs.confidence_interval()
    alone = differences.student(b - a)
    assert (alone.low, alone.high, alone.p_value) == pytest.approx(
        (span.low, span.high, theirs.pvalue)
    )
    found = paired(a, b).difference()
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert (found.low, found.high) == pytest.approx((span.low, span.high), abs=0.01)
    assert not found.is_thin


def test_few_cases_give_the_exact_sign_flip_p_of_fisher() -> None:
    # Darwin's maize, in eighths of an inch: The Design of Experiments, section 21.
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    found = paired([0.5] * 15, [0.5 + gap / 200 for gap in eighths])
    assert found.p_value() == pytest.approx(0.05267, abs=5e-6)
    assert found.is_thin


def test_sign_flips_equal_those_of_scipy() -> None:
    theirs = permutation_test((np.array(DARWIN[:9]),), np.mean, permutation_type="samples")
    assert differences.sign_flip_p(DARWIN[:9]) == pytest.approx(theirs.pvalue)


def test_random_flips_come_close_to_the_exact_figure_and_repeat() -> None:
    many = [0.5] * 12 + [-0.5] * 6
    exact = 0.2379  # 2 * P(Bin(18, .5) <= 6)
    assert differences.sign_flip_p(many) == pytest.approx(exact, abs=0.015)
    assert differences.sign_flip_p(many) == differences.sign_flip_p(many)


def test_many_cases_of_which_few_differ_are_thin() -> None:
    found = paired([0.0] * 9 + [1.0] * 91, [1.0] * 100).difference()
    assert (found.n_cases, found.n_differ, found.is_thin) == (100, 9, True)
    assert found.p_value == pytest.approx(2 / 2**9)


def test_variants_that_never_differ_still_have_a_margin() -> None:
    found = paired([1.0] * 100, [1.0] * 100).difference()
    assert (found.estimate, found.p_value) == (0, 1)
    assert found.low < -0.03
    assert found.high > 0.03


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_cases_show_nothing(n: int) -> None:
    found = paired([0.0] * n, [1.0] * n).difference()
    assert (found.low, found.high, found.method) == (-1, 1, "none")
    assert found.estimate == (1.0 if n else None)


def test_means_that_do_not_pair_up_are_refused() -> None:
    with pytest.raises(ValueError, match="same cases"):
        paired([1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        paired([1.0], [1.5])


@given(st.lists(st.tuples(rates, rates), min_size=2, max_size=40))
@quick
def test_swapping_the_variants_turns_the_sign(pairs: list[tuple[float, float]]) -> None:
    a, b = [p[0] for p in pairs], [p[1] for p in pairs]
    there, back = paired(a, b).difference(), paired(b, a).difference()
    assert there.low == pytest.approx(-back.high)
    assert there.estimate == pytest.approx(-(back.estimate or 0))
    assert there.low <= (there.estimate or 0) <= there.high
    assert there.low < there.high


@pytest.mark.parametrize("seed", range(5))
def test_adjusted_p_values_equal_those_of_the_libraries(seed: int) -> None:
    # Rounded, so that some are tied, and some of them 0 or 1.
    p = np.round(np.random.default_rng(seed).beta(0.5, 1, 12), 1)
    assert comparison.holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert comparison.benjamini_hochberg(p) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_no_p_values_are_adjusted_to_none() -> None:
    assert len(comparison.holm([])) == len(comparison.benjamini_hochberg([])) == 0


def test_cases_are_sorted_by_what_became_of_them() -> None:
    found = comparison.changes([0, 3, 1, 3, 0, 3], [3] * 6, [3, 0, 3, 3, 0, 2], [3] * 6)
    assert found == (
        Change.FIXED,
        Change.BROKEN,
        Change.FLICKERING,
        Change.STILL_PASSING,
        Change.STILL_FAILING,
        Change.FLICKERING,
    )


def test_cases_that_one_variant_did_not_run_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same cases"):
        comparison.changes([0, 1], [1, 1], [0, 0], [1, 0])
