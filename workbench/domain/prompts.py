"""How the model is asked: prompts, their versions, and the variants that are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from workbench.domain import tools
from workbench.domain.calls import Parameters
from workbench.domain.connections import OUTSIDE_NAME
from workbench.domain.fingerprint import fingerprint
from workbench.domain.tools import NO_TOOLS, Tools
from workbench.errors import InputError

CONVERSATION: Literal["conversation"] = "conversation"


@dataclass(frozen=True)
class MessageTemplate:
    """One message of a prompt, or the place where the case's own conversation goes."""

    role: Literal["user", "assistant", "conversation"]
    content: str = ""

    @property
    def is_place(self) -> bool:
        """Whether the case's conversation goes here."""
        return self.role == CONVERSATION

    def plain(self) -> dict[str, str]:
        """The template as JSON has it."""
        return {"role": self.role, **({} if self.is_place else {"content": self.content})}


@dataclass(frozen=True)
class PromptText:
    """The message templates of a prompt, with `{{variables}}`.

    `messages` are what is said between the system message and the user message: examples of how to
    answer, and the place of the case's own conversation. Where there is such a place the user
    message may be empty: the conversation asks. `tools` are what the model may call.
    """

    system: str
    user: str
    messages: tuple[MessageTemplate, ...] = ()
    tools: Tools = NO_TOOLS

    def fingerprint(self) -> str:
        """The identity of the wording."""
        # Prompts that were kept before there were messages and tools stay what they are.
        between = (self.plain(),) if self.messages or self.tools else ()
        offered = (self.tools.plain(),) if self.tools else ()
        return fingerprint(self.system, self.user, *between, *offered)

    def plain(self) -> list[dict[str, str]]:
        """What is said in between, as JSON has it."""
        return [message.plain() for message in self.messages]

    def templates(self) -> tuple[str, ...]:
        """Every text of it that may have variables, in order."""
        return (self.system, *(m.content for m in self.messages), self.user)

    @property
    def has_place(self) -> bool:
        """Whether a case's own conversation goes somewhere."""
        return any(message.is_place for message in self.messages)

    def with_place(self) -> "PromptText":
        """The prompt with a place for conversations: before its user message."""
        return replace(self, messages=(*self.messages, MessageTemplate(CONVERSATION)))


def messages_of(given: Iterable[Mapping[str, Any]]) -> tuple[MessageTemplate, ...]:
    """The inverse of `PromptText.plain`."""
    return tuple(MessageTemplate(one["role"], one.get("content", "")) for one in given)


def refuse_unfit(text: PromptText) -> None:
    """Raise InputError for a prompt that asks nothing, has an empty example, has two places for the
    case's conversation, or offers a tool that can't be called."""
    tools.refuse_unfit(text.tools)
    if not text.user.strip() and not text.has_place:
        raise InputError("The user message is empty.", "Write what the model is asked.")
    if sum(message.is_place for message in text.messages) > 1:
        raise InputError(
            "The prompt has two places for the case's conversation.", "Take one of them out."
        )
    for number, message in enumerate(text.messages, 1):
        if not message.is_place and not message.content.strip():
            raise InputError(
                f"Message {number} between the system and the user message is empty.",
                "Write what it says, or take it out.",
            )
    if text.messages and not text.user.strip() and not text.messages[-1].is_place:
        raise InputError(
            "The prompt ends with an example, so nothing is asked.",
            "Put the case's conversation last, or write a user message.",
        )


@dataclass(frozen=True)
class PromptVersion:
    """A prompt's wording at a moment. Immutable.

    `note` says what changed, `expects` what that should do, written before it was measured.
    """

    id: UUID
    prompt_id: UUID
    name: str
    number: int
    text: PromptText
    note: str
    author: str
    created_at: datetime
    expects: str = ""

    @property
    def label(self) -> str:
        """How people see it: the name and the version."""
        return f"{self.name} v{self.number}"

    @property
    def is_outside(self) -> bool:
        """Whether it stands for prompts that were sent elsewhere and are not known here."""
        return self.name == OUTSIDE_NAME


@dataclass(frozen=True)
class Variant:
    """Prompt version + connection + model + parameters: what is compared."""

    id: UUID
    feature_id: UUID
    label: str
    prompt: PromptVersion
    connection: str
    model: str
    parameters: Parameters

    @property
    def is_outside(self) -> bool:
        """Whether its results were made elsewhere: nobody can be asked for more of them."""
        return self.connection == OUTSIDE_NAME

    def describe(self) -> str:
        """The variant in one line."""
        heat = self.parameters.temperature
        warmth = "" if heat is None else f" · temperature {heat:g}"
        player = self.parameters.user
        played = "" if player is None else f" · users played by {player.model}"
        return f"{self.prompt.label} · {self.model}{warmth}{played}"


def explained(variants: Iterable[Variant]) -> list[str]:
    """What each of these variants is, a line each, where a text names them by their letters."""
    known = {variant.label: variant for variant in variants}
    return [f"{label}: {known[label].describe()}" for label in sorted(known, key=_place)]


def _place(label: str) -> tuple[int, str]:
    return len(label), label


def next_label(labels: list[str]) -> str:
    """The next free letter: A, B, … Z, AA, AB, …"""
    taken, number = set(labels), 0
    while True:
        letters, rest = "", number
        while rest >= 0:
            letters = chr(65 + rest % 26) + letters
            rest = rest // 26 - 1
        if letters not in taken:
            return letters
        number += 1
