"""What is wrong with a scorer's settings is said, and nothing is said of those that are right."""

from typing import Any

import pytest

from workbench.domain.criteria import Scorer, ScorerKind, problem_with

Kind = ScorerKind


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Kind.LENGTH, {"max": 5}),
        (Kind.LENGTH, {"unit": "words", "min": 0}),
        (Kind.LENGTH, {"unit": "characters", "min": 3, "max": 3}),
        (Kind.LENGTH, {"unit": "sentences", "max": 0}),
        (Kind.CONTAINS, {"texts": ["a"]}),
        (Kind.CONTAINS, {"texts": ["a", " "], "mode": "any", "exact": True}),
        (Kind.NOT_CONTAINS, {"texts": ("a",), "ignore_case": False}),
        (Kind.EQUALS, {}),
        (Kind.REGEX, {"pattern": "a"}),
        (Kind.JSON_SCHEMA, {}),
        (Kind.REFUSAL, {}),
        (Kind.REFUSAL, {"expected": "answers", "phrases": ["no"]}),
        (Kind.LATENCY, {"max_ms": 1}),
        (Kind.COST, {"max_usd": 0.01}),
        (Kind.RATING, {"scale": [1, 5], "passes_from": 5}),
    ],
)
def test_settings_that_are_whole_have_no_problem(kind: Kind, settings: dict[str, Any]) -> None:
    assert problem_with(Scorer(kind, settings)) == ""


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (Kind.LENGTH, {"unit": "lines", "max": 5}, "unit is not words, characters or sentences"),
        (Kind.LENGTH, {"unit": "words"}, "neither a shortest nor a longest"),
        (Kind.LENGTH, {"min": -1}, "not whole numbers"),
        (Kind.LENGTH, {"max": 2.5}, "not whole numbers"),
        (Kind.LENGTH, {"max": True}, "not whole numbers"),
        (Kind.LENGTH, {"min": 4, "max": 3}, "shortest length is above its longest"),
        (Kind.CONTAINS, {"texts": [" "]}, "names no text"),
        (Kind.CONTAINS, {"texts": "a"}, "names no text"),
        (Kind.CONTAINS, {"texts": ["a"], "mode": "some"}, "neither “all” nor “any”"),
        (Kind.REGEX, {"pattern": " "}, "no pattern"),
        (Kind.REFUSAL, {"expected": "maybe"}, "expects neither"),
        (Kind.LATENCY, {"max_ms": 0}, "“max_ms”, a number above 0"),
        (Kind.COST, {"max_usd": True}, "“max_usd”, a number above 0"),
        (Kind.JSON_SCHEMA, {"schema": []}, "not a JSON object"),
        (Kind.EQUALS, {"texts": ["a"]}, "“texts” is not a setting of equals"),
        (Kind.RATING, {"passes_from": 3}, "but no scale"),
        (Kind.RATING, {"scale": [1, 5]}, "lowest score, the highest"),
        (Kind.RATING, {"scale": [1, 5], "passes_from": 1}, "lies above the lowest score"),
        (Kind.RATING, {"scale": [1, 5], "passes_from": 6}, "up to the highest"),
    ],
)
def test_a_problem_is_said(kind: Kind, settings: dict[str, Any], said: str) -> None:
    assert said in problem_with(Scorer(kind, settings))
