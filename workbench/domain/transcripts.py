"""What was said in a trial after the prompt: answers, the calls in them, and what tools replied."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.conversations import Conversation, Message, plain
from workbench.domain.tool_replies import ToolReply, reply_to
from workbench.domain.tools import ToolCall, call_of


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered request of a trial that takes several: what was said by it, and what it took.

    `id` is that of its attempt; `said` ends with what tools replied to its calls. `place` counts
    from 1. `cost` is in USD, None where tokens or price are unknown. Where a second model plays the
    user, its answers are turns, too (`is_users`).
    """

    id: UUID
    place: int
    said: Conversation
    model: str
    finish_reason: str
    latency_ms: float
    first_token_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    reasoning: str
    adaptations: tuple[str, ...]
    started_at: datetime

    @property
    def is_users(self) -> bool:
        """Whether it was said by the model that plays the user."""
        return self.said[0].role == "user"

    @property
    def is_answer(self) -> bool:
        """Whether the tested model answered in it, without a call that a tool replied to."""
        return self.said[-1].role == "assistant"


def message_of(answer: Answer, place: int = 1) -> Message:
    """An answer as a turn of a chat; its calls have ids, which servers may leave out."""
    calls = tuple(
        ToolCall(call.name, call.arguments, call.id or f"call_{place}_{number}")
        for number, call in enumerate(answer.calls, 1)
    )
    return Message("assistant", "" if answer.is_calls else answer.text, calls=calls)


def replies_to(
    message: Message, earlier: Iterable[Message], replies: Sequence[ToolReply]
) -> Conversation | None:
    """What a case's tools reply to the calls of a message; None where it calls none, or one to
    which the case has no reply: the trial ends there."""
    before = list(calls_in(earlier))
    said: list[Message] = []
    for call in message.calls:
        reply = reply_to(call, replies, before)
        if reply is None:
            return None
        before.append(call)
        said.append(Message("tool", reply, call_id=call.id))
    return tuple(said) or None


def calls_in(messages: Iterable[Message]) -> tuple[ToolCall, ...]:
    """Every tool that was called, in order."""
    return tuple(call for message in messages for call in message.calls)


def dump(messages: Conversation) -> str:
    """The messages as JSON, to be kept."""
    return json.dumps(plain(messages), ensure_ascii=False, separators=(",", ":"))


def load(kept: str | None) -> Conversation:
    """The inverse of `dump`; nothing where nothing was kept."""
    return tuple(
        Message(
            one["role"],
            one["content"],
            calls=tuple(map(call_of, one.get("tool_calls", ()))),
            call_id=one.get("tool_call_id", ""),
        )
        for one in json.loads(kept or "[]")
    )
