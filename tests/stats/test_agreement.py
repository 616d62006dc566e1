"""Agreement of scorers, against published examples and a second calculation."""

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from workbench.stats import agreement
from workbench.stats.clusters import group_numbers


def said(table: list[list[int]]) -> tuple[list[float], list[float]]:
    """Two scorers' words, from the table of what each said (rows: the first)."""
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [float(i) for i, _ in pairs], [float(j) for _, j in pairs]


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Wikipedia, "Cohen's kappa", simple example: two readers of fifty grant proposals.
        ([[20, 5], [10, 15]], 0.40),
        # Feinstein and Cicchetti (1990), table 1: the same agreement of 85%, two kappas.
        ([[40, 9], [6, 45]], 0.70),
        ([[80, 10], [5, 5]], 0.32),
    ],
)
def test_kappa_is_that_of_published_examples(table: list[list[int]], kappa: float) -> None:
    a, b = said(table)
    found = agreement.cohen(a, b, np.arange(len(a)), 0.95)
    assert found.estimate == pytest.approx(kappa, abs=0.005)
    reference = cohens_kappa(np.array(table))
    assert (found.low, found.high) == pytest.approx((reference.kappa_low, reference.kappa_upp))


def test_answers_to_one_case_widen_the_interval_of_kappa() -> None:
    a, b = said([[20, 5], [10, 15]])
    each = [10 * word for word in ([n] for n in a)], [10 * word for word in ([n] for n in b)]
    many_a = [word for group in each[0] for word in group]
    many_b = [word for group in each[1] for word in group]
    groups = group_numbers([str(i // 10) for i in range(len(many_a))])
    alone = agreement.cohen(a, b, np.arange(len(a)), 0.95)
    copied = agreement.cohen(many_a, many_b, groups, 0.95)
    assert copied.estimate == pytest.approx(alone.estimate)
    assert copied.low is not None
    assert alone.low is not None
    # As wide as for the fifty cases, and not as for five hundred answers (a third of that).
    assert copied.low == pytest.approx(alone.low, abs=0.06)


def test_observed_agreement_has_both_bounds_at_once() -> None:
    found = agreement.observed([1.0] * 20, [1.0] * 19 + [0.0], np.arange(20), 0.95)
    # Clopper-Pearson, 19 of 20: 75.13% to 99.87% (two-sided 95%).
    assert found.estimate == pytest.approx(0.95)
    assert (found.low, found.high) == pytest.approx((0.7513, 0.9987), abs=5e-4)


# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section D.
CODED: list[list[float | None]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(("is_scale", "alpha"), [(False, 0.743), (True, 0.849)])
def test_alpha_is_that_of_the_published_example(is_scale: bool, alpha: float) -> None:
    found = agreement.krippendorff(CODED, np.arange(12), 0.95, is_scale=is_scale)
    assert found.estimate == pytest.approx(alpha, abs=5e-4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < alpha < found.high


def test_one_and_the_same_word_throughout_says_nothing_beyond_chance() -> None:
    ones = [1.0] * 30
    assert agreement.cohen(ones, ones, np.arange(30), 0.95) == agreement.UNTOLD
    assert agreement.krippendorff([ones, ones], np.arange(30), 0.95) == agreement.UNTOLD


def test_scorers_who_never_met_have_no_alpha() -> None:
    assert agreement.krippendorff([[1, None], [None, 0]], np.arange(2), 0.95) == agreement.UNTOLD


def test_a_scorer_that_says_one_word_throughout_agrees_no_better_than_chance() -> None:
    """The variance is 0 but for its last digit, which may be below 0."""
    found = agreement.cohen([1.0] * 100, [1.0] * 90 + [0.0] * 10, np.arange(100), 0.95)
    assert found == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("is_scale", [False, True])
def test_drawing_groups_of_one_item_each_comes_close_to_krippendorffs_own_bootstrap(
    is_scale: bool,
) -> None:
    rng = np.random.default_rng(3)
    first = rng.integers(1, 6, 120).astype(float)
    second = np.where(rng.random(120) < 0.7, first, rng.integers(1, 6, 120))
    words = [list(first), list(second)]
    own = agreement.krippendorff(words, np.arange(120), 0.95, is_scale=is_scale)
    # One pair of items is one group, so groups are drawn: nearly the same items.
    drawn = agreement.krippendorff(words, np.minimum(np.arange(120), 118), 0.95, is_scale=is_scale)
    assert drawn.estimate == own.estimate
    for one, other in zip(drawn[1:], own[1:], strict=True):
        assert one == pytest.approx(other, abs=0.04)


@pytest.mark.parametrize("is_scale", [False, True])
def test_answers_to_one_case_widen_the_interval_of_alpha(is_scale: bool) -> None:
    first = [1.0, 0.0] * 20
    second = [1.0, 0.0] * 14 + [0.0, 1.0] * 6
    words = [np.repeat(first, 5).tolist(), np.repeat(second, 5).tolist()]
    apart = agreement.krippendorff(words, np.arange(200), 0.95, is_scale=is_scale)
    together = agreement.krippendorff(words, np.arange(200) // 5, 0.95, is_scale=is_scale)
    assert together.estimate == apart.estimate
    assert _width(together) > 1.8 * _width(apart)


def _width(found: agreement.Chance) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


# Fleiss (1971) on Wikipedia: ten subjects, fourteen raters, five categories.
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


def test_fleiss_kappa_is_that_of_the_published_example() -> None:
    items = [np.repeat(np.arange(5.0), times).tolist() for times in FLEISS]
    found = agreement.fleiss(list(zip(*items, strict=True)), np.arange(10), 0.95)
    assert found.kappa.estimate == pytest.approx(0.210, abs=5e-4)
    assert (found.n, found.scorers) == (10, 14)
    assert found.kappa.low is not None
    assert found.kappa.high is not None
    assert found.kappa.low < 0.210 < found.kappa.high


def test_fleiss_kappa_is_over_items_that_as_many_scored() -> None:
    three: list[float | None] = [1.0, 0.0, None, None, None]
    words = [[1.0, 0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0, 0.0], three]
    found = agreement.fleiss(words, np.arange(5), 0.95)
    assert (found.n, found.scorers) == (3, 2)
    # 1-1, 0-0, 1-0: agreed on 2/3, by chance on 1/2.
    assert found.kappa.estimate == pytest.approx((2 / 3 - 1 / 2) / (1 / 2))


def test_answers_to_one_case_widen_the_interval_of_fleiss_kappa() -> None:
    words = [np.repeat([1.0, 0.0] * 20, 5).tolist(), np.repeat([1.0, 0.0] * 14 + [0.0, 1.0] * 6, 5)]
    apart = agreement.fleiss(words, np.arange(200), 0.95).kappa
    together = agreement.fleiss(words, np.arange(200) // 5, 0.95).kappa
    assert together.estimate == apart.estimate
    assert _width(together) > 1.8 * _width(apart)


def test_fleiss_of_scorers_who_never_met_says_nothing() -> None:
    assert agreement.fleiss([[1, None], [None, 0]], np.arange(2), 0.95).kappa == agreement.UNTOLD


def test_weighted_kappa_counts_scores_that_lie_close_as_nearly_the_same() -> None:
    table = [[12, 3, 1], [2, 9, 4], [0, 3, 16]]
    a, b = said(table)
    found = agreement.cohen(a, b, np.arange(len(a)), 0.95, is_scale=True)
    reference = cohens_kappa(np.array(table), wt="fc")
    assert found.estimate == pytest.approx(reference.kappa)
    assert (found.low, found.high) == pytest.approx((reference.kappa_low, reference.kappa_upp))
    plain = agreement.cohen(a, b, np.arange(len(a)), 0.95)
    assert plain.estimate is not None
    assert found.estimate is not None
    assert found.estimate > plain.estimate


def test_weighted_kappa_goes_by_the_scores_and_not_by_their_rank() -> None:
    a, b = said([[12, 3, 1], [2, 9, 4], [0, 3, 16]])
    scores = [1.0, 2.0, 5.0]
    first, second = [scores[int(i)] for i in a], [scores[int(i)] for i in b]
    found = agreement.cohen(first, second, np.arange(len(a)), 0.95, is_scale=True)
    far = np.subtract.outer(scores, scores) ** 2 / 16
    reference = cohens_kappa(np.array([[12, 3, 1], [2, 9, 4], [0, 3, 16]]), far)
    assert found.estimate == pytest.approx(reference.kappa)
    # Of answers that hang together it comes to the same, by a bootstrap.
    groups = np.arange(len(a)) // 2
    together = agreement.cohen(first, second, groups, 0.95, is_scale=True)
    assert together.estimate == pytest.approx(found.estimate)
