"""Conflicts, ambiguity and gaps between requirements, found by rules: no model, always the same."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from workbench.domain import hints
from workbench.domain.criteria import Criterion, Scorer, ScorerKind
from workbench.domain.hints import HintKind
from workbench.domain.requirements import Kind, Requirement
from workbench.evidence.words.least import least
from workbench.say import count

_NEVER = re.compile(r"\b(?:never|must not|mustn't|does not|do not|doesn't|don't|no longer)\b", re.I)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = """
    the and for that this with its are was has have had when where which from into every each all
    any must should shall will can may never always not does don doesn only also then than them
    they assistant bot model system feature answer answers reply replies draft drafts customer
    customers user users most least
"""
_EMPTY = frozenset(_COMMON.split())
_ALIKE = 0.6
_SPANS = (ScorerKind.LENGTH, ScorerKind.ITEMS)
_ENOUGH_SHARED = 2


class FindingKind(StrEnum):
    """What was found."""

    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"
    THIN = "thin"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing to settle: about which requirements (their keys), what it is, and what to do."""

    kind: FindingKind
    about: tuple[str, ...]
    said: str
    advice: str


@dataclass(frozen=True)
class Unit:
    """What verdicts count once in a dataset, and its tags."""

    identity: str
    tags: frozenset[str]


def found(
    requirements: Sequence[Requirement],
    criteria: Sequence[Criterion],
    datasets: Sequence[Sequence[Unit]],
) -> list[Finding]:
    """All that rules find, conflicts first. `datasets` are the units of each newest version."""
    keys = {each.id: each.key for each in requirements}
    living = [each for each in criteria if each.requirement_id in keys]
    return [
        *_clashing_criteria(living, keys),
        *_clashing_statements(requirements),
        *_ambiguous(requirements, living),
        *_one_sided(living, keys),
        *_unprovoked(requirements, datasets),
        *_thin(living, keys, datasets),
    ]


