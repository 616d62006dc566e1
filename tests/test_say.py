"""Numbers as people read them."""

from math import ceil, floor

import pytest

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.say import brief, count, money_ahead, rounded, stored_outputs
from workbench.scoring.checks import Subject, check


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (1200, "1,200 cases")]
)
def test_a_count_has_its_noun(number: int, said: str) -> None:
    assert count(number, "case") == said


@pytest.mark.parametrize(
    ("value", "limit", "decimals", "said"),
    [
        (88.6, 89, 0, "88.6"),
        (88.6, 88, 0, "89"),
        (89.0, 89, 0, "89"),
        (2.004, 2.0, 2, "2.004"),
        (1.996, 2.0, 2, "1.996"),
        (100 * 0.29, 29, 0, "29"),
        (0.00000012, 0.0000001, 6, "0.00000012"),
        (3.14159, None, 2, "3.14"),
    ],
)
def test_a_figure_is_not_rounded_across_its_limit(
    value: float, limit: float | None, decimals: int, said: str
) -> None:
    assert rounded(value, limit, decimals=decimals) == said


def test_bounds_are_rounded_outwards() -> None:
    assert rounded(85.9, 90, to=floor) == "85"
    assert rounded(89.2, 90, to=ceil) == "89.2"
    assert rounded(90.2, 90, to=floor) == "90.2"


def test_what_a_check_says_shows_which_side_of_the_limit_an_answer_is_on() -> None:
    slow = check(Scorer(ScorerKind.LATENCY, {"max_ms": 2000}), Subject("x", {}, 2004.0, None))
    assert slow.outcome is Outcome.FAIL
    assert slow.reason == "Took 2.004 s, at most 2 s are allowed."
    dear = check(Scorer(ScorerKind.COST, {"max_usd": 1e-7}), Subject("x", {}, None, 1.2e-7))
    assert dear.reason == "Cost $0.00000012, at most $0.0000001 is allowed."


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (None, "its price is not known"),
        ((0.0, 0.0), "free"),
        ((0.25, 1.5), "about $0.25, at most $1.50"),
    ],
)
def test_what_a_call_will_cost_is_likely_and_at_most(
    cost: tuple[float, float] | None, said: str
) -> None:
    assert money_ahead(cost) == said


def test_a_plural_that_takes_more_than_an_s_is_given() -> None:
    assert count(1, "criterion", "criteria") == "1 criterion"
    assert count(2, "criterion", "criteria") == "2 criteria"


def test_stored_outputs_are_said_with_the_verb_that_fits() -> None:
    assert stored_outputs(1) == "1 stored output was"
    assert stored_outputs(1200) == "1,200 stored outputs were"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("short", "short"),
        ("exactly ten", "exactly…"),
        ("two\nlines", "two lines"),
        ("a" * 9, "a" * 9),
    ],
)
def test_a_text_that_was_cut_shows_that_it_was(text: str, said: str) -> None:
    assert brief(text, 9) == said
