"""Shares at the very ends print as people say them, and never as what they are not."""

from math import ceil, floor

import pytest

from workbench import say
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.criterion_changes import differences
from workbench.evidence.words import figures

NEARLY_ALL = 0.99999999998
HARDLY_ANY = 1 - NEARLY_ALL


def test_a_bound_that_is_an_end_but_for_its_computing_is_said_as_the_end() -> None:
    assert figures.percent(NEARLY_ALL, ceil) == "100%"
    assert figures.percent(HARDLY_ANY, floor) == "0%"


def test_an_inward_bound_claims_no_more_than_it_holds() -> None:
    assert figures.percent(NEARLY_ALL, floor) == "99.9999%"
    assert figures.percent(HARDLY_ANY, ceil) == "0.0001%"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.999997, "99.9997%"), (0.000003, "0.0003%"), (0.9999, "99.99%"), (1.0, "100%"), (0.0, "0%")],
)
def test_a_rate_of_a_million_answers_keeps_its_digits(share: float, said: str) -> None:
    assert figures.percent(share) == said


def test_a_bound_beside_its_bar_shows_its_side_of_it() -> None:
    assert figures.percent(0.9999995, ceil, bar=0.9999999) != "100%"
    assert figures.percent(0.99999999, ceil, bar=1.0) != "100%"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.95, "95%"),
        (0.999, "99.9%"),
        (0.29, "29%"),
        (0.99999999, "99.999999%"),
        (NEARLY_ALL, "over 99.999999%"),
        (HARDLY_ANY, "under 0.000001%"),
        (0.07 + 1e-13, "7%"),
        (1.0, "100%"),
        (0.0, "0%"),
    ],
)
def test_what_was_chosen_is_said_exactly_or_as_what_lies_beyond(share: float, said: str) -> None:
    assert say.level(share) == said


def test_the_history_says_a_bar_as_the_rest_does() -> None:
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["hello"]})
    before, after = (CriterionDraft("Greets", scorer, bar=bar) for bar in (0.9, NEARLY_ALL))
    assert differences(before, after) == ("bar at least 90% → at least over 99.999999%",)
