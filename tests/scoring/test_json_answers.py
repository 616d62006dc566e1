"""What servers and models put around JSON is looked through and said; a sentence is not JSON."""

import pytest

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Judgement, Outcome
from workbench.scoring.checks import Subject, check

SCHEMA = {"type": "object", "required": ["order"]}


def judged(output: str, schema: dict[str, object] | None = None) -> Judgement:
    """What the check says of an output."""
    wanted = SCHEMA if schema is None else schema
    return check(Scorer(ScorerKind.JSON_SCHEMA, {"schema": wanted}), Subject(output, {}))


@pytest.mark.parametrize(
    ("output", "around"),
    [
        ('{"order": 7}', ""),
        (' \n{"order": 7}\n', ""),
        ('```json\n{"order": 7}\n```', "in a code fence"),
        ('```json {"order": 7} ```', "in a code fence"),
        ('```{"order": 7}```', "in a code fence"),
        ('```JSON\r\n{"order": 7}\r\n```\n', "in a code fence"),
        ('~~~\n{"order": 7}\n~~~', "in a code fence"),
        ('````json\n{"order": 7}\n````', "in a code fence"),
        ('```json\n{"order": "```"}\n```', "in a code fence"),
        ('\ufeff{"order": 7}', "behind a byte order mark"),
        ('\ufeff```json\n{"order": 7}\n```', "byte order mark and in a code fence"),
    ],
)
def test_json_is_judged_and_what_stands_around_it_is_said(output: str, around: str) -> None:
    found = judged(output)
    assert found.outcome is Outcome.PASS
    assert around in found.reason
    assert ("It stands" in found.reason) == bool(around)


@pytest.mark.parametrize(
    "output",
    [
        'Here it is: {"order": 7}',
        '{"order": 7} I hope that helps.',
        'Sure:\n```json\n{"order": 7}\n```',
        '```json\n{"order": 7}\n```\nAnything else?',
        '```json\n{"order": 7}\n```\n```json\n{"order": 8}\n```',
        '`{"order": 7}`',
        '```json\n{"order": 7}',
        "```json\n```",
        '{"order": 7}{"order": 8}',
        '{"order": NaN}',
        "\ufeff",
        "",
    ],
)
def test_words_around_json_make_it_none(output: str) -> None:
    found = judged(output)
    assert found.outcome is Outcome.FAIL
    assert "Is not valid JSON" in found.reason


def test_a_bare_value_in_a_fence_is_a_value() -> None:
    assert judged("```true```", {"type": "boolean"}).outcome is Outcome.PASS


def test_a_misfit_in_a_fence_says_both() -> None:
    found = judged('```json\n{"a": 1}\n```')
    assert found.outcome is Outcome.FAIL
    assert "Does not fit the schema" in found.reason
    assert "code fence" in found.reason
