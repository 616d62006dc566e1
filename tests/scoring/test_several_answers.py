"""A reference that is a list: any of its answers is right, and the reason says so."""

from pathlib import Path

import pytest

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.domain.values import Value
from workbench.exchange.tables import reading
from workbench.exchange.tables.mapping import guess_mapping, to_cases
from workbench.scoring.checks import Subject, check

CASE = Path(__file__).parent.parent / "cases/23-lists-become-text/cases.jsonl"
CITIES: Value = ["Paris", "paris, France"]


def judged(
    kind: ScorerKind, settings: dict[str, object], output: str, reference: Value, **names: Value
) -> tuple[Outcome, str]:
    """What a check thinks of an output, and why."""
    said = check(Scorer(kind, settings), Subject(output, {"reference": reference, **names}))
    return said.outcome, said.reason


def test_any_of_the_ideals_of_a_file_is_right() -> None:
    table = reading.read("cases.jsonl", CASE.read_bytes())
    (case,) = to_cases(table, guess_mapping(table))
    assert case.reference == ["Paris", "paris, France"]
    for output in ("Paris.", "Paris, France"):
        outcome, reason = judged(ScorerKind.EQUALS, {}, output, case.reference)
        assert (outcome, "one of 2 right answers" in reason) == (Outcome.PASS, True)
    outcome, reason = judged(ScorerKind.EQUALS, {}, "Lyon", case.reference)
    assert outcome is Outcome.FAIL
    assert reason == "Says “Lyon”, expected any of “Paris”, “paris, France”."


@pytest.mark.parametrize(
    ("kind", "settings", "output", "wanted"),
    [
        (ScorerKind.CONTAINS, {"texts": ["{{reference}}"]}, "It is Paris.", Outcome.PASS),
        (ScorerKind.CONTAINS, {"texts": ["{{reference}}"]}, "It is Lyon.", Outcome.FAIL),
        (ScorerKind.CONTAINS, {"texts": ["in {{ reference }}"]}, "Lives in Paris", Outcome.PASS),
        (ScorerKind.CONTAINS, {"texts": ["{{reference[1]}}"]}, "It is Paris.", Outcome.FAIL),
        (ScorerKind.CONTAINS, {"texts": ["{{reference|first}}"]}, "Paris", Outcome.PASS),
        (ScorerKind.NOT_CONTAINS, {"texts": ["{{reference}}"]}, "Say Paris", Outcome.FAIL),
        (ScorerKind.NOT_CONTAINS, {"texts": ["{{reference}}"]}, "Say Lyon", Outcome.PASS),
        (ScorerKind.EQUALS, {"text": "{{reference}}", "exact": True}, "Paris", Outcome.PASS),
        (ScorerKind.EQUALS, {"text": "{{reference}}", "exact": True}, "PARIS", Outcome.FAIL),
        (ScorerKind.EQUALS, {"text": "{{reference[0]}}"}, "paris", Outcome.PASS),
    ],
)
def test_a_list_is_any_of_its_answers_and_an_item_is_itself(
    kind: ScorerKind, settings: dict[str, object], output: str, wanted: Outcome
) -> None:
    assert judged(kind, settings, output, CITIES)[0] is wanted


def test_all_mode_wants_one_answer_of_the_reference_and_each_other_text() -> None:
    settings: dict[str, object] = {"texts": ["{{reference}}", "France"], "mode": "all"}
    assert judged(ScorerKind.CONTAINS, settings, "Paris in France", CITIES)[0] is Outcome.PASS
    outcome, reason = judged(ScorerKind.CONTAINS, settings, "Lyon", CITIES)
    assert outcome is Outcome.FAIL
    assert reason == "Does not contain any of “Paris”, “paris, France”, “France”."


def test_numbers_and_objects_of_a_reference_are_compared_as_text() -> None:
    assert judged(ScorerKind.EQUALS, {}, "42", [41, 42])[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("settings", "reference", "said"),
    [
        ({}, {"name": "Ada"}, "say which, such as {{ reference.name }}"),
        ({"text": "{{ items }}"}, "x", "“items” is a list, not a text: say which item"),
        ({"text": "{{ reference }} {{ reference[0] }}"}, ["a"], "as a whole and in parts"),
        ({}, [], "gives no value"),
        ({}, ["", None], "gives no value"),
    ],
)
def test_what_is_no_text_is_unscored_with_what_to_write(
    settings: dict[str, object], reference: Value, said: str
) -> None:
    outcome, reason = judged(ScorerKind.EQUALS, settings, "a", reference, items=["x"])
    assert outcome is Outcome.UNSCORED
    assert said in reason


def test_a_key_of_a_reference_is_a_text() -> None:
    settings: dict[str, object] = {"text": "{{ reference.name }}"}
    assert judged(ScorerKind.EQUALS, settings, "ada", {"name": "Ada"})[0] is Outcome.PASS
