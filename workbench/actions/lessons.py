"""What a failure mode teaches: it becomes a requirement, or a criterion of one that is there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from workbench.actions import criteria, datasets, requirements
from workbench.domain.criteria import Criterion, CriterionDraft, Lane, Measure, Scorer, ScorerKind
from workbench.domain.failures import FailureMode, Severity, SortedNote
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence, Level, Requirement, RequirementDraft
from workbench.errors import InputError
from workbench.say import count
from workbench.store.store import Store

MOST_EVIDENCE = 10
"""So many notes stand with a requirement as what caused it; all stay with the failure mode."""
_IMPACT = {
    Severity.MINOR: Level.LOW,
    Severity.SERIOUS: Level.MEDIUM,
    Severity.SEVERE: Level.HIGH,
}
# Where to start: what is worse may happen less often. Nothing in it is binding.
_BARS = {Severity.MINOR: 0.8, Severity.SERIOUS: 0.9, Severity.SEVERE: 0.95}


class Learnt(NamedTuple):
    """What a failure mode became, and how many of its examples were added as cases: the others are
    cases already."""

    requirement: Requirement
    criterion: Criterion
    cases_added: int


def require(store: Store, who: Person, mode_id: UUID) -> Learnt:
    """Make a failure mode a requirement with a criterion, its notes as what caused it and its
    examples as cases.

    Raises InputError for one that nobody has seen yet, that is put away, or that became a
    requirement already.
    """
    with store.transaction():
        mode, notes, evidence = _known(store, mode_id)
        for requirement_id, criterion_id in store.failures.lessons(mode.feature_id).get(
            mode_id, ()
        ):
            there = store.requirements.get(requirement_id)
            if there.archived_at is None and criterion_id is None:
                raise InputError(f"{mode.key} became {there.key} already.", "Revise that one.")
        kept = requirements.add(store, who, mode.feature_id, _requirement(mode, notes), evidence)
        store.failures.learn(mode_id, kept.id, None, who.name)
        return _with_criterion(store, who, mode, notes, kept)


def judge(store: Store, who: Person, mode_id: UUID, requirement_id: UUID) -> Learnt:
    """Make a failure mode a discovered criterion of a requirement, with its examples as cases.

    Raises InputError as `require` does, and where it is a criterion of that requirement already.
    """
    with store.transaction():
        mode, notes, _ = _known(store, mode_id)
        living = {c.id: c for c in store.criteria.of(mode.feature_id)}
        for known_id, criterion_id in store.failures.lessons(mode.feature_id).get(mode_id, ()):
            if known_id == requirement_id and criterion_id in living:
                raise InputError(
                    f"{mode.key} became {living[criterion_id].key} already.", "Change that one."
                )
        return _with_criterion(store, who, mode, notes, store.requirements.get(requirement_id))


def _with_criterion(
    store: Store,
    who: Person,
    mode: FailureMode,
    notes: Sequence[SortedNote],
    requirement: Requirement,
) -> Learnt:
    why = f"Found by reading outputs: {mode.label}"
    criterion = criteria.add(store, who, requirement.id, _criterion(mode, notes), why)
    store.failures.learn(mode.id, requirement.id, criterion.id, who.name)
    return Learnt(requirement, criterion, _keep_cases(store, who, mode, notes))


def _known(
    store: Store, mode_id: UUID
) -> tuple[FailureMode, list[SortedNote], tuple[Evidence, ...]]:
    """A failure mode with its notes, and what of them stands as evidence."""
    mode = store.failures.get(mode_id)
    if mode.is_archived:
        raise InputError(f"{mode.key} is put away.", "Restore it first.")
    found = store.reports.failures.notes(mode.feature_id)
    notes = [note for note in found if note.mode_id == mode_id]
    evidence = (*(note.evidence() for note in notes), *mode.examples)
    if not evidence:
        raise InputError(
            f"{mode.key} has no example yet.", "Sort at least one note into it: it is the evidence."
        )
    return mode, notes, evidence[:MOST_EVIDENCE]


def _requirement(mode: FailureMode, notes: Sequence[SortedNote]) -> RequirementDraft:
    draft, fallback = mode.draft, mode.draft.fallback
    said = [f"Answers are free of this failure: {draft.name}.", draft.definition]
    if fallback.response:
        said.append(f"When it happens all the same, the product {fallback.response.label}.")
    statement = "\n\n".join(part for part in said if part)
    rationale = f"Found by reading outputs: {mode.label}, {_seen(notes)}."
    return RequirementDraft(statement, rationale, impact=_IMPACT[draft.severity])


def _criterion(mode: FailureMode, notes: Sequence[SortedNote]) -> CriterionDraft:
    draft = mode.draft
    question = f"Is this answer free of “{draft.name}”? {draft.definition}".strip()
    return CriterionDraft(
        f"Free of: {draft.name}",
        Scorer(ScorerKind.RATING, {"question": question}),
        Measure.PASS_RATE,
        _BARS[draft.severity],
        lane=Lane.DISCOVERED,
        origin=f"Failure mode {mode.key}, {_seen(notes)}",
    )


def _seen(notes: Sequence[SortedNote]) -> str:
    if not notes:
        return "from a feature file"
    keys = dict.fromkeys(note.experiment for note in notes)
    return f"{count(len(notes), 'note')} in {', '.join(keys)}"


def _keep_cases(store: Store, who: Person, mode: FailureMode, notes: Iterable[SortedNote]) -> int:
    """Bring back the cases of notes that no dataset holds any more, with where they came from.
    Returns how many were added: the others are cases already."""
    newest = {version.dataset_id: version for version in store.datasets.of(mode.feature_id)}
    held = {
        dataset_id: [case.draft() for case in store.datasets.cases(version.id)]
        for dataset_id, version in newest.items()
    }
    known = {case.input_fingerprint() for cases in held.values() for case in cases}
    added = 0
    for case_id in dict.fromkeys(note.case_id for note in notes):
        case = store.datasets.case(case_id)
        draft = replace(case.draft(), key="", source=f"failure mode {mode.key}")
        if draft.input_fingerprint() in known or case.dataset_id not in newest:
            continue
        known.add(draft.input_fingerprint())
        version = newest[case.dataset_id]
        datasets.take_in(store, who, mode.feature_id, version.name, [draft])
        added += 1
    return added
