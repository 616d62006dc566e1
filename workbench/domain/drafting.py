"""A draft of a feature: what a text may mean, as suggestions to accept, edit or reject."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.failures import Fallback, ModeDraft, Response, Severity
from workbench.domain.requirements import Kind, RequirementDraft

MOST_TEXT = 20_000
"""Characters of a text that a draft is made of."""
Body = RequirementDraft | CriterionDraft | CaseDraft | ModeDraft


class About(StrEnum):
    """What a suggestion would become."""

    REQUIREMENT = "requirement"
    CRITERION = "criterion"
    CASE = "case"
    FAILURE_MODE = "failure_mode"

    @property
    def noun(self) -> str:
        """It in words."""
        return self.value.replace("_", " ")


class Part(StrEnum):
    """What a model is asked for at once, in this order."""

    REQUIREMENTS = "requirements"
    CRITERIA = "criteria"
    CASES = "cases"
    FAILURE_MODES = "failure_modes"

    @property
    def noun(self) -> str:
        """It in words."""
        return self.value.replace("_", " ")


class Resolution(StrEnum):
    """What a person said to a suggestion."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    OPEN = "open"

    @property
    def is_taken(self) -> bool:
        """Whether it became something."""
        return self in (Resolution.ACCEPTED, Resolution.EDITED)


@dataclass(frozen=True)
class Idea:
    """What a text suggests: what it would become, the words that it came from, and why it is drawn
    up so. `of` is the place of a criterion's requirement among the ideas, or among those that the
    criteria were asked for."""

    body: Body
    quote: str = ""
    why: str = ""
    of: int | None = None

    @property
    def about(self) -> About:
        """What it would become."""
        return _ABOUT[type(self.body)]


@dataclass(frozen=True)
class Drafted:
    """What came of reading a text: ideas in order, and what was read and led to nothing."""

    ideas: tuple[Idea, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartEnded:
    """What asking for one part of a draft came to: nothing was sent where it has no call, and it
    suggests nothing where there is a `problem`. `left_out` is what was read and led to nothing."""

    part: Part
    call_id: UUID | None
    problem: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """A text that was read once, and by whom: `model` is empty where it was the rules. The
    `connection` is named where a model is asked part by part."""

    id: UUID
    feature_id: UUID
    number: int
    text: str
    left_out: tuple[str, ...]
    author: str
    made_at: datetime
    call_id: UUID | None = None
    model: str = ""
    connection: str = ""

    @property
    def source(self) -> str:
        """Who suggests, as a history says it."""
        return self.model or "rules"


@dataclass(frozen=True)
class Suggestion:
    """An idea that was kept, and what was said to it: `made` is the key of what it became.
    `of_id` is the suggestion of a criterion's requirement."""

    id: UUID
    round_id: UUID
    idea: Idea
    of_id: UUID | None = None
    resolution: Resolution = Resolution.OPEN
    made: str = ""
    made_id: UUID | None = None
    person: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to judge it."""
        return self.resolution is Resolution.OPEN

    @property
    def body(self) -> Body:
        """What it would become."""
        return self.idea.body


@dataclass(frozen=True)
class Acceptance:
    """How one source's suggestions fared."""

    source: str
    accepted: int
    edited: int
    rejected: int
    open: int

    @property
    def judged(self) -> int:
        """How many somebody has judged."""
        return self.accepted + self.edited + self.rejected


_ABOUT: Mapping[type, About] = {
    RequirementDraft: About.REQUIREMENT,
    CriterionDraft: About.CRITERION,
    CaseDraft: About.CASE,
    ModeDraft: About.FAILURE_MODE,
}


def plain(body: Body) -> dict[str, Any]:
    """What a suggestion would become, as JSON has it."""
    match body:
        case RequirementDraft():
            return {
                "statement": body.statement, "kind": body.kind.value, "rationale": body.rationale,
            }  # fmt: skip
        case CriterionDraft():
            return {
                "title": body.title,
                "scorer": {"kind": body.scorer.kind.value, "settings": dict(body.scorer.settings)},
                "measure": body.measure.value,
                "bar": body.bar,
                "confidence": body.confidence,
                "slices": list(body.slices),
            }
        case CaseDraft():
            return {
                "variables": dict(body.variables),
                "reference": body.reference,
                "tags": list(body.tags),
                "source": body.source,
            }
        case ModeDraft():
            response = body.fallback.response
            return {
                "name": body.name,
                "definition": body.definition,
                "severity": body.severity.value,
                "noticed": body.fallback.noticed,
                "response": response.value if response else None,
                "reads": body.fallback.reads,
            }


def written(body: Body) -> str:
    """The same as one text, to keep."""
    return json.dumps(plain(body), ensure_ascii=False)


def read(about: About, text: str) -> Body:
    """The inverse of `written`."""
    held: dict[str, Any] = json.loads(text)
    match about:
        case About.REQUIREMENT:
            return RequirementDraft(held["statement"], held["rationale"], Kind(held["kind"]))
        case About.CRITERION:
            scorer = Scorer(ScorerKind(held["scorer"]["kind"]), held["scorer"]["settings"])
            return CriterionDraft(
                held["title"], scorer, Measure(held["measure"]), held["bar"],
                confidence=held["confidence"], slices=tuple(held["slices"]),
            )  # fmt: skip
        case About.CASE:
            return CaseDraft(
                "", held["variables"], held["reference"], tuple(held["tags"]), held["source"]
            )
        case About.FAILURE_MODE:
            response = Response(held["response"]) if held["response"] else None
            fallback = Fallback(held["noticed"], response, held["reads"])
            return ModeDraft(
                held["name"], held["definition"], Severity(held["severity"]), fallback=fallback
            )


def of_group(found: Sequence[Suggestion], about: About) -> list[Suggestion]:
    """Those that would become one sort of thing, in their order."""
    return [each for each in found if each.idea.about is about]
