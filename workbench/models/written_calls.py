"""Calls of tools that a model wrote into its answer, where its server does not read them.

Only what is marked as a call, and is one, becomes one: everything else stays part of the answer.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.domain import json_text
from workbench.domain.tools import ToolCall
from workbench.errors import InputError

_TAGGED = re.compile(
    # Qwen, Hermes and many others; some write a name of their own.
    r"<(?P<tag>tool_call|function_call|toolcall|functioncall)>(?P<json>.*?)(?:</(?P=tag)>|\Z)"
    # Mistral; xLAM and IBM Granite; Llama 3.
    r"|\[TOOL_CALLS\]\s*(?P<list>\[.*\])"
    r"|<\|tool_call\|>\s*(?P<bar>[\[{].*[\]}])(?:\s*<\|/tool_call\|>)?"
    r"|<\|python_tag\|>(?P<python>\{.*\})",
    re.DOTALL,
)
_FUNCTION = re.compile(r"<function=(?P<name>[\w.-]{1,64})>(?P<json>.*?)</function>", re.DOTALL)
"""As Llama 3 writes calls of its user's own functions."""
_MARKS = ("<tool_call", "<function", "[TOOL_CALLS]", "<|tool_call|>", "<|python_tag|>", "<toolcall")


class Found(NamedTuple):
    """What is left of an answer, and the calls in it."""

    text: str
    calls: tuple[ToolCall, ...]


def within(text: str) -> Found:
    """The calls in an answer. Where one that is marked can't be read, all of it stays text."""
    if not any(mark in text for mark in _MARKS):
        return Found(text, ())
    calls: list[ToolCall] = []
    for marked in _TAGGED.finditer(text):
        inside = filter(None, marked.group("json", "list", "bar", "python"))
        found = _read(next(inside, ""))
        if found is None:
            return Found(text, ())
        calls += found
    for marked in _FUNCTION.finditer(text):
        calls.append(ToolCall(marked["name"], marked["json"].strip()))
    if not calls:
        return Found(text, ())
    return Found(_FUNCTION.sub("", _TAGGED.sub("", text)).strip(), tuple(calls))


def _read(inside: str) -> list[ToolCall] | None:
    try:
        given = json_text.read(inside.strip())
    except (ValueError, InputError):
        return None
    calls = [_call(one) for one in (given if isinstance(given, list) else [given])]
    return [call for call in calls if call is not None] if all(calls) else None


def _call(given: Any) -> ToolCall | None:
    if isinstance(given, Mapping) and isinstance(given.get("function"), Mapping):
        given = given["function"]
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        return None
    arguments = given.get("arguments", given.get("parameters", {}))
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return ToolCall(given["name"], arguments)
