"""Checks judge by code: pass or fail with the reason, unscored when they cannot, never a crash."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import pace
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.kinds.entry import By
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import InputError
from workbench.scoring.checks import Subject, check, refuse_unusable

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
Kind = ScorerKind
NAMES = {"order": "TB-77", "empty": "", "reference": "Yes"}
SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def judged(
    kind: ScorerKind,
    given: dict[str, Any],
    output: str,
    latency_ms: float | None = None,
    cost: float | None = None,
    names: dict[str, str] | None = None,
) -> Judgement:
    """What a check with these settings says of an output."""
    subject = Subject(output, NAMES if names is None else names, latency_ms, cost)
    return check(Scorer(kind, given), subject)


@pytest.mark.parametrize(
    ("kind", "given", "output", "outcome", "reason"),
    [
        (Kind.CONTAINS, {"texts": ["yes"]}, "Oh YES", PASS, "Contains “yes”."),
        (Kind.CONTAINS, {"texts": ["yes"], "ignore_case": False}, "Oh YES", FAIL, "not contain"),
        (Kind.CONTAINS, {"texts": ["a", "b"]}, "a", FAIL, "Does not contain “b”."),
        (Kind.CONTAINS, {"texts": ["a", "b"], "mode": "any"}, "b", PASS, "Contains “b”."),
        (Kind.CONTAINS, {"texts": ["a", "b"], "mode": "any"}, "c", FAIL, "none of “a”, “b”."),
        (Kind.CONTAINS, {"texts": ["{{order}}"]}, "Order TB-77.", PASS, "Contains “TB-77”."),
        (Kind.CONTAINS, {"texts": ["{{order}}"]}, "Order TB-78.", FAIL, "“TB-77”"),
        (Kind.CONTAINS, {"texts": ["{{empty}}"]}, "any", UNSCORED, "gives no value"),
        (Kind.CONTAINS, {"texts": ["{{nobody}}"]}, "any", UNSCORED, "nobody"),
        (Kind.CONTAINS, {"texts": ["{{"]}, "{{", UNSCORED, "could not be filled in"),
        (Kind.CONTAINS, {"texts": ["{"]}, "a {", PASS, "Contains “{”."),
        (Kind.NOT_CONTAINS, {"texts": ["refund"]}, "Sorry.", PASS, "none of “refund”"),
        (Kind.NOT_CONTAINS, {"texts": ["refund"]}, "A Refund!", FAIL, "Contains “refund”."),
        (Kind.NOT_CONTAINS, {"texts": ["{{empty}}"]}, "any", UNSCORED, "gives no value"),
        (Kind.EQUALS, {}, " yes. ", PASS, "Equals “Yes”."),
        (Kind.EQUALS, {}, "no", FAIL, "Says “no”, expected “Yes”."),
        (Kind.EQUALS, {"text": "{{order}}"}, "**tb-77**", PASS, "Equals “TB-77”."),
        (Kind.EQUALS, {"text": "ok"}, "okay", FAIL, "expected “ok”"),
        (Kind.REGEX, {"pattern": r"TB-\d+"}, "see TB-77", PASS, "“TB-77” matches"),
        (Kind.REGEX, {"pattern": r"TB-\d+"}, "see tb-77", FAIL, "Nothing matches"),
        (Kind.REGEX, {"pattern": "tb", "ignore_case": True}, "TB", PASS, "matches"),
        (Kind.REGEX, {"pattern": "x", "must_match": False}, "y", PASS, "Nothing matches"),
        (Kind.REGEX, {"pattern": "x", "must_match": False}, "x", FAIL, "matches"),
        (Kind.REGEX, {"pattern": "("}, "y", UNSCORED, "cannot be used"),
        (Kind.REGEX, {"pattern": r"(a)\1"}, "aa", UNSCORED, "cannot be used"),
        (Kind.LENGTH, {"max": 2}, "one two", PASS, "2 words."),
        (Kind.LENGTH, {"max": 1}, "one two", FAIL, "2 words, at most 1 are allowed."),
        (Kind.LENGTH, {"min": 3}, "one two", FAIL, "2 words, at least 3 are wanted."),
        (Kind.LENGTH, {"unit": "characters", "min": 3, "max": 3}, " abc ", PASS, "3 characters."),
        (Kind.LENGTH, {"unit": "sentences", "max": 2}, "A. “B!” C?", FAIL, "3 sentences"),
        (Kind.LENGTH, {"unit": "sentences", "max": 2}, "Well… 3.5 is it. no end", FAIL, "3 sent"),
        (Kind.LENGTH, {"max": 1}, "", PASS, "0 words."),
        (Kind.JSON_SCHEMA, {}, '{"a": 1}', PASS, "Is valid JSON."),
        (Kind.JSON_SCHEMA, {}, "Sure! {}", FAIL, "Is not valid JSON"),
        (Kind.JSON_SCHEMA, {"schema": SCHEMA}, '{"n": 1}', PASS, "fits the schema"),
        (Kind.JSON_SCHEMA, {"schema": SCHEMA}, '{"n": "1"}', FAIL, "at n:"),
        (Kind.JSON_SCHEMA, {"schema": SCHEMA}, "{}", FAIL, "at the top:"),
        (Kind.JSON_SCHEMA, {"schema": {"type": "nonsense"}}, "{}", UNSCORED, "cannot be used"),
    ],
)
def test_a_check_says_what_it_saw(
    kind: ScorerKind, given: dict[str, Any], output: str, outcome: Outcome, reason: str
) -> None:
    found = judged(kind, given, output)
    assert found.outcome is outcome
    assert reason in found.reason


@pytest.mark.parametrize(
    ("kind", "given", "measured", "outcome"),
    [
        (Kind.LATENCY, {"max_ms": 1500}, {"latency_ms": 1500.0}, PASS),
        (Kind.LATENCY, {"max_ms": 1500}, {"latency_ms": 1500.1}, FAIL),
        (Kind.LATENCY, {"max_ms": 1500}, {}, UNSCORED),
        (Kind.COST, {"max_usd": 0.01}, {"cost": 0.01}, PASS),
        (Kind.COST, {"max_usd": 0.01}, {"cost": 0.011}, FAIL),
        (Kind.COST, {"max_usd": 0.01}, {}, UNSCORED),
    ],
)
def test_time_and_money_are_measured_and_unscored_when_unknown(
    kind: ScorerKind, given: dict[str, Any], measured: dict[str, float], outcome: Outcome
) -> None:
    found = judged(kind, given, "any", **measured)
    assert found.outcome is outcome
    assert found.value == next(iter(measured.values()), None)
    assert found.reason


def test_a_case_without_a_reference_is_unscored_and_not_equal() -> None:
    found = judged(Kind.EQUALS, {}, "", names={"reference": ""})
    assert found.outcome is UNSCORED


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ('```json\n{"n": 1}\n```', PASS),
        ('```\n{"n": 1}\n```', PASS),
        ('  ```json\n{"n": 1}\n```  ', PASS),
        ('```json\n{"n": 1}\n```\n```json\n{"n": 2}\n```', FAIL),
        ('Here:\n```json\n{"n": 1}\n```', FAIL),
        ('```json\n{"n": 1}', FAIL),
        ("```", FAIL),
    ],
)
def test_json_in_one_fence_is_read_and_anything_around_it_fails(
    output: str, outcome: Outcome
) -> None:
    assert judged(Kind.JSON_SCHEMA, {"schema": SCHEMA}, output).outcome is outcome


@pytest.mark.parametrize(
    "output",
    ["NaN", "[Infinity]", '{"n": -Infinity}', '{"a": [1, NaN]}'],
)
@pytest.mark.parametrize("given", [{}, {"schema": {"type": "object"}}], ids=["any", "schema"])
def test_numbers_that_json_has_not_are_refused(given: dict[str, Any], output: str) -> None:
    found = judged(Kind.JSON_SCHEMA, given, output)
    assert found.outcome is FAIL
    assert "Is not valid JSON" in found.reason


@pytest.mark.parametrize(
    "output",
    [
        "[" * 200_000,
        "[" * 900 + "]" * 900,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "9" * 100_000,
        '"\\ud800"',
        '{"\\ud800": 1}',
        '{"n": [1, -1e999]}',
        json.dumps([{"a": n} for n in range(3000)]),
    ],
    ids=["open", "nested", "deep", "long", "surrogate", "surrogate key", "huge", "many"],
)
@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"uniqueItems": True}], ids=str)
def test_hostile_json_is_judged_in_time(schema: dict[str, Any], output: str) -> None:
    assert judged(Kind.JSON_SCHEMA, {"schema": schema}, output).reason
    assert pace.is_at_most(200, lambda: judged(Kind.JSON_SCHEMA, {"schema": schema}, output))


@contextmanager
def without_network() -> Iterator[list[object]]:
    """What tried to connect anywhere while the block ran: the operating system's own hook."""
    tried: list[object] = []
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    socket.socket.connect = connect  # type: ignore[method-assign]  # a door, not our own code
    try:
        yield tried
    finally:
        socket.socket.connect = original  # type: ignore[method-assign]  # put back


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$schema"])
@pytest.mark.parametrize("kind", ["http", "file"])
def test_a_schema_that_points_elsewhere_is_never_fetched(keyword: str, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, without_network() as tried:
        listener.settimeout(0.05)
        where = f"http://127.0.0.1:{listener.getsockname()[1]}/x.json"
        address = where if kind == "http" else "file:///etc/hostname"
        found = judged(Kind.JSON_SCHEMA, {"schema": {keyword: address}}, '{"n": 1}')
        with pytest.raises(TimeoutError):
            listener.accept()
    assert found.outcome is UNSCORED
    assert tried == []


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert judged(Kind.JSON_SCHEMA, {"schema": schema}, "{}").reason


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        "(a|aa)+$",
        "([a-zA-Z]+)*$",
        "(.*a){20}$",
        r"^(\w+\s?)*$",
    ],
)
def test_patterns_that_explode_elsewhere_are_fast(pattern: str) -> None:
    text = "a" * 100_000 + "!"
    assert judged(Kind.REGEX, {"pattern": pattern}, text).outcome in (PASS, FAIL)
    assert pace.is_at_most(20, lambda: judged(Kind.REGEX, {"pattern": pattern}, text))


