"""Calls to a judge: which output it is to judge by which criterion, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain.trials import PlannedCall
from workbench.errors import CallFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCall(PlannedCall):
    """A call that asks a judge about the output of a trial. Variant, case and number are those of
    the trial; `nonce` marks the output in this call's prompt, and in no other's. Where it compares
    two outputs the trial's comes first, and that of `second_id` second."""

    trial_id: UUID
    criterion_id: UUID
    nonce: str
    second_id: UUID | None = None


@dataclass(frozen=True)
class JudgeCall:
    """What a call to a judge came to. Exactly one of `reply` and `failure` is set.

    `passage` is what of the output the verdict rests on; `flags` say what in the output spoke to
    its judge. `cost` is in USD, None where tokens or price are unknown.
    """

    id: UUID
    run_id: UUID
    trial_id: UUID
    criterion_id: UUID
    scorer: str
    request_hash: str
    started_at: datetime
    reply: str | None = None
    failure: CallFailure | None = None
    message: str = ""
    passage: str = ""
    flags: tuple[str, ...] = ()
    finish_reason: str = ""
    model: str = ""
    latency_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None


class Unjudged(NamedTuple):
    """An output that a judge has not judged: its trial, and which call that was."""

    trial_id: UUID
    variant_id: UUID
    case_id: UUID
    number: int
