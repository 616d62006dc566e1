"""What the feature must do, found in rounds: requirements and their immutable revisions."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.errors import InputError


class Kind(StrEnum):
    """What sort of promise a requirement is."""

    QUALITY = "quality"
    SAFETY = "safety"
    CONSISTENCY = "consistency"
    DEGRADATION = "degradation"
    LATENCY = "latency"
    COST = "cost"


class Level(StrEnum):
    """How much impact, how much effort."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Horizon(StrEnum):
    """When it is wanted."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class Evidence:
    """What caused a revision, kept by value so that it stays readable wherever it travels."""

    summary: str
    experiment: str = ""
    criterion: str = ""
    variant: str = ""
    case: str = ""
    output: str = ""


@dataclass(frozen=True)
class RequirementDraft:
    """A requirement's text as somebody writes it."""

    statement: str
    rationale: str = ""
    kind: Kind = Kind.QUALITY
    impact: Level = Level.MEDIUM
    effort: Level = Level.MEDIUM
    horizon: Horizon = Horizon.NOW

    def checked(self) -> "RequirementDraft":
        """This draft with tidy fields. Raises InputError when it states nothing."""
        statement = self.statement.strip()
        if not statement:
            raise InputError("The requirement has no statement.", "Say what the feature must do.")
        return replace(self, statement=statement, rationale=self.rationale.strip())

    def text(self) -> str:
        """Everything in it, for comparing and for conflicts."""
        return (
            f"{self.statement}\n\nRationale: {self.rationale}\n"
            f"Kind: {self.kind}. Impact {self.impact}, effort {self.effort}, {self.horizon}."
        )


@dataclass(frozen=True)
class Revision:
    """A requirement's text at a moment, why it changed, and the evidence that caused it.

    `expects` is the bet: what the change should do, as somebody wrote it before it was measured.
    """

    number: int
    draft: RequirementDraft
    author: str
    created_at: datetime
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    expects: str = ""


@dataclass(frozen=True)
class Requirement:
    """One statement of what the feature must do, as its newest revision says it."""

    id: UUID
    feature_id: UUID
    key: str
    revision: Revision
    archived_at: datetime | None = None

    @property
    def draft(self) -> RequirementDraft:
        """What it says now."""
        return self.revision.draft


_RANK = {Level.LOW: 1, Level.MEDIUM: 2, Level.HIGH: 3}
_ORDER = {Horizon.NOW: 0, Horizon.NEXT: 1, Horizon.LATER: 2}


def priority(requirement: Requirement) -> tuple[int, float, str]:
    """Sort key: now before later, then most impact for least effort, then the older key."""
    draft = requirement.draft
    worth = _RANK[draft.impact] / _RANK[draft.effort]
    return (_ORDER[draft.horizon], -worth, f"{requirement.key:>8}")
