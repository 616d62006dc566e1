"""One variant on one case, once: an output or an error."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workbench.errors import CallFailure

CUT_OFF = "length"
"""The finish reason of an answer that its token limit ended."""


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

    `cost` is in USD, None where tokens or price are unknown; `attempts` counts requests sent, and
    `started_at` is when the last of them was.
    `supersedes` is the failed trial that this one was asked again for.
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

    @property
    def is_output(self) -> bool:
        """Whether the model said something that can be scored."""
        return self.failure is None

    @property
    def is_cut_off(self) -> bool:
        """Whether the output ends at its token limit: what should follow is not there."""
        return self.finish_reason == CUT_OFF
