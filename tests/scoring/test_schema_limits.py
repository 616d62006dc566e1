"""A JSON schema, however made, ends in time, holds nobody up, and says what it could not judge."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.liveness import share_while
from workbench.domain import json_text
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.fingerprint import canonical
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import InputError
from workbench.scoring import schemas
from workbench.scoring.checks import Subject, check, refuse_unusable
from workbench.scoring.schema_weight import weigh

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
ORDER = {
    "type": "object",
    "required": ["order", "items"],
    "properties": {
        "order": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "additionalProperties": False,
    "$defs": {"item": {"type": "object", "properties": {"n": {"type": "integer"}}}},
}


def scorer(schema: dict[str, Any]) -> Scorer:
    """A check of JSON against a schema."""
    return Scorer(ScorerKind.JSON_SCHEMA, {"schema": schema})


def judged(schema: dict[str, Any], output: str) -> Judgement:
    """What the check says of an output."""
    return check(scorer(schema), Subject(output, {}))


def doubling(levels: int, keyword: str, end: dict[str, Any] | None = None) -> dict[str, Any]:
    """A schema of which each part refers twice to the next."""
    parts: dict[str, Any] = {
        f"d{i}": {keyword: [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(levels)
    }
    parts[f"d{levels}"] = {"type": "integer"} if end is None else end
    return {"$ref": "#/$defs/d0", "$defs": parts}


def nested(levels: int) -> dict[str, Any]:
    """A schema that is so many levels deep."""
    found: dict[str, Any] = {}
    for _ in range(levels // 2):
        found = {"not": {"not": found}}
    return found


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short deadline, for what would take for ever: until it comes, a core is busy."""
    monkeypatch.setattr(schemas, "SECONDS", 0.5)


MANY = {"items": {"enum": [[i] for i in range(3_000)]}}


BOMBS = {
    "allOf doubled": (doubling(40, "allOf"), "1"),
    "anyOf doubled": (doubling(40, "anyOf"), "1.5"),
    "oneOf doubled": (doubling(40, "oneOf"), "1.5"),
    "if doubled": (
        doubling(40, "allOf") | {"if": {"$ref": "#/$defs/d0"}, "then": {"$ref": "#/$defs/d1"}},
        "1",
    ),
    "many lists to compare with": (MANY, json.dumps([[2_999]] * 20_000)),
    "exact division": ({"items": {"multipleOf": 1e-300}}, json.dumps([1.7e308] * 200_000)),
    "dependent": (
        {"dependentSchemas": {"a": {"$ref": "#/$defs/d0"}}} | doubling(40, "allOf", {}),
        '{"a": 1}',
    ),
}


@pytest.mark.slow
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", BOMBS)
def test_a_schema_that_would_take_for_ever_is_unscored_and_the_app_goes_on(name: str) -> None:
    schema, output = BOMBS[name]
    said: list[Judgement] = []
    share = share_while(lambda: said.append(judged(schema, output)))
    assert share > 0.2
    assert said[0].outcome is UNSCORED
    assert "stopped" in said[0].reason or "memory" in said[0].reason


def test_the_child_that_was_stuck_is_gone_and_the_next_check_is_answered() -> None:
    recursive = {"type": "array", "items": {"$ref": "#"}}
    assert judged(recursive, "[[], []]").outcome is PASS
    stuck = schemas.CHILD.pid
    assert stuck is not None
    assert judged(doubling(41, "allOf"), "1").outcome is UNSCORED
    assert not Path(f"/proc/{stuck}").exists()
    assert schemas.CHILD.pid is None
    assert judged(recursive, "[[], [3]]").outcome is FAIL


@pytest.mark.slow
@pytest.mark.usefixtures("hurried")
def test_a_schema_that_was_stopped_three_times_is_not_tried_any_more() -> None:
    schema = doubling(42, "allOf")
    reasons = [judged(schema, "1").reason for _ in range(5)]
    assert all("stopped" in reason for reason in reasons)
    assert "not tried any more" not in reasons[2]
    assert "not tried any more" in reasons[3]
    assert schemas.CHILD.pid is None


@pytest.mark.slow
def test_one_output_that_takes_too_long_leaves_the_others_their_scores() -> None:
    schema = MANY | {"title": "Another schema"}
    assert judged(schema, json.dumps([[2_999]] * 20_000)).outcome is UNSCORED
    assert judged(schema, "[[2999], [7]]").outcome is PASS
    assert judged(schema, "[[2999], [3000]]").outcome is FAIL


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf"])
def test_a_doubled_schema_is_judged_as_far_as_that_takes_no_time(word: str) -> None:
    assert judged(doubling(5, word), "1.5").outcome is FAIL
    assert judged(doubling(5, "allOf"), "1").outcome is PASS


