"""Failures: outputs read one at a time, notes on what went wrong first, and modes to sort them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.actions import experiments
from workbench.actions.deeds import doing
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.failures import FailureMode, ModeDraft, SortedNote
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Note
from workbench.errors import InputError
from workbench.say import count
from workbench.store.store import Store


class TakenBack(NamedTuple):
    """A reading that was taken back: the output that waits again, and what its note said."""

    trial_id: UUID
    text: str


def read(
    store: Store,
    who: Person,
    feature_id: UUID,
    trial_id: UUID,
    text: str = "",
    mode_id: UUID | None = None,
) -> None:
    """Keep that somebody read an output, with what went wrong in it first (and the failure mode
    that it belongs to, if that is known already); without words nothing did. The same again
    changes nothing. Raises InputError for a call that brought no output, and for a mode that takes
    no notes."""
    trial = store.trials.get(trial_id)
    if trial.output is None:
        raise InputError("This call failed: there is no output to read.", "Go on with the next.")
    with doing(store, who, Deed.READING_KEEP, feature_id) as line:
        if text.strip() in store.failures.said(trial_id, who):
            return
        key = store.datasets.case(trial.case_id).key
        if text.strip():
            note_id = store.scores.add_note(Note(trial_id, who.name, text))
            store.failures.read(trial_id, who, note_id)
            if mode_id is not None:
                mode = _open_mode(store, feature_id, mode_id)
                store.failures.sort([note_id], mode.id, who.name)
            line.say(key, f"Answer to {key} read", text)
        else:
            store.failures.read(trial_id, who)
            line.say(key, f"Answer to {key} read: nothing went wrong")


def take_back(store: Store, who: Person, feature_id: UUID, experiment_id: UUID) -> TakenBack | None:
    """Take somebody's newest reading in an experiment back, with its note. None without one."""
    with doing(store, who, Deed.READING_WITHDRAW, feature_id) as line:
        found = store.failures.newest_reading(experiment_id, who)
        if found is None:
            return None
        reading_id, trial_id, note_id = found
        said = [n for n in store.scores.notes([trial_id]).get(trial_id, ()) if n.id == note_id]
        store.failures.withdraw(reading_id, trial_id, who)
        key = store.datasets.case(store.trials.get(trial_id).case_id).key
        line.say(key, f"Answer to {key}: reading taken back")
    return TakenBack(trial_id, said[0].text if said else "")


def add_mode(
    store: Store,
    who: Person,
    feature_id: UUID,
    draft: ModeDraft,
    notes: Sequence[SortedNote] = (),
) -> FailureMode:
    """Keep a new failure mode under the next free key, with the notes that belong to it. Raises
    InputError where it has no name, or one that another has."""
    with doing(store, who, Deed.FAILURE_MODE_ADD, feature_id) as line:
        tidy = draft.checked()
        _refuse_taken(store, feature_id, tidy.name)
        kept = store.failures.add(feature_id, tidy, who.name)
        store.failures.sort([note.id for note in notes], kept.id, who.name)
        held = f" with {count(len(notes), 'note')}" if notes else ""
        line.say(kept.key, f"{kept.key} “{tidy.name}” added{held}")
    return kept


def edit_mode(
    store: Store, who: Person, mode_id: UUID, draft: ModeDraft, based_on: int
) -> FailureMode:
    """Add a version to the one numbered `based_on`; saving what stands there changes nothing.

    Raises Conflict where a newer one exists; InputError where it is put away, has no name, or one
    that another has.
    """
    found = store.failures.get(mode_id)
    with doing(store, who, Deed.FAILURE_MODE_EDIT, found.feature_id) as line:
        now = store.failures.get(mode_id)
        if now.is_archived:
            raise InputError(f"{now.key} is put away.", "Restore it first, then change it.")
        tidy = draft.checked()
        if now.number == based_on and tidy == now.draft:
            return now
        _refuse_taken(store, found.feature_id, tidy.name, mode_id)
        kept = store.failures.revise(mode_id, tidy, based_on, who.name)
        line.say(kept.key, f"{kept.key} edited: {', '.join(_changed(now.draft, tidy))}")
    return kept


def archive_mode(store: Store, who: Person, mode_id: UUID) -> None:
    """Put a failure mode away; its notes wait to be sorted again, and come back with it. Doing so
    again changes nothing."""
    found = store.failures.get(mode_id)
    with doing(store, who, Deed.FAILURE_MODE_ARCHIVE, found.feature_id) as line:
        if store.failures.put_away(mode_id, who.name, is_archived=True):
            line.say(found.key, f"{found.key} “{found.draft.name}” put away")


