"""Tools that a prompt offers to a model, and the calls that a model makes of them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain import json_text
from workbench.domain.fingerprint import canonical
from workbench.domain.schema_limits import problem_with
from workbench.errors import InputError

AUTO, REQUIRED, NONE = "auto", "required", "none"
CHOICES = (AUTO, REQUIRED, NONE)
"""Whether a tool is called: as the model likes, in any case, never; beside these, one by name."""

MOST_TOOLS = 64
MOST_REQUESTS = 20
REQUESTS = 4
NAME = r"[a-zA-Z0-9_-]{1,64}"
"""What servers take for the name of a tool."""

_NAMED = re.compile(NAME)


@dataclass(frozen=True)
class Tool:
    """A tool as a model is told of it; `parameters` is a JSON schema, empty where it takes none."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The tool as files have it."""
        found: dict[str, Any] = {"name": self.name}
        if self.description:
            found["description"] = self.description
        return {**found, "parameters": dict(self.parameters)} if self.parameters else found

    def described(self) -> dict[str, Any]:
        """The tool as the API takes it."""
        none = {"type": "object", "properties": {}}
        function = {**self.plain(), "parameters": dict(self.parameters) or none}
        return {"type": "function", "function": function}


@dataclass(frozen=True)
class Tools:
    """What a prompt offers. `most_requests` is how often a model is asked for one trial at most,
    while its calls find replies in the case."""

    offered: tuple[Tool, ...] = ()
    choice: str = AUTO
    most_requests: int = REQUESTS

    def __bool__(self) -> bool:
        return bool(self.offered)

    def names(self) -> tuple[str, ...]:
        """What the tools are called."""
        return tuple(tool.name for tool in self.offered)

    def plain(self) -> dict[str, Any]:
        """The parts of a prompt version in a file; nothing where no tool is offered."""
        if not self.offered:
            return {}
        found: dict[str, Any] = {"tools": [tool.plain() for tool in self.offered]}
        if self.choice != AUTO:
            found["tool_choice"] = self.choice
        if self.most_requests != REQUESTS:
            found["most_requests"] = self.most_requests
        return found

    def body(self) -> dict[str, Any]:
        """The fields of a request."""
        if not self.offered:
            return {}
        found: dict[str, Any] = {"tools": [tool.described() for tool in self.offered]}
        if self.choice in (REQUIRED, NONE):
            found["tool_choice"] = self.choice
        elif self.choice != AUTO:
            found["tool_choice"] = {"type": "function", "function": {"name": self.choice}}
        return found

    @staticmethod
    def parse(given: Mapping[str, Any]) -> "Tools":
        """The inverse of `plain`."""
        offered = tuple(
            Tool(one["name"], one.get("description", ""), one.get("parameters", {}))
            for one in given.get("tools", ())
        )
        if not offered:
            return Tools()
        choice, most = given.get("tool_choice", AUTO), given.get("most_requests", REQUESTS)
        return Tools(offered, choice, most)


@dataclass(frozen=True)
class ToolCall:
    """A tool that a model called. `arguments` is the text that it wrote, JSON or not."""

    name: str
    arguments: str = ""
    id: str = ""

    def read(self) -> dict[str, Any]:
        """The arguments. Raises ValueError, saying why, where they are no object of JSON."""
        if not self.arguments.strip():
            return {}
        try:
            found = json_text.read(self.arguments)
        except InputError as error:
            raise ValueError(error.message) from error
        if not isinstance(found, dict):
            raise ValueError("they are JSON, but no object")
        return found

    def said(self) -> str:
        """The call in one line, as people read it."""
        try:
            inside = ", ".join(f"{name}: {_short(value)}" for name, value in self.read().items())
        except ValueError:
            inside = self.arguments
        return f"{self.name}({inside})"

    def plain(self) -> dict[str, Any]:
        """The call as messages of the API hold it."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


NO_TOOLS = Tools()
"""Of a prompt that offers none."""


def call_of(given: Mapping[str, Any]) -> ToolCall:
    """The inverse of `ToolCall.plain`."""
    return ToolCall(given["function"]["name"], given["function"]["arguments"], given["id"])


def as_text(calls: Iterable[ToolCall]) -> str:
    """Calls as a text of JSON: what an output is that consists of nothing else. Arguments that
    can't be read stay the text that they are."""
    found: list[dict[str, Any]] = []
    for call in calls:
        try:
            found.append({"name": call.name, "arguments": call.read()})
        except ValueError:
            found.append({"name": call.name, "arguments": call.arguments})
    return json.dumps(found, ensure_ascii=False)


