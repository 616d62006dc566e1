"""One variant on one case, once: an output or an error, and how it came to its end."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from workbench.domain.conversations import Conversation
from workbench.errors import CallFailure


class Ending(StrEnum):
    """How an output came to its end. `COMPLETE` is what nothing needs to be said of.

    `REFUSED` is an output: the server itself says that the model refused. `FILTERED`, `BROKEN` and
    `UNKNOWN` are no outputs any more; files from before that was so hold some.
    """

    COMPLETE = "complete"
    CUT = "cut"
    REFUSED = "refused"
    FILTERED = "filtered"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    FAILED = "failed"


_WORDS: dict[Ending, tuple[str, ...]] = {
    Ending.COMPLETE: (
        # OpenAI and most that follow it; Anthropic; TGI; Cohere; llama.cpp; Gemini says STOP.
        *("stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed"),
        *("end_of_text", "end", "finish", "finished", "done", "stop_token"),
        # Bedrock, Cohere, AI21; the calls themselves are looked at by whoever reads the reply.
        *("endoftext", "tool_calls", "tool_call", "tool_use", "function_call"),
    ),
    Ending.CUT: (
        *("length", "max_tokens", "max_token", "model_length", "max_output_tokens", "max_length"),
        *("token_limit", "context_length", "model_context_window_exceeded", "error_limit"),
        *("max_tokens_reached", "length_limit", "truncated", "incomplete"),
    ),
    Ending.REFUSED: ("refusal", "refused"),
    Ending.FILTERED: (
        *("content_filter", "content_filtered", "contentfilter", "safety", "recitation"),
        *("blocklist", "prohibited_content", "spii", "image_safety", "language", "sensitive"),
        *("error_toxic", "guardrail_intervened", "guardrails", "moderation", "blocked", "flagged"),
        *("content_policy", "content_policy_violation", "model_armor", "risk"),
    ),
    Ending.BROKEN: (
        *("error", "abort", "aborted", "network_error", "insufficient_system_resource", "failed"),
        *("failure", "cancelled", "canceled", "user_cancel", "timeout", "overloaded", "other"),
        *("malformed_function_call", "finish_reason_unspecified", "unspecified", "pause_turn"),
        *("server_error", "internal_error", "interrupted", "repetition"),
    ),
}
_ENDINGS = {word: ending for ending, words in _WORDS.items() for word in words}


@lru_cache(256)
def ending_of(finish_reason: str) -> Ending:
    """What a server's word for the end means, however it is written; none is a whole answer's.

    A list of good words, not of bad ones: what nobody knows to be good is `UNKNOWN`.
    """
    if not finish_reason:
        return Ending.COMPLETE
    word = re.sub(r"[\s-]+", "_", finish_reason.strip(" .").lower()).rpartition(".")[2]
    return _ENDINGS.get(word.removeprefix("finish_reason_"), _ENDINGS.get(word, Ending.UNKNOWN))


def ending(failure: str | None, finish_reason: str, is_refusal: bool | None) -> Ending:
    """How a trial came to its end, by the three things that are kept of it."""
    if failure is not None:
        return Ending.FILTERED if failure == CallFailure.FILTERED else Ending.FAILED
    return Ending.REFUSED if is_refusal else ending_of(finish_reason)


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call that the plan wants: which variant, which case, which repetition (from 1)."""

    variant_id: UUID
    case_id: UUID
    number: int
    supersedes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request for a call, written down before it is sent. `attempt` counts from 1.

    The trial that a call ends in has the id of its last attempt. `most_cost` is the most that it
    can cost in USD, None where the price is unknown.
    """

    id: UUID
    run_id: UUID
    call: PlannedCall
    attempt: int
    most_cost: float | None
    started_at: datetime


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """How a request ended that brought no output. `most_cost` is what it may have cost all the
    same: nothing where the server refused it, up to everything where its reply was lost."""

    attempt_id: UUID
    failure: CallFailure
    message: str
    most_cost: float
    ended_at: datetime


@dataclass(frozen=True)
class Spent:
    """What was sent, and what it cost at most in USD (a lost reply counts as paid in full)."""

    usd: float
    calls: int


@dataclass(frozen=True)
class Trial:
    """What happened. Exactly one of `output` and `failure` is set.

    `partial` is what a failed call had said before it failed: to be read, never scored.
    `is_refusal` says that the server marked the output as the model's refusal.
    `reasoning` is what the model thought before it answered: to be read, never scored.
    `adaptations` say what of the request was sent otherwise, or not, because the server refuses it.
    `transcript` is all that was said after the prompt, where tools were called or several requests
    were made; latency, tokens and cost are then those of all of them.

    `cost` is in USD, None where tokens or price are unknown; `attempts` counts requests sent, and
    `started_at` is when the last of them was.
    `supersedes` is the trial that this one was asked again for, and counts in the place of.
    """

    id: UUID
    run_id: UUID
    variant_id: UUID
    case_id: UUID
    number: int
    request_hash: str
    attempts: int
    started_at: datetime
    output: str | None = None
    failure: CallFailure | None = None
    message: str = ""
    finish_reason: str = ""
    model: str = ""
    latency_ms: float | None = None
    first_token_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    supersedes: UUID | None = None
    created_at: datetime | None = field(default=None)
    partial: str = ""
    is_refusal: bool = False
    reasoning: str = ""
    adaptations: tuple[str, ...] = ()
    transcript: Conversation = ()

    @property
    def is_output(self) -> bool:
        """Whether the model said something that can be scored."""
        return self.failure is None

    @property
    def ending(self) -> Ending:
        """How it came to its end, by what the server said."""
        return ending(self.failure, self.finish_reason, self.is_refusal)

    @property
    def is_ending_stated(self) -> bool:
        """Whether the server said how the output ended; if not, it came whole all the same."""
        return bool(self.finish_reason)

    @property
    def is_cut_off(self) -> bool:
        """Whether the output ends at its token limit: what should follow is not there."""
        return self.ending is Ending.CUT
