"""Which of two outputs of a case is liked better, as it was shown; and what follows for one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from workbench.domain.scores import Judgement, Outcome


class Preference(StrEnum):
    """What can be said of two outputs, the first of which stood on the left, or came first."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    UNSCORED = "unscored"

    @property
    def label(self) -> str:
        """The word in words."""
        return _LABELS[self]

    def turned(self) -> "Preference":
        """The same with the two in each other's place."""
        return {Preference.FIRST: Preference.SECOND, Preference.SECOND: Preference.FIRST}.get(
            self, self
        )


_LABELS = {
    Preference.FIRST: "the first is better",
    Preference.SECOND: "the second is better",
    Preference.TIE: "tie",
    Preference.BOTH_BAD: "both bad",
    Preference.UNSCORED: "unscored",
}
_CONTRADICTED = "it contradicted itself in the other order."
_REASONS = {
    Preference.FIRST: "Preferred",
    Preference.SECOND: "The other is preferred",
    Preference.TIE: "Tie",
    Preference.BOTH_BAD: "Both bad",
    Preference.UNSCORED: "No preference",
}


@dataclass(frozen=True)
class Preferred:
    """Somebody's word on two trials. Whoever takes it back leaves a newer one `is_withdrawn`."""

    first: UUID
    second: UUID
    criterion_id: UUID
    scorer: str
    rater: str
    outcome: Preference
    note: str = ""
    question: str = ""
    is_withdrawn: bool = False
    created_at: datetime | None = None


class UnjudgedPair(NamedTuple):
    """Two outputs that a judge was not asked about in this order; variant, case and number are
    those of the first."""

    first: UUID
    second: UUID
    variant_id: UUID
    case_id: UUID
    number: int


class Sides(NamedTuple):
    """Two trials of one case and number, and whose they are."""

    one: UUID
    other: UUID
    one_variant: UUID
    other_variant: UUID


def of_both_orders(one: Preferred, turned: Preferred) -> tuple[Preference, str]:
    """What a judge's word comes to, as of the `one`, when it was asked in the other order, too, and
    why: a contradiction is a tie."""
    said = one.outcome, turned.outcome.turned()
    reason = f"{one.note} / {turned.note}"
    if Preference.UNSCORED in said:
        return Preference.UNSCORED, reason
    if said[0] is said[1]:
        return said[0], reason
    return Preference.TIE, f"{_CONTRADICTED} {reason}"


def judgement(outcome: Preference, note: str = "") -> Judgement:
    """What a word says of the first of two outputs, where the second is what it is compared with:
    it passes where it is liked better. A tie, or two bad ones, is not better."""
    said = _REASONS[outcome]
    reason = f"{said}: {note}" if note else said
    if outcome is Preference.UNSCORED:
        return Judgement(Outcome.UNSCORED, reason)
    return Judgement(Outcome.PASS if outcome is Preference.FIRST else Outcome.FAIL, reason)
