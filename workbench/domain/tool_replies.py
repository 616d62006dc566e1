"""What a case answers for tools: replies that stand in for real ones, so that a trial goes on."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain import json_text
from workbench.domain.fingerprint import canonical
from workbench.domain.tools import NAME, ToolCall, is_same
from workbench.errors import InputError

MOST_REPLIES = 100
_LINE = re.compile(rf"({NAME})[ \t]*(\{{.*?\}})?[ \t]*:[ \t]*(.*)")
_FORM = (
    'Write “get_weather: Rain, 12 degrees”, or JSON: [{"tool": "get_weather", "reply": "Rain"}].'
)


@dataclass(frozen=True)
class ToolReply:
    """A reply of a tool: to each call of it, or to those with just these `arguments`."""

    tool: str
    reply: str
    arguments: Mapping[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """The reply as files have it."""
        for_these = {} if self.arguments is None else {"arguments": dict(self.arguments)}
        return {"tool": self.tool, **for_these, "reply": self.reply}


Replies = tuple[ToolReply, ...]


def plain(replies: Iterable[ToolReply]) -> list[dict[str, Any]]:
    """The replies as JSON has them."""
    return [reply.plain() for reply in replies]


def of(given: object) -> Replies:
    """The replies of a list as files have them; a reply that is a list or a group of keys becomes
    its JSON. Raises InputError naming the one that has another form."""
    if not isinstance(given, list | tuple):
        raise InputError("The replies of tools are a list.", _FORM)
    if len(given) > MOST_REPLIES:
        raise InputError(
            f"There are {len(given):,} replies of tools.", f"Give at most {MOST_REPLIES}."
        )
    return tuple(_one(number, one) for number, one in enumerate(given, 1))


def load(kept: str | None) -> Replies:
    """The replies as a table of the database holds them: JSON, or nothing."""
    return () if kept is None else of(json.loads(kept))


def written(replies: Sequence[ToolReply]) -> str:
    """The replies as people write them, a line each; as JSON where a line can't say one."""
    lines = []
    for one in replies:
        these = "" if one.arguments is None else f" {json.dumps(one.arguments, ensure_ascii=False)}"
        lines.append(f"{one.tool}{these}: {one.reply}")
    text = "\n".join(lines)
    try:
        is_read = read(text) == tuple(replies)
    except InputError:
        is_read = False
    return text if is_read else json.dumps(plain(replies), ensure_ascii=False)


def read(text: str) -> Replies:
    """The inverse of `written`. Raises InputError naming the line that says no reply."""
    if text.lstrip().startswith("["):
        try:
            return of(json_text.read(text))
        except ValueError as error:
            raise InputError(f"The replies of tools are not valid JSON: {error}.", _FORM) from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found.append(_of_line(number, line.strip()))
    return of(plain(found))


def reply_to(
    call: ToolCall, replies: Sequence[ToolReply], earlier: Iterable[ToolCall]
) -> str | None:
    """What a case answers to a call after `earlier` ones; None where it has nothing for it.

    Replies to just these arguments come before those to any. Several are given in order, one for
    each such call, and the last one stays.
    """
    mine = _meant(call, replies)
    if not mine:
        return None
    before = sum(_meant(one, replies) == mine for one in earlier)
    return mine[min(before, len(mine) - 1)].reply


def _meant(call: ToolCall, replies: Sequence[ToolReply]) -> Replies:
    named = [one for one in replies if one.tool == call.name]
    try:
        arguments = call.read()
    except ValueError:
        exact: Replies = ()
    else:
        exact = tuple(
            one for one in named if one.arguments is not None and is_same(one.arguments, arguments)
        )
    return exact or tuple(one for one in named if one.arguments is None)


def _of_line(number: int, line: str) -> ToolReply:
    at = line.find("{")
    name = re.match(NAME, line)
    if name is not None and at >= 0 and not line[name.end() : at].strip():
        # Braces within the arguments: as much of the line as is JSON.
        try:
            arguments, end = json.JSONDecoder().raw_decode(line, at)
        except (ValueError, RecursionError):
            arguments, end = None, 0
        rest = line[end:].lstrip()
        if isinstance(arguments, dict) and rest.startswith(":"):
            return ToolReply(name[0], rest[1:].strip(), arguments)
    found = _LINE.fullmatch(line)
    if found is None or found[2]:
        raise InputError(
            f"Line {number} of the replies of tools can't be read: “{line[:60]}”.", _FORM
        )
    return ToolReply(found[1], found[3])


def _one(number: int, given: object) -> ToolReply:
    if not isinstance(given, Mapping) or set(given) - {"tool", "arguments", "reply"}:
        raise InputError(f"Reply {number} of a tool has another form.", _FORM)
    tool, reply, arguments = given.get("tool"), given.get("reply"), given.get("arguments")
    if not isinstance(tool, str) or re.fullmatch(NAME, tool) is None:
        raise InputError(f"Reply {number} names no tool.", _FORM)
    if arguments is not None and not isinstance(arguments, Mapping):
        raise InputError(f"The arguments of reply {number} are not a group of keys.", _FORM)
    if isinstance(reply, list | dict):
        reply = canonical(reply)
    if not isinstance(reply, str):
        raise InputError(f"Reply {number} of a tool says nothing.", _FORM)
    return ToolReply(tool, reply, None if arguments is None else dict(arguments))
