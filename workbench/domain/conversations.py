"""What was said so far: the messages that a case may hold, and how people write them down."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain import attachments
from workbench.domain.attachments import Attachments
from workbench.domain.tools import ToolCall
from workbench.errors import InputError

Role = Literal["system", "user", "assistant", "tool", "input"]
"""Who speaks; an `input` is no turn of a chat but a text that is to be embedded."""
SPEAKERS: tuple[Role, ...] = ("user", "assistant")
"""Who may speak in a case: the system message belongs to the prompt."""

MOST_MESSAGES = 200
SPEAKS = re.compile(r"(user|assistant):[ \t]?", re.IGNORECASE)
"""How a line begins with which somebody begins to speak."""
_FORM = 'Write “User: …” and “Assistant: …”, or JSON: [{"role": "user", "content": "…"}].'


@dataclass(frozen=True)
class Message:
    """One turn of a chat. `attachments` go with what the user says, after the text; `calls` are the
    tools that an assistant calls in it, `call_id` names the call that a tool answers."""

    role: Role
    content: str
    attachments: Attachments = ()
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""

    def plain(self) -> dict[str, Any]:
        """The message as JSON has it, in the form that chat servers take; its files by name and
        content."""
        found: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.attachments:
            found["attachments"] = attachments.plain(self.attachments)
        if self.calls:
            found["tool_calls"] = [call.plain() for call in self.calls]
        return {**found, "tool_call_id": self.call_id} if self.role == "tool" else found


Conversation = tuple[Message, ...]


def plain(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The messages as JSON has them."""
    return [message.plain() for message in messages]


def of(given: object) -> Conversation:
    """The messages of a list of roles and contents, as files have them.

    Raises InputError naming the message that has another form, another speaker than the user and
    the assistant, or nothing to say; and for more than 200 of them.
    """
    if not isinstance(given, list | tuple):
        raise InputError("A conversation is a list of messages.", _FORM)
    refuse_long(given)
    return tuple(_message(number, one) for number, one in enumerate(given, 1))


def load(kept: str | None) -> Conversation:
    """The messages as a table of the database holds them: JSON, or nothing."""
    return () if kept is None else of(json.loads(kept))


def refuse_long(messages: Sequence[object]) -> None:
    """Raise InputError for more messages than a case may hold."""
    if len(messages) > MOST_MESSAGES:
        raise InputError(
            f"A conversation has {len(messages):,} messages.", f"Give at most {MOST_MESSAGES}."
        )


def written(messages: Sequence[Message]) -> str:
    """The conversation as people write it, a line or more each; as JSON where that reads otherwise
    (a message that holds a line which begins with “User:”, or ends in blank lines)."""
    text = "\n".join(f"{message.role.capitalize()}: {message.content}" for message in messages)
    if read(text) == tuple(messages):
        return text
    return json.dumps(plain(messages), ensure_ascii=False)


def read(text: str) -> Conversation:
    """The inverse of `written`. What stands before the first “User:” or “Assistant:” is the user's;
    who says nothing is left out. Raises InputError for JSON that is no conversation."""
    found = parsed(text)
    if found is not None:
        return of(found)
    said: list[tuple[Role, list[str]]] = [("user", [])]
    for line in text.splitlines():
        start = SPEAKS.match(line)
        if start is not None:
            role: Role = "user" if start[1].lower() == "user" else "assistant"
            said.append((role, [line[start.end() :]]))
        else:
            said[-1][1].append(line)
    texts = [(role, "\n".join(lines).rstrip("\n")) for role, lines in said]
    return tuple(Message(role, content) for role, content in texts if content.strip())


def parsed(text: str) -> object:
    """The list of JSON that a text is; None where it is none."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and any(isinstance(o, dict) for o in found) else None


def _message(number: int, given: object) -> Message:
    if not isinstance(given, dict):
        raise InputError(f"Message {number} of a conversation is no message.", _FORM)
    role, content = given.get("role"), content_of(given)
    speaker = next((name for name in SPEAKERS if name == role), None)
    if speaker is None:
        raise InputError(
            f"Message {number} of a conversation is said by “{str(role)[:40]}”.",
            "A case holds what the user and the assistant said; what the system says belongs to "
            "the prompt.",
        )
    more = {key for key, value in given.items() if value not in (None, [], "")}
    if content is None or more - {"role", "content"}:
        raise InputError(
            f"Message {number} of a conversation is more than text.",
            "Give each message its role and its content, a text.",
        )
    if not content.strip():
        raise InputError(f"Message {number} of a conversation is empty.", "Leave it out.")
    return Message(speaker, content)


def content_of(given: dict[Any, Any]) -> str | None:
    """A message's text: as it is, or in the parts that some servers write it in; None for more."""
    content = given.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [None]
    texts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None
             for part in parts]  # fmt: skip
    return "".join(texts) if all(isinstance(text, str) for text in texts) else None  # type: ignore[arg-type]