def restore_mode(store: Store, who: Person, mode_id: UUID) -> None:
    """Bring a failure mode back. Doing so again changes nothing. Raises InputError where its name
    is taken by now."""
    found = store.failures.get(mode_id)
    with doing(store, who, Deed.FAILURE_MODE_RESTORE, found.feature_id) as line:
        _refuse_taken(store, found.feature_id, found.draft.name, mode_id)
        if store.failures.put_away(mode_id, who.name, is_archived=False):
            line.say(found.key, f"{found.key} “{found.draft.name}” restored")


def sort(
    store: Store, who: Person, feature_id: UUID, notes: Sequence[SortedNote], mode_id: UUID | None
) -> int:
    """Put notes into a failure mode, or into none. Returns how many moved; those that are there
    already stay. Raises InputError where the mode is put away or of another feature."""
    with doing(store, who, Deed.NOTE_SORT, feature_id) as line:
        mode = None if mode_id is None else _open_mode(store, feature_id, mode_id)
        moved = [note.id for note in notes if store.failures.mode_of(note.id) != mode_id]
        store.failures.sort(moved, mode_id, who.name)
        if moved:
            where = f"put into {mode.key}" if mode else "taken out of its failure mode"
            line.say(mode.key if mode else "", f"{count(len(moved), 'note')} {where}")
    return len(moved)


def plan_check(store: Store, who: Person, mode: FailureMode, experiment: Experiment) -> Experiment:
    """Freeze an experiment that shows whether a mode's fallback happens: on the mode's own cases,
    judged by its criterion, with the candidate, or else the variants of the experiment in which it
    is looked at. Raises InputError where the mode has no criterion or no case.
    """
    criterion_id = mode.draft.fallback.criterion_id
    if criterion_id is None:
        raise InputError("No check shows it yet.", "Choose a criterion that does, then plan a run.")
    noted = {
        note.case_id
        for note in store.reports.failures.notes(mode.feature_id)
        if note.mode_id == mode.id
    }
    version_id, case_ids = _newest_with(store, mode.feature_id, noted)
    candidate = store.features.candidate(mode.feature_id)
    plan = Plan(
        f"What happens then: {mode.draft.name}",
        version_id,
        (candidate,) if candidate else tuple(variant.id for variant in experiment.variants),
        (criterion_id,),
        trials=experiment.trials,
        case_ids=case_ids,
    )
    return experiments.freeze(store, who, mode.feature_id, plan)


def _newest_with(store: Store, feature_id: UUID, noted: set[UUID]) -> tuple[UUID, tuple[UUID, ...]]:
    """The dataset, in its newest version, that has most of some cases, and those it has."""
    held = [
        (version.id, tuple(c.id for c in store.datasets.cases(version.id) if c.id in noted))
        for version in store.datasets.of(feature_id)
    ]
    best = max(held, key=lambda each: len(each[1]), default=None)
    if best is None or not best[1]:
        raise InputError(
            "None of its cases is in a dataset's newest version.",
            "Sort notes on outputs of present cases into it, or keep its examples as cases.",
        )
    return best


def _open_mode(store: Store, feature_id: UUID, mode_id: UUID) -> FailureMode:
    """A failure mode that takes notes. Raises InputError for one that doesn't."""
    mode = store.failures.get(mode_id)
    if mode.is_archived:
        raise InputError(f"{mode.key} takes no notes: it is put away.", "Choose another one.")
    if mode.feature_id != feature_id:
        raise InputError(
            f"{mode.key} is a failure mode of another feature.", "Choose one of this feature."
        )
    return mode


def _refuse_taken(store: Store, feature_id: UUID, name: str, mode_id: UUID | None = None) -> None:
    for other in store.failures.of(feature_id):
        if other.id != mode_id and other.draft.name.casefold() == name.casefold():
            raise InputError(
                f"{other.key} is called “{other.draft.name}” already.",
                "Choose another name, or put the notes into that one.",
            )


def _changed(before: ModeDraft, after: ModeDraft) -> list[str]:
    fields = ("name", "definition", "severity", "owner", "fallback")
    return [name for name in fields if getattr(before, name) != getattr(after, name)]
