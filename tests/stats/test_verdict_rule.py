"""Three answers from two bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.stats.intervals import pass_rate
from workbench.stats.verdict import Direction, Verdict, decide, of_interval


@pytest.mark.parametrize(
    ("hits", "cases", "bar", "direction", "expected"),
    [
        (18, 20, 0.80, "at_least", "not_enough_evidence"),
        (90, 100, 0.80, "at_least", "met"),
        (60, 100, 0.80, "at_least", "not_met"),
        (0, 60, 0.01, "at_most", "not_enough_evidence"),
        (0, 299, 0.01, "at_most", "met"),
        (20, 299, 0.01, "at_most", "not_met"),
        (28, 28, 0.90, "at_least", "not_enough_evidence"),
        (29, 29, 0.90, "at_least", "met"),
    ],
)
def test_counts_against_a_bar(
    hits: int, cases: int, bar: float, direction: Direction, expected: Verdict
) -> None:
    found = pass_rate([1] * hits + [0] * (cases - hits), [1] * cases)
    assert of_interval(found, bar, direction) == expected


@pytest.mark.parametrize("bar", [0.0, 0.8, 1.0])
@pytest.mark.parametrize("direction", ["at_least", "at_most"])
def test_no_case_is_never_enough_evidence(bar: float, direction: Direction) -> None:
    assert of_interval(pass_rate([], []), bar, direction) == "not_enough_evidence"


def test_the_worked_example_of_fifty_cases_does_not_settle_ninety_percent() -> None:
    found = pass_rate([3] * 44 + [2] * 2 + [1] * 2 + [0] * 2, [3] * 50)
    assert of_interval(found, 0.9) == "not_enough_evidence"


def test_a_bound_that_touches_the_bar_meets_it() -> None:
    assert decide(0.9, 0.95, 0.9) == "met"
    assert decide(0.8, 0.9, 0.9) == "not_enough_evidence"


def test_bounds_that_are_not_numbers_settle_nothing() -> None:
    assert decide(float("nan"), float("nan"), 0.9) == "not_enough_evidence"


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        decide(0.1, 0.2, 0.3, "above")  # type: ignore[arg-type]  # the point of the test


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_a_limit_is_the_mirror_of_a_bar(a: float, b: float, bar: float) -> None:
    low, high = min(a, b), max(a, b)
    assert decide(low, high, bar, "at_least") == decide(-high, -low, -bar, "at_most")