def test_ordinary_schemas_are_judged_without_a_child() -> None:
    schemas.CHILD.close()
    for n in (1, 30, 300):
        items = ", ".join(f'{{"n": {i}}}' for i in range(n))
        assert judged(ORDER, f'{{"order": "TB-1234", "items": [{items}]}}').outcome is PASS
        misfit = judged(ORDER, f'{{"order": "TB-1234", "items": [{items}, {{"n": "x"}}]}}')
        assert misfit.outcome is FAIL
        assert f"items/{n}/n" in misfit.reason
    assert schemas.CHILD.pid is None


@pytest.mark.parametrize(
    ("schema", "output", "outcome"),
    [
        ({"uniqueItems": True}, json.dumps([{"a": i} for i in range(20_000)]), PASS),
        ({"uniqueItems": True}, json.dumps([{"a": i % 9_999} for i in range(10_000)]), FAIL),
        ({"enum": list(range(15_000))}, "14999", PASS),
        (MANY, json.dumps([[2_999]] * 300), PASS),
        ({"pattern": "(a{50}){50}b"}, json.dumps("a" * 100_000), FAIL),
        ({"patternProperties": {"^(a|aa)+$": {"type": "null"}}}, '{"aaaaaaaaaaaaa": 1}', FAIL),
        ({"pattern": "^(a+)+$"}, json.dumps("a" * 50_000 + "!"), FAIL),
        ({"format": "email", "items": {"unevaluatedProperties": False}}, "[{}]", PASS),
        ({"const": {"$ref": "#/nowhere"}}, '{"$ref": "#/nowhere"}', PASS),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_large_is_judged_all_the_same(
    schema: dict[str, Any], output: str, outcome: Outcome
) -> None:
    assert judged(schema, output).outcome is outcome


def test_items_that_are_compared_with_each_other_hold_nobody_up() -> None:
    rows = json.dumps([[i, [1.5] * 40, {"a": [i]}] for i in range(10_000)])
    said: list[Judgement] = []
    assert share_while(lambda: said.append(judged({"uniqueItems": True}, rows))) > 0.1
    assert said[0].outcome in (PASS, UNSCORED)


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "(?=a)b"},
        {"pattern": "(a)\\1"},
        {"patternProperties": {"(?<!a)b": {}}},
        {"properties": {"a": {"pattern": "(?!a)b"}}},
        {"pattern": "("},
        {"$ref": "http://127.0.0.1:9/x"},
        {"$ref": "file:///etc/hostname"},
        {"$ref": "json-schema:///x"},
        {"$ref": "#/$defs/none"},
        {"$schema": "http://127.0.0.1:9/mine"},
        {"$dynamicRef": "http://127.0.0.1:9/x"},
        {"items": {"$ref": "//127.0.0.1:9/x"}},
        nested(120),
        {"enum": list(range(30_000))},
    ],
    ids=lambda schema: str(schema)[:40],
)
def test_a_schema_that_could_never_be_applied_is_refused_when_it_is_written(
    schema: dict[str, Any],
) -> None:
    with pytest.raises(InputError, match=r"can(not)? be used"):
        refuse_unusable(scorer(schema))
    assert judged(schema, "1").outcome is UNSCORED


