"""Tools, their parameters as a form, pasted JSON, and which reply of a case a call gets."""

import json

import pytest

from workbench.domain import tool_fields, tool_replies, tools
from workbench.domain.prompts import PromptText
from workbench.domain.tool_fields import ToolField
from workbench.domain.tool_replies import ToolReply
from workbench.domain.tools import Tool, ToolCall, Tools
from workbench.errors import InputError

OSLO = ToolCall("get_weather", '{"city": "Oslo"}')
PARIS = ToolCall("get_weather", '{"city": "Paris"}')


def test_a_prompt_without_tools_keeps_its_fingerprint() -> None:
    plain = PromptText("Be kind.", "{{text}}")
    assert plain.fingerprint() == PromptText("Be kind.", "{{text}}", tools=Tools()).fingerprint()
    offered = PromptText("Be kind.", "{{text}}", tools=Tools((Tool("find"),)))
    assert plain.fingerprint() != offered.fingerprint()


def test_replies_are_given_in_order_and_the_last_one_stays() -> None:
    replies = (ToolReply("get_weather", "Rain"), ToolReply("get_weather", "Sun"))
    said = [tool_replies.reply_to(OSLO, replies, [OSLO] * n) for n in range(3)]
    assert said == ["Rain", "Sun", "Sun"]


def test_a_reply_to_certain_arguments_comes_before_one_to_any() -> None:
    replies = (ToolReply("get_weather", "?"), ToolReply("get_weather", "Snow", {"city": "Oslo"}))
    assert tool_replies.reply_to(OSLO, replies, [PARIS]) == "Snow"
    assert tool_replies.reply_to(PARIS, replies, [OSLO]) == "?"
    assert tool_replies.reply_to(ToolCall("find"), replies, ()) is None


def test_arguments_that_can_not_be_read_match_no_reply_to_certain_ones() -> None:
    replies = (ToolReply("get_weather", "Snow", {"city": "Oslo"}),)
    assert tool_replies.reply_to(ToolCall("get_weather", '{"city": "Os'), replies, ()) is None


@pytest.mark.parametrize(
    "replies",
    [
        (ToolReply("find", "a: b"), ToolReply("find", "c", {"q": "{x}: y"})),
        (ToolReply("find", "two\nlines"),),
        (ToolReply("find", " padded "), ToolReply("find", "")),
    ],
)
def test_replies_are_read_as_they_were_written(replies: tuple[ToolReply, ...]) -> None:
    assert tool_replies.read(tool_replies.written(replies)) == replies


def test_a_line_that_says_no_reply_is_named() -> None:
    with pytest.raises(InputError, match="Line 2"):
        tool_replies.read("find: a\nnothing here")


def test_tools_are_pasted_as_openai_and_anthropic_write_them() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    wanted = (Tool("get_weather", "The weather", schema),)
    function = {"name": "get_weather", "description": "The weather", "parameters": schema}
    for given in (
        {"type": "function", "function": function},
        [{"type": "function", **function}],
        {"tools": [{"type": "function", "function": function}]},
        {"name": "get_weather", "description": "The weather", "input_schema": schema},
    ):
        assert tools.pasted(json.dumps(given)) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not valid JSON"),
        ("[1]", "Tool 1 is not a group of keys"),
        ('{"type": "web_search"}', "only its maker's"),
        ('{"function": {}}', "has no name"),
        ('{"name": "f", "parameters": 3}', "not a JSON schema"),
    ],
)
def test_what_is_wrong_with_pasted_tools_is_said(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        tools.pasted(text)


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        (Tools((Tool("get weather"),)), "can't be the name"),
        (Tools((Tool("f"), Tool("f"))), "Two tools"),
        (Tools((Tool("f"),), "g"), "does not offer"),
        (Tools((Tool("f"),), most_requests=21), "21 requests"),
        (Tools((Tool("f", parameters={"type": "string"}),)), "not that of an object"),
    ],
)
def test_tools_that_no_server_takes_are_refused(offered: Tools, why: str) -> None:
    with pytest.raises(InputError, match=why):
        tools.refuse_unfit(offered)


def test_a_schema_is_made_of_rows_and_read_back_into_them() -> None:
    rows = (
        ToolField("city", meaning="Where"),
        ToolField("day", is_required=False, options=("today", "tomorrow")),
        ToolField("hours", "whole number"),
    )
    assert tool_fields.fields_of(tool_fields.schema_of(rows)) == rows
    assert tool_fields.fields_of({}) == ()


def test_a_schema_that_says_more_than_rows_is_left_to_json() -> None:
    nested = {"type": "object", "properties": {"a": {"type": "object"}}}
    assert tool_fields.fields_of(nested) is None
    assert tool_fields.fields_of({"type": "object", "additionalProperties": False}) is None
