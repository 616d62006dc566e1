"""Cases as arrays: what counts once, and what cannot be counted."""

import numpy as np
import pytest

from workbench.stats.clusters import (
    check_confidence,
    clusters,
    group_means,
    group_numbers,
    group_sums,
    unit_values,
)


def test_entries_of_one_group_have_one_number_and_the_others_their_own() -> None:
    assert group_numbers(["b", "", "a", "b", "", "a"]).tolist() == [0, 1, 2, 0, 3, 2]
    assert group_numbers(["", ""]).tolist() == [0, 1]
    assert group_numbers([]).tolist() == []


def test_an_entry_that_stands_for_many_has_as_many_numbers_unless_it_is_of_a_group() -> None:
    assert group_numbers(["", "a", "", "a"], [2, 2, 1, 3]).tolist() == [0, 1, 2, 2, 3, 2, 2, 2]
    assert group_numbers(["", ""], [2, 1]).tolist() == [0, 1, 2]


def test_labels_and_repeats_have_to_be_as_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        group_numbers(["a", "b"], [2])


def test_groups_are_summed_and_averaged_each_by_itself() -> None:
    values, groups = np.array([1.0, 0.0, 0.5, 1.0]), np.array([0, 1, 1, 0])
    assert group_sums(values, groups).tolist() == [2.0, 0.5]
    assert group_means(values, groups).tolist() == [1.0, 0.25]


def test_a_group_without_a_value_has_no_mean() -> None:
    assert group_means(np.array([0.5, 1.0]), np.array([0, 2])).tolist() == [0.5, 1.0]


def test_a_mean_that_rounding_pushed_past_its_end_is_that_end() -> None:
    assert group_means(np.array([1 + 1e-12, -1e-12]), np.array([0, 1])).tolist() == [1.0, 0.0]


def test_clusters_without_a_scored_trial_are_left_out() -> None:
    found = clusters([1, 0, 2], [2, 0, 2])
    assert (found.passes.tolist(), found.trials.tolist()) == ([1, 2], [2, 2])
    assert found.rates.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("passes", "trials"),
    [([3], [2]), ([-1], [2]), ([1], [float("inf")]), ([float("nan")], [1]), ([[1]], [[1]])],
)
def test_counts_that_cannot_be_are_refused(passes: list[float], trials: list[float]) -> None:
    with pytest.raises(ValueError, match="passes"):
        clusters(passes, trials)


@pytest.mark.parametrize("values", [[-0.1], [1.1], [float("nan")], [[0.5]]])
def test_values_outside_0_to_1_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        unit_values(values)


def test_the_ends_of_the_scale_are_values() -> None:
    assert unit_values([0, 1]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("confidence", [0.5, 1.0, 95.0, 0.0, float("nan")])
def test_a_confidence_lies_between_one_half_and_one(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        check_confidence(confidence)
    assert check_confidence(0.75) == 0.25
