"""One variant on one case, once: an output or an error."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workbench.errors import CallFailure


@dataclass(frozen=True)
class PlannedCall:
    """A call that the plan wants: which variant, which case, which repetition (from 1)."""

    variant_id: UUID
    case_id: UUID
    number: int
    supersedes: UUID | None = None


@dataclass(frozen=True)
class Trial:
    """What happened. Exactly one of `output` and `failure` is set.

    `cost` is in USD, None where tokens or price are unknown; `attempts` counts requests sent.
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
