"""What a plan can tell, before it runs: in sentences that agree with the statistics behind them."""

import pytest

from tests.building import Loop, loop
from workbench.domain.criteria import Measure
from workbench.evidence import outlook_words
from workbench.evidence.outlook_words import Reach
from workbench.store.store import Store


def line(made: Loop, n_cases: int, trials: int = 1) -> str:
    """The one sentence on a plan of one criterion."""
    (found,) = outlook_words.tells([Reach(made.criterion, n_cases)], trials)
    return found


def test_a_plan_says_what_it_would_show_to_be_met_and_to_be_missed(store: Store) -> None:
    said = line(loop(store, bar=0.8), 40)
    assert said.startswith("C1 (at least 80%): with 40 cases, a true rate of 94%")
    assert "one of 62% to be missed" in said
    assert "To show 85%, it takes 365 cases." in said


def test_too_few_cases_can_show_no_rate_to_be_met(store: Store) -> None:
    assert "no true rate would probably be shown to be met" in line(loop(store, bar=0.95), 40)


def test_a_limit_is_told_from_its_own_side(store: Store) -> None:
    said = line(loop(store, bar=0.2, measure=Measure.FAIL_RATE), 40)
    assert said.startswith("C1 (at most 20%): with 40 cases, a true rate of 6%")
    assert "one of 38% to be missed" in said


def test_criteria_with_the_same_bar_and_cases_share_a_sentence(store: Store) -> None:
    made = loop(store)
    found = outlook_words.tells([Reach(made.criterion, 40), Reach(made.criterion, 40)], 1)
    assert len(found) == 1
    assert found[0].startswith("C1, C1")


@pytest.mark.parametrize(("trials", "points"), [(1, 22), (3, 16)])
def test_more_trials_show_a_smaller_difference_between_variants(trials: int, points: int) -> None:
    assert f"a difference of {points} points" in outlook_words.difference(40, trials)


def test_repeated_trials_are_weighed_against_other_cases() -> None:
    assert outlook_words.split(40, 1) == ""
    assert "as much as one trial of 60 cases" in outlook_words.split(40, 3)