@pytest.mark.parametrize("unit", ["words", "characters", "sentences"])
@pytest.mark.parametrize("text", [".", "a.", '."', "a", " ", "-a", "。」"], ids=repr)
def test_a_megabyte_of_one_thing_is_counted_in_time(unit: str, text: str) -> None:
    output = text * (1_000_000 // len(text)) + "x"
    assert judged(Kind.LENGTH, {"unit": unit, "max": 10}, output).value
    assert pace.is_at_most(200, lambda: judged(Kind.LENGTH, {"unit": unit, "max": 10}, output))


SCORERS = st.sampled_from(
    [
        Scorer(Kind.CONTAINS, {"texts": ["a", "{{order}}"]}),
        Scorer(Kind.NOT_CONTAINS, {"texts": ["a"]}),
        Scorer(Kind.EQUALS),
        Scorer(Kind.REGEX, {"pattern": r"\w+\s(a|b)*$"}),
        Scorer(Kind.LENGTH, {"unit": "words", "max": 3}),
        Scorer(Kind.LENGTH, {"unit": "sentences", "min": 1}),
        Scorer(Kind.JSON_SCHEMA, {}),
        Scorer(Kind.JSON_SCHEMA, {"schema": SCHEMA}),
        Scorer(Kind.LATENCY, {"max_ms": 5}),
        Scorer(Kind.COST, {"max_usd": 1}),
    ]
)
JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).map(json.dumps)


