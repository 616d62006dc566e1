"""Figures by the rules that write them: what stands beside what, and how it is rounded."""

from dataclasses import replace
from math import ceil, floor

import pytest

from tests.evidence.test_words import FIVE_POINTS, found
from workbench import say
from workbench.domain.criteria import Measure, Scale
from workbench.domain.verdicts import CriterionVerdict, Repeated, Unit
from workbench.evidence.words import figures


def other(by_answer: float | None, value: float = 0.85, bar: float = 0.8) -> CriterionVerdict:
    """A verdict whose estimate has another weighting."""
    verdict = found(18, 2, bar=bar)
    estimate = replace(verdict.estimate, value=value, by_answer=by_answer)
    return replace(verdict, estimate=estimate)


@pytest.mark.parametrize(
    ("by_answer", "said"),
    [
        (None, ""),
        (0.85, ""),
        (0.869, ""),
        (0.8701, "87%"),
        (0.83, "83%"),
        (0.831, ""),
        # On the other side of the bar, however near.
        (0.7999, "79.99%"),
    ],
)
def test_another_weighting_is_said_where_it_says_something_else(
    by_answer: float | None, said: str
) -> None:
    assert figures.other_weighting(other(by_answer)) == said


def test_what_crosses_the_bar_by_a_hair_is_said() -> None:
    assert figures.other_weighting(other(0.799, value=0.8)) == "79.9%"
    assert figures.other_weighting(other(0.8, value=0.799)) == "80%"
    assert figures.other_weighting(other(0.81, value=0.8)) == ""


def test_the_other_weighting_stands_in_the_figure() -> None:
    assert figures.figure(other(0.9)).endswith("; answer by answer 90%)")
    assert "answer by answer" not in figures.figure(other(0.86))
    nothing = other(0.9)
    nothing = replace(nothing, estimate=replace(nothing.estimate, value=None))
    assert figures.other_weighting(nothing) == ""


@pytest.mark.parametrize(
    ("unit", "clusters", "said"),
    [
        (Unit.CASE, 12, "20 cases"),
        (Unit.GROUP, 12, "12 groups of 20 cases"),
        (Unit.GROUP, 1, "1 group of 20 cases"),
        (Unit.INPUT, 12, "12 different inputs of 20 cases"),
        (Unit.GROUP, 20, "20 cases"),
    ],
)
def test_the_design_says_what_counts_once(unit: Unit, clusters: int, said: str) -> None:
    verdict = found(18, 2)
    estimate = replace(verdict.estimate, unit=unit, n_clusters=clusters)
    assert figures.design(replace(verdict, estimate=estimate)) == said


def test_the_design_says_trials_and_what_is_missing() -> None:
    assert figures.design(found(1, 0)) == "1 case"
    assert figures.design(found(18, 2, trials=3)) == "20 cases, 60 trials"
    assert figures.design(found(18, 2, 2, trials=3)) == "20 cases, 60 trials, 6 unscored"


def test_asking_again_is_said_for_each_number_of_times() -> None:
    said = figures.repeated((Repeated(0.9, 0.811, 0.951), None, Repeated(0.7, 0.519, 0.801)))
    assert said == "1×: 90% (81% to 96%) · 3×: 70% (51% to 81%)"
    assert figures.repeated(()) == ""


@pytest.mark.parametrize(
    ("share", "to", "said"),
    [
        (0.9049, round, "90%"),
        (0.9049, ceil, "91%"),
        (0.9051, floor, "90%"),
        (0.01, round, "1%"),
        (0.99, round, "99%"),
        (0.0099, round, "1.0%"),
        (0.0094, round, "0.9%"),
        (0.9906, round, "99.1%"),
        (0.00094, ceil, "0.10%"),
        (0.00094, floor, "0.09%"),
        (0.0, ceil, "0%"),
        (1.0, floor, "100%"),
    ],
)
def test_decimals_are_shown_where_whole_numbers_would_hide_something(
    share: float, to: figures.Rounding, said: str
) -> None:
    assert figures.percent(share, to) == said


def test_limits_are_rounded_so_that_they_hold() -> None:
    assert (figures.at_least(0.909), figures.at_most(0.901)) == ("90%", "91%")
    assert figures.of_hundred(0.909) == "91"
    assert figures.of_hundred(0.8999, bar=0.9) == "89.99"


def test_bounds_are_rounded_outwards() -> None:
    verdict = found(18, 2)
    estimate = replace(verdict.estimate, low=0.719, high=0.981)
    assert figures.span(replace(verdict, estimate=estimate)) == "71% to 99%"


@pytest.mark.parametrize(
    ("scale", "share", "said"),
    [
        (Scale(1, 5), 0.9, "4.6"),
        (Scale(1, 5), 0.9012, "4.6"),
        (Scale(1, 5), 0.909, "4.64"),
        (Scale(0, 100), 0.906, "91"),
        (Scale(0, 10), 0.9066, "9.1"),
        (Scale(0, 1), 0.9066, "0.91"),
        (Scale(0, 1000), 0.9014, "901"),
        (Scale(-1, 1), 0.25, "-0.5"),
    ],
)
def test_a_score_has_as_many_digits_as_its_scale_is_worth(
    scale: Scale, share: float, said: str
) -> None:
    assert figures.score(scale, share) == said


def test_scores_are_bounded_on_their_scale() -> None:
    verdict = found(18, 2, bar=0.75, measure=Measure.MEAN_SCORE)
    assert verdict.criterion.draft.scorer is FIVE_POINTS
    assert " on 1 to 5, each bound at 95%" in figures.figure(verdict)
    assert figures.ends(Scale(0.5, 10)) == "0.5 to 10"
    assert figures.score(Scale(1, 5), 0.9012, floor) == "4.6"
    assert figures.score(Scale(1, 5), 0.9012, ceil) == "4.61"


def test_what_somebody_chose_is_said_exactly() -> None:
    assert say.level(0.9975) == "99.75%"
    assert say.level(0.29) == "29%"


@pytest.mark.parametrize(
    ("share", "to", "said"),
    [
        (0.99999999998, floor, "99.9999%"),
        (0.99999999998, ceil, "100%"),
        (0.99999999998, round, "99.9999%"),
        (0.00000000002, floor, "0%"),
        (0.00000000002, ceil, "0.0001%"),
        (0.00000000002, round, "0.0001%"),
        (0.999997, round, "99.9997%"),
    ],
)
def test_a_share_is_said_as_people_say_it(share: float, to: figures.Rounding, said: str) -> None:
    assert figures.percent(share, to) == said


def test_a_bar_that_fine_is_still_told_from_what_misses_it() -> None:
    assert figures.percent(0.9999989, bar=0.999999) == "99.99989%"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.95, "95%"),
        (0.9725, "97.25%"),
        (0.99, "99%"),
        (1 - 0.05 / 120, "99.958%"),
        (1 - 2e-11, "over 99.9999%"),
        (1 - 5e-6, "over 99.9995%"),
    ],
)
def test_a_confidence_is_said_as_people_say_it(share: float, said: str) -> None:
    assert figures.confidence(share) == said
