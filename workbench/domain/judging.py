"""Calls to a judge: which output it is to judge by which criterion, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from workbench.domain.preferences import Preference
from workbench.domain.scores import Judgement, Outcome
from workbench.domain.trials import PlannedCall
from workbench.errors import CallFailure

UNSEEN = "The judge did not see the files of this case then: it was given their names alone."
"""Why a word of a judge from before judges were shown files is withdrawn."""


UNSHOWN = "The judge could not be shown the files of this case: "
UNPICTURED = "The judge could not be shown the picture: "
"""How the reasons of `unshown` and `unpictured` begin, by which they are found again."""
ASKED_AGAIN = "The judge is asked again: it could not be shown the files of this case then."
"""Why such a word is withdrawn."""


def unshown(why: str) -> str:
    """Why a judge has no word on an output of a case whose files it could not be shown."""
    return f"{UNSHOWN}{why}"


def unpictured(why: str) -> str:
    """The same where its server took no pictures."""
    return (
        f"{UNPICTURED}{why} Choose a model that reads pictures as this criterion's judge; or let "
        "it try again, once the server behind its connection has one."
    )


class ControlKind(StrEnum):
    """Why it is known what a judge should say of an output."""

    UNFIT = "unfit"
    """It serves nobody."""
    ORDERED = "ordered"
    """It serves nobody, and orders its judge to pass it."""
    SAME = "same"
    """It stands beside itself, so neither is better."""
    REPEATED = "repeated"
    """The judge said so before, and people too."""


@dataclass(frozen=True, slots=True)
class Control:
    """An output that is planted among those that are judged: `wanted` is what it should get. Where
    that is a fail it must not pass, and the other way round."""

    kind: ControlKind
    text: str
    wanted: Outcome


@dataclass(frozen=True)
class ControlAnswer:
    """What came of a control that a call (`id`) was about."""

    id: UUID
    control: Control
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class PairControl:
    """Two outputs, in the order in which they are shown, that are planted among those that are
    compared: `wanted` is what should be said of them. With `is_turned` they stand the other way
    round: what is made by us, or is known to be liked less, comes first."""

    kind: ControlKind
    first: str
    second: str
    wanted: Preference
    is_turned: bool = False

    def turned(self) -> "PairControl":
        """The same in the other order."""
        return PairControl(
            self.kind, self.second, self.first, self.wanted.turned(), not self.is_turned
        )


@dataclass(frozen=True)
class PairControlAnswer:
    """What came of two outputs that a call (`id`) was about."""

    id: UUID
    control: PairControl
    better: Preference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCall(PlannedCall):
    """A call that asks a judge about the output of a trial. Variant, case and number are those of
    the trial; `scorer` is the judge's fingerprint; `nonce` marks the output in this call's prompt,
    and in no other's. With a `control` that is judged, in the place of the trial's output. Where
    two outputs are compared the trial's comes first, and that of `second_id` second; a control of
    two outputs brings both."""

    trial_id: UUID
    criterion_id: UUID
    scorer: str
    nonce: str
    control: Control | PairControl | None = None
    second_id: UUID | None = None

    @property
    def may_show_files(self) -> bool:
        """Whether the case's files belong to it. What is known of a control that we made does not
        rest on them, and a server that refuses them must not keep its judge from being tried; of a
        repeated one the judge's word did."""
        return self.control is None or self.control.kind is ControlKind.REPEATED


@dataclass(frozen=True)
class JudgeCall:
    """What a call to a judge came to. Exactly one of `reply` and `failure` is set.

    `passage` is what of the output the verdict rests on; `flags` say what in the output spoke to
    its judge. `files` are the SHA-256 of the case's files that it was shown. `cost` is in USD, None
    where tokens or price are unknown.
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
    files: tuple[str, ...] = ()
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