@given(scorer=SCORERS, output=st.text() | JSON_TEXT | JSON_TEXT.map("```json\n{}\n```".format))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_check_never_raises_whatever_the_output(scorer: Scorer, output: str) -> None:
    found = check(scorer, Subject(output, NAMES, 1.0, None))
    assert found.reason


@given(pattern=st.text(max_size=20), output=st.text())
@settings(max_examples=200, deadline=None)
def test_a_check_never_raises_whatever_the_pattern(pattern: str, output: str) -> None:
    assert judged(Kind.REGEX, {"pattern": pattern}, output).reason


@given(text=st.text(max_size=20), output=st.text(), value=st.text())
@settings(max_examples=200, deadline=None)
def test_a_check_never_raises_whatever_the_case_says(text: str, output: str, value: str) -> None:
    names = {"order": value, "reference": value}
    for kind, given_settings in (
        (Kind.CONTAINS, {"texts": [text, "{{order}}"]}),
        (Kind.EQUALS, {"text": text}),
    ):
        assert judged(kind, given_settings, output, names=names).reason


@pytest.mark.parametrize(
    "scorer",
    [
        Scorer(Kind.REGEX, {"pattern": "(?=a)"}),
        Scorer(Kind.JSON_SCHEMA, {"schema": {"type": "nonsense"}}),
        Scorer(Kind.JSON_SCHEMA, {"schema": {"$ref": "http://127.0.0.1:9/x"}}),
    ],
    ids=lambda scorer: str(scorer.settings),
)
def test_a_scorer_that_could_never_be_computed_is_refused_when_it_is_written(
    scorer: Scorer,
) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        refuse_unusable(scorer)


def test_every_kind_of_check_has_its_code() -> None:
    usable = {
        Kind.CONTAINS: {"texts": ["a"]},
        Kind.NOT_CONTAINS: {"texts": ["a"]},
        Kind.REGEX: {"pattern": "a"},
        Kind.LENGTH: {"max": 1},
        Kind.LATENCY: {"max_ms": 1},
        Kind.COST: {"max_usd": 1},
        Kind.STARTS_WITH: {"texts": ["a"]},
        Kind.ENDS_WITH: {"texts": ["a"]},
        Kind.ONE_OF: {"texts": ["a"]},
        Kind.ORDERED: {"texts": ["a"]},
        Kind.SIMILAR: {"similarity": 0.5},
        Kind.ITEMS: {"min": 1},
        Kind.JSON_PATH: {"path": "a"},
        Kind.LANGUAGE: {"languages": ["en"]},
        Kind.READABILITY: {"max_lix": 40},
        Kind.ALL_OF: {"checks": [{"kind": "equals"}]},
        Kind.ANY_OF: {"checks": [{"kind": "equals"}]},
        Kind.NONE_OF: {"checks": [{"kind": "equals"}]},
        Kind.AT_LEAST: {"checks": [{"kind": "equals"}], "least": 1},
        Kind.PYTHON: {"file": "not_there.py"},
    }
    for kind in ScorerKind:
        if kind.by is By.CODE:
            assert judged(kind, usable.get(kind, {}), "a").reason
