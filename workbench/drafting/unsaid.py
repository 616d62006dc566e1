"""What a prompt leaves unsaid: whether it says each requirement, and whether outputs meet it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from workbench.domain.prompts import PromptText, Variant
from workbench.domain.requirements import Kind, Requirement
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.drafting.conflicts import Finding, FindingKind, subjects
from workbench.say import count

_SAID = 0.5
_SENTENCES = re.compile(r"(?<=[.!?:;])\s")
_WAYS = 2
"""Met by luck is said only where so many models or phrasings were tried."""


class PromptCoverage(StrEnum):
    """How a requirement stands to a prompt."""

    SPECIFIED = "specified"
    LUCK = "met by luck"
    MISSING = "missing"
    CONFLICT = "conflicts"
    UNKNOWN = "not enough evidence"
    ELSEWHERE = "not for the prompt"


@dataclass(frozen=True)
class Said:
    """One requirement: how it stands to a prompt, the words that both have, and on how many of the
    ways that were tried (prompt versions and models) outputs met it."""

    requirement: Requirement
    standing: PromptCoverage
    words: tuple[str, ...]
    met: int
    not_met: int
    tried: int
    against: tuple[str, ...] = ()

    def shown(self) -> str:
        """What outputs show, in words."""
        if not self.tried:
            return "not tried yet"
        undecided = self.tried - self.met - self.not_met
        said = f"met by {self.met} of {count(self.tried, 'variant')} tried"
        said += f", not by {self.not_met}" if self.not_met else ""
        return said + (f", {undecided} undecided" if undecided else "")


def of_prompt(
    text: PromptText,
    requirements: Sequence[Requirement],
    verdicts: Sequence[CriterionVerdict],
    variants: Sequence[Variant],
    findings: Sequence[Finding],
) -> list[Said]:
    """How each requirement stands to a prompt. `verdicts` are those of all variants; `variants`
    say which prompt and model each is. Whether a prompt says something is told by shared words:
    look at those that are named."""
    spoken = subjects(" ".join(text.templates()))
    ways = {each.id: (each.prompt.id, each.model) for each in variants}
    return [_of(each, spoken, verdicts, ways, findings) for each in requirements]


def _of(
    requirement: Requirement,
    spoken: frozenset[str],
    verdicts: Sequence[CriterionVerdict],
    ways: dict[UUID, tuple[UUID, str]],
    findings: Sequence[Finding],
) -> Said:
    # The promise comes first; what follows says what happens when it fails.
    promise = _SENTENCES.split(requirement.draft.statement.strip(), maxsplit=1)[0]
    wanted = subjects(promise)
    shared = tuple(word for word in promise.split() if subjects(word) & spoken)
    is_said = bool(wanted) and len(wanted & spoken) >= _SAID * len(wanted)
    by_way: dict[tuple[UUID, str], list[Verdict]] = {}
    for verdict in verdicts:
        way = ways.get(verdict.variant_id) if verdict.variant_id else None
        if verdict.requirement.id == requirement.id and way is not None:
            by_way.setdefault(way, []).append(verdict.verdict)
    met = sum(all(v is Verdict.MET for v in each) for each in by_way.values())
    not_met = sum(any(v is Verdict.NOT_MET for v in each) for each in by_way.values())
    against = tuple(
        key
        for each in findings
        if each.kind is FindingKind.CONFLICT and requirement.key in each.about
        for key in each.about
        if key != requirement.key
    )
    standing = _standing(requirement.draft.kind, is_said, met, not_met, bool(against))
    words = tuple(dict.fromkeys(word.strip(".,:;!?") for word in shared))
    return Said(requirement, standing, words, met, not_met, len(by_way), against)


def _standing(
    kind: Kind, is_said: bool, met: int, not_met: int, is_against: bool
) -> PromptCoverage:
    if is_against:
        return PromptCoverage.CONFLICT
    if kind in (Kind.LATENCY, Kind.COST):
        return PromptCoverage.ELSEWHERE
    if is_said:
        return PromptCoverage.SPECIFIED
    if not_met:
        return PromptCoverage.MISSING
    return PromptCoverage.LUCK if met >= _WAYS else PromptCoverage.UNKNOWN
