"""What a scorer thought of an output, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """Pass, fail, unscored (nobody could say), or not applicable: never a guess.

    What is not applicable is out of the denominator, so it is counted and shown beside the verdict.
    """

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNSCORED = "unscored"

    @property
    def label(self) -> str:
        """The outcome in words."""
        return self.value.replace("_", " ")


CHECK, PERSON, MODEL = "check", "person", "judge"
"""What may have given a score; a scorer without a name, which is code, is called by the first."""
OUTSIDE = "outside"
"""Who gave a score that was made elsewhere and has no name with it."""
_JUDGE = "judge:"
_SETTLED = "settled:"


def settler_name(person: str) -> str:
    """How somebody is called who says who was right where a judge and people differ: theirs is no
    rating, they saw both words."""
    return f"{_SETTLED}{person}"


def judge_name(model: str) -> str:
    """How a model is called as the rater of what it judged."""
    return f"{_JUDGE}{model}"


def is_judge(rater: str) -> bool:
    """Whether a rater is a model."""
    return rater.startswith(_JUDGE)


def is_settler(rater: str) -> bool:
    """Whether a rater's word is a decision about those of others."""
    return rater.startswith(_SETTLED)


def scorer_kind(rater: str) -> str:
    """Whether a score was given by a check, by a model that judges (“judge:…”), or by a person."""
    # Nobody knows who gave a score without a name, so it is no word of a second person.
    if rater in ("", CHECK, OUTSIDE):
        return CHECK
    return MODEL if is_judge(rater) else PERSON


def who_said(rater: str) -> str:
    """A rater as pages and files name them: a model as one, and who settled what others said."""
    if is_judge(rater):
        return f"the model {rater.removeprefix(_JUDGE)}"
    return f"settled by {rater.removeprefix(_SETTLED)}" if is_settler(rater) else rater


@dataclass(frozen=True)
class Judgement:
    """A scorer's answer before it is tied to a trial. `value` is what was measured, if anything."""

    outcome: Outcome
    reason: str
    value: float | None = None


@dataclass(frozen=True)
class Score:
    """A judgement on one trial for one criterion, by one scorer (and rater).

    `question` is what the rater was asked, as it stood on the page; empty for checks. A rater who
    takes a rating back leaves a newer score that `is_withdrawn`: the output waits again.
    """

    trial_id: UUID
    criterion_id: UUID
    scorer: str
    judgement: Judgement
    rater: str = ""
    created_at: datetime | None = None
    question: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Note:
    """What a reader wrote on a trial."""

    trial_id: UUID
    author: str
    text: str
    created_at: datetime | None = None
    id: UUID | None = None