def subjects(text: str) -> frozenset[str]:
    """The words of a sentence that say what it is about, without their endings."""
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(_stem(word) for word in words if word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in ("ising", "izing", "ing", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _clashing_criteria(criteria: Sequence[Criterion], keys: Mapping[UUID, str]) -> list[Finding]:
    clashes = []
    for one, other in combinations(criteria, 2):
        if not _meet(one, other):
            continue
        said = _clash(one.draft.scorer, other.draft.scorer)
        if said:
            about = tuple(dict.fromkeys((keys[one.requirement_id], keys[other.requirement_id])))
            clashes.append(
                Finding(
                    FindingKind.CONFLICT,
                    about,
                    f"{one.key} and {other.key} can't both pass: {said}.",
                    "Change one of them, or give each its own slice of cases.",
                )
            )
    return clashes


def _meet(one: Criterion, other: Criterion) -> bool:
    """Whether some case is scored by both."""
    first, second = set(one.draft.slices), set(other.draft.slices)
    return not first or not second or bool(first & second)


def _clash(one: Scorer, other: Scorer) -> str:
    """Why no answer passes both; empty where one may."""
    if one.looks_at is not other.looks_at:
        return ""
    kinds = {one.kind, other.kind}
    if kinds == {ScorerKind.CONTAINS, ScorerKind.NOT_CONTAINS}:
        wanted, barred = (one, other) if one.kind == ScorerKind.CONTAINS else (other, one)
        shared = _texts(wanted) & _texts(barred)
        is_whole = wanted.settings.get("mode") != "any" or shared == _texts(wanted)
        return f"“{sorted(shared)[0]}” must be there and must not" if shared and is_whole else ""
    if len(kinds) > 1:
        return ""
    if one.kind in _SPANS and _unit(one) == _unit(other):
        for low, high in ((one, other), (other, one)):
            least_of, most_of = low.settings.get("min"), high.settings.get("max")
            if least_of is not None and most_of is not None and least_of > most_of:
                return (
                    f"one wants at least {least_of:,} {_unit(one)}, the other at most {most_of:,}"
                )
    if one.kind == ScorerKind.LANGUAGE:
        first, second = (set(each.settings.get("languages", ())) for each in (one, other))
        return "they want other languages" if not first & second else ""
    if one.kind == ScorerKind.REFUSAL and one.settings.get("expected") != other.settings.get(
        "expected"
    ):
        return "one wants a refusal, the other an answer"
    if one.kind in (ScorerKind.STARTS_WITH, ScorerKind.ENDS_WITH, ScorerKind.ONE_OF):
        return "" if _texts(one) & _texts(other) else f"both say what it {one.kind.entry.label}"
    return ""


def _texts(scorer: Scorer) -> set[str]:
    return {str(text).casefold() for text in scorer.settings.get("texts", ())}


def _unit(scorer: Scorer) -> str:
    return str(scorer.settings.get("unit") or scorer.settings.get("counted") or "words")


def _clashing_statements(requirements: Sequence[Requirement]) -> list[Finding]:
    """“Never offers a discount” beside “offers a discount to …”."""
    clashes = []
    for one, other in combinations(requirements, 2):
        texts = one.draft.statement, other.draft.statement
        is_barred = [bool(_NEVER.search(text)) for text in texts]
        first, second = (subjects(text) for text in texts)
        if is_barred[0] == is_barred[1] or min(len(first), len(second)) < _ENOUGH_SHARED:
            continue
        shared = first & second
        if len(shared) >= _ALIKE * min(len(first), len(second)) and len(shared) >= _ENOUGH_SHARED:
            barred, wanted = (one, other) if is_barred[0] else (other, one)
            clashes.append(
                Finding(
                    FindingKind.CONFLICT,
                    (barred.key, wanted.key),
                    f"{barred.key} rules out what {wanted.key} seems to ask for: both are about "
                    f"{', '.join(sorted(shared))}.",
                    "If both hold, say in each when it does. By words alone: look at both.",
                )
            )
    return clashes


def _ambiguous(requirements: Sequence[Requirement], criteria: Sequence[Criterion]) -> list[Finding]:
    """Vague words, and absolute ones, that no criterion makes clear."""
    measured = {each.requirement_id for each in criteria}
    unclear = []
    for each in requirements:
        if each.id in measured:
            continue
        for hint in hints.hints(each.draft.statement):
            if hint.kind in (HintKind.VAGUE, HintKind.ABSOLUTE):
                words = ", ".join(f"“{word}”" for word in hint.words)
                said = f"{each.key} says {words}, and no criterion says what that means."
                unclear.append(Finding(FindingKind.AMBIGUOUS, (each.key,), said, hint.advice))
    return unclear


def _one_sided(criteria: Sequence[Criterion], keys: Mapping[UUID, str]) -> list[Finding]:
    """Refusals that nothing holds back: a model that refuses everything would pass."""
    refusals = [each for each in criteria if each.draft.scorer.kind == ScorerKind.REFUSAL]
    answers = [e for e in refusals if e.draft.scorer.settings.get("expected") == "answers"]
    return [
        Finding(
            FindingKind.MISSING,
            (keys[each.requirement_id],),
            f"{each.key} wants refusals, and nothing wants answers to near misses.",
            "Add a criterion that messages which only look alike are answered, with such cases.",
        )
        for each in refusals
        if each not in answers and not answers
    ]


def _unprovoked(
    requirements: Sequence[Requirement], datasets: Sequence[Sequence[Unit]]
) -> list[Finding]:
    tags = {tag for units in datasets for unit in units for tag in unit.tags}
    tries = ("adversarial", "attack", "must-refuse", "injection", "negative")
    safety = [each for each in requirements if each.draft.kind is Kind.SAFETY]
    if not datasets or not safety or any(name in tag for tag in tags for name in tries):
        return []
    return [
        Finding(
            FindingKind.MISSING,
            tuple(each.key for each in safety),
            "No case is tagged adversarial: nothing tempts the feature into what it must not do.",
            "Add messages that ask for it, openly and in disguise, and tag them adversarial.",
        )
    ]


def _thin(
    criteria: Sequence[Criterion],
    keys: Mapping[UUID, str],
    datasets: Sequence[Sequence[Unit]],
) -> list[Finding]:
    """Criteria whose bar takes more cases than any dataset has for them."""
    thin = []
    for each in criteria:
        draft = each.draft
        wanted = set(draft.slices)
        there = max(
            (
                len({unit.identity for unit in units if not wanted or wanted & unit.tags})
                for units in datasets
            ),
            default=0,
        )
        takes = least(draft.measure, draft.bar, draft.confidence, there)
        if takes is None or there >= takes.cases:
            continue
        where = f" tagged {', '.join(draft.slices)}" if wanted else ""
        thin.append(
            Finding(
                FindingKind.THIN if there else FindingKind.MISSING,
                (keys[each.requirement_id],),
                f"{each.key} has {count(there, 'case')}{where}; its bar takes {takes.cases:,} even "
                "if all pass.",
                "Add cases (Data, Coverage plans them), or set a bar that fewer can show.",
            )
        )
    return thin