def test_a_schema_that_refers_to_itself_in_place_ends_without_a_verdict() -> None:
    for schema in ({"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"not": {"$ref": "#"}}):
        assert judged(schema, "1").reason


@pytest.mark.parametrize("levels", [102, 900, 5_000, 100_000])
def test_a_deep_schema_is_refused_with_a_sentence(levels: int) -> None:
    deep = scorer(nested(levels))
    with pytest.raises(InputError, match="levels deep"):
        CriterionDraft("Deep", deep).checked()
    with pytest.raises(InputError, match=r"levels deep|nested too deeply"):
        refuse_unusable(deep)
    assert judged(dict(deep.settings["schema"]), "1").outcome is UNSCORED


@pytest.mark.parametrize("levels", [1_000, 5_000, 100_000])
def test_deep_values_have_no_canonical_form_and_say_so(levels: int) -> None:
    deep: Any = []
    for _ in range(levels):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deeply"):
        canonical(deep)
    with pytest.raises(InputError, match="nested too deeply"):
        Scorer(ScorerKind.JSON_SCHEMA, {"schema": deep}).fingerprint()


@pytest.mark.parametrize("levels", [201, 900, 5_000, 200_000])
def test_deep_json_is_unscored_and_says_how_deep_it_may_be(levels: int) -> None:
    for schema in ({}, {"type": "array"}, {"type": "array", "items": {"$ref": "#"}}):
        found = judged(schema, "[" * levels + "]" * levels)
        assert found.outcome is UNSCORED
        assert "200 levels" in found.reason


def test_colons_and_quotes_in_texts_are_no_keys() -> None:
    for output in ('{"a": "\\":", "b" : "12:30"}', '{"\\"": {"a": ":"}, "a": {"a":1}}', '":"'):
        assert judged({}, output).outcome is PASS


def test_brackets_in_texts_are_no_levels() -> None:
    output = json.dumps(["[" * 500 + '"\\' + "{" * 500])
    assert judged({"type": "array"}, output).outcome is PASS
    assert judged({}, json.dumps([[[]]] * 400)).outcome is PASS


@pytest.mark.parametrize(
    "output",
    [
        '{"n": 1, "n": 1}',
        '{"n": "one", "n": 1}',
        '{"n": 1, "a": [{"b": 1, "b": 2}]}',
        '{"n": 1, "\\u006e": 2}',
        '{"n": 1, "n": 2, "b" : 3}',
        '{"n": 1, "n" : 2}',
        '{"a": "\\":", "n": 1, "n": 1}',
        '{"a:": ":", "n"\n\t:1, "n": 1}',
        '```json\n{"n": 1, "n": 2}\n```',
    ],
)
def test_an_output_with_a_key_twice_does_not_pass(output: str) -> None:
    for schema in ({}, {"properties": {"n": {"type": "integer"}}}):
        found = judged(schema, output)
        assert found.outcome is FAIL
        assert "twice in one object" in found.reason


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "[NaN]", '{"n": -Infinity}'])
def test_what_is_no_number_is_no_json(word: str) -> None:
    assert judged({}, word).outcome is FAIL


@pytest.mark.parametrize("number", ["1e400", "-1e999", "[1e309]", "9" * 5_000, "-" + "9" * 4_301])
def test_a_number_that_cannot_be_held_is_unscored_and_never_taken_for_null(number: str) -> None:
    for schema in ({}, {"type": ["number", "null", "array"], "items": {"type": "null"}}):
        found = judged(schema, number)
        assert found.outcome is UNSCORED
        assert "number" in found.reason


def test_long_numbers_that_can_be_held_are_compared_exactly() -> None:
    assert judged({"type": "integer", "maximum": 10**900}, "9" * 900).outcome is PASS
    assert judged({"type": "integer", "maximum": 10**899}, "9" * 900).outcome is FAIL


def test_half_of_a_letter_is_unscored_and_a_whole_one_is_read() -> None:
    found = judged({"type": "object"}, '{"a": "\\ud83d"}')
    assert found.outcome is UNSCORED
    assert "half of a letter" in found.reason
    assert judged({"type": "object"}, '{"\\ud83d\\ude00": "\\\\ud83d"}').outcome is PASS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4)
    | st.floats(allow_nan=False, allow_infinity=False, width=16),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)  # fmt: skip
SCHEMAS = st.recursive(
    st.sampled_from(
        [
            *({}, {"type": "integer"}, {"enum": [1, "a", None]}, {"pattern": "a"}),
            *({"$ref": "#"}, {"$ref": "#/$defs/a"}, {"uniqueItems": True}, {"minimum": 0}),
            *({"format": "date"}, {"required": ["a"]}, {"const": []}),
        ]
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from("ab"), inner)}),
        *(
            st.fixed_dictionaries({word: st.lists(inner, min_size=1, max_size=3)})
            for word in ("allOf", "anyOf", "oneOf")
        ),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
        st.fixed_dictionaries({"additionalProperties": inner}),
        st.fixed_dictionaries({"propertyNames": inner}),
    ),
    max_leaves=6,
)


@given(schema=SCHEMAS, part=SCHEMAS, value=JSON)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_at_once_and_in_the_child_the_same_is_said(
    schema: dict[str, Any], part: dict[str, Any], value: Any
) -> None:
    whole = schema | {"$defs": {"a": part}}
    text = json.dumps(value)
    weight = weigh(whole)
    here = judged(whole, text)
    assert here.reason
    if weight is None or not json_text.size(value).parts:
        return
    elsewhere = schemas.Prepared(canonical(whole))
    elsewhere.weight = None
    try:
        found = elsewhere.misfit(value, text)
    except InputError:
        assert here.outcome is UNSCORED
    else:
        assert (found is None) == (here.outcome is PASS)
        assert found is None or found.message in here.reason