def refuse_unfit(tools: Tools) -> None:
    """Raise InputError for tools that no server takes, or that cost too much to be looked at."""
    names = tools.names()
    if len(names) > MOST_TOOLS:
        raise InputError(f"The prompt has {len(names)} tools.", f"Offer at most {MOST_TOOLS}.")
    for tool in tools.offered:
        if not _NAMED.fullmatch(tool.name):
            raise InputError(
                f"“{tool.name[:80]}” can't be the name of a tool.",
                "Use up to 64 letters, digits, _ and -, such as get_weather.",
            )
        if names.count(tool.name) > 1:
            raise InputError(f"Two tools are called “{tool.name}”.", "Rename one of them.")
        wrong = problem_with(tool.parameters)
        kind = tool.parameters.get("type", "object") if not wrong else "object"
        if wrong or kind != "object":
            said = wrong or "its schema is not that of an object."
            raise InputError(
                f"The parameters of “{tool.name}” can't be used: {said}",
                'Describe them by a JSON schema of type "object".',
            )
    if tools and tools.choice not in (*CHOICES, *names):
        raise InputError(
            f"The prompt wants the tool “{tools.choice[:80]}” called, and does not offer it.",
            f"Choose one of: {', '.join((*CHOICES, *names))}.",
        )
    if not 1 <= tools.most_requests <= MOST_REQUESTS:
        raise InputError(
            f"A trial of {tools.most_requests} requests is not possible.",
            f"Choose from 1 to {MOST_REQUESTS}.",
        )


def pasted(text: str) -> tuple[Tool, ...]:
    """The tools in a text of JSON: one or a list, as OpenAI writes them (with `type` and
    `function`, or flat), or as Anthropic does (`input_schema`). Raises InputError saying what is
    wrong, and in which tool."""
    try:
        given = json_text.read(text)
    except InputError as error:
        raise InputError(
            f"The tools can't be read. {error.message}", "Make them simpler."
        ) from error
    except ValueError as error:
        raise InputError(
            f"The tools are not valid JSON: {error}.", "Check quotes, commas and brackets."
        ) from error
    if isinstance(given, dict) and isinstance(given.get("tools"), list):
        given = given["tools"]
    listed = given if isinstance(given, list) else [given]
    return tuple(_pasted(number, one) for number, one in enumerate(listed, 1))


def _pasted(number: int, given: object) -> Tool:
    form = 'Write {"name": "get_weather", "description": "…", "parameters": {"type": "object", …}}.'
    function = given.get("function", given) if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(function, Mapping):
        raise InputError(f"Tool {number} is not a group of keys.", form)
    if given.get("type", "function") != "function":
        raise InputError(
            f"Tool {number} is of the type “{str(given['type'])[:40]}”, which only its maker's "
            "server runs.",
            "Offer functions.",
        )
    name, description = function.get("name"), function.get("description") or ""
    parameters = function.get("parameters", function.get("input_schema")) or {}
    if not isinstance(name, str) or not name:
        raise InputError(f"Tool {number} has no name.", form)
    if not isinstance(description, str):
        raise InputError(f"The description of “{name[:80]}” is not a text.", form)
    if not isinstance(parameters, Mapping):
        raise InputError(f"The parameters of “{name[:80]}” are not a JSON schema.", form)
    return Tool(name, description, dict(parameters))


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two groups of arguments say the same, as JSON does: 1.0 is 1, true is not 1."""
    return canonical(_evened(one)) == canonical(_evened(other))


def _evened(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _evened(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_evened(each) for each in value]
    return value


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
