"""Calls that a server hands on as text: those in the usual marks are calls, nothing else is."""

import pytest

from workbench.domain.tools import ToolCall
from workbench.models.written_calls import within

CALL = '{"name": "find", "arguments": {"q": "a"}}'
FOUND = ToolCall("find", '{"q": "a"}')


@pytest.mark.parametrize(
    "text",
    [
        f"<tool_call>\n{CALL}\n</tool_call>",
        f"<tool_call>{CALL}",
        f"<function_call>{CALL}</function_call>",
        f"[TOOL_CALLS][{CALL}]",
        f"<|tool_call|>[{CALL}]",
        '<|python_tag|>{"name": "find", "parameters": {"q": "a"}}',
        '<function=find>{"q": "a"}</function>',
    ],
)
def test_a_marked_call_is_one(text: str) -> None:
    assert within(f"I look. {text}") == ("I look.", (FOUND,))


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        "Write <tool_call> around it.",
        "<tool_call>find(q=a)</tool_call>",
        f"<tool_call>{CALL}</tool_call><tool_call>oops</tool_call>",
        "<tool_call>[]</tool_call>",
        "<tool_call></tool_call>",
    ],
)
def test_what_is_none_stays_text(text: str) -> None:
    assert within(text) == (text, ())
