"""In which form somebody else types, or left words unsaved: the form alone, never the words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from workbench.domain import clock, drafts
from workbench.errors import NotFound
from workbench.ui.parts import session

_TYPES_FOR, _UNSAVED_FOR = timedelta(seconds=60), timedelta(hours=1)
"""How long after the last pause somebody counts as typing, and as having unsaved words."""


def what(person_id: str, feature_id: UUID) -> str:
    """In which form of this feature somebody wrote last, in words; empty where in none lately."""
    newest = session.remembered("typing", None, session.store().drafts.newest)
    now = clock.now()
    for scope, at in newest:
        kind, thing, writer = drafts.parts(scope)
        if writer == person_id and now - at <= _UNSAVED_FOR:
            name = session.remembered(
                "typing_in", (kind, thing, feature_id), partial(_named, kind, thing, feature_id)
            )
            if name:
                return _said(name, at, now)
    return ""


def _said(name: str, at: datetime, now: datetime) -> str:
    return f"typing in {name}" if now - at <= _TYPES_FOR else f"has unsaved words in {name}"


def _named(kind: str, thing: str, feature_id: UUID) -> str:
    """How people call a form; empty where it is of another feature, or gone."""
    naming = _NAMES.get(kind)
    if naming is None:
        return ""
    try:
        return naming(thing, feature_id)
    except (NotFound, ValueError):
        # What it is about was taken away since, or the draft is of an older version's making.
        return ""


def _requirement(thing: str, feature_id: UUID) -> str:
    if thing.startswith("new_"):
        return "a new requirement" if thing == f"new_{feature_id}" else ""
    found = session.store().requirements.get(UUID(thing))
    return f"requirement {found.key}" if found.feature_id == feature_id else ""


def _criterion(thing: str, feature_id: UUID) -> str:
    store = session.store()
    if thing.startswith("new_"):
        of = store.requirements.get(UUID(thing.removeprefix("new_")))
        return f"a new criterion of {of.key}" if of.feature_id == feature_id else ""
    found = store.criteria.get(UUID(thing))
    of = store.requirements.get(found.requirement_id)
    return f"criterion {found.key}" if of.feature_id == feature_id else ""


def _of_feature(name: str) -> Callable[[str, UUID], str]:
    return lambda thing, feature_id: name if str(feature_id) in thing else ""


def _cases(thing: str, feature_id: UUID) -> str:
    if str(feature_id) in thing:
        return "new cases"
    ids = {str(version.dataset_id) for version in session.store().datasets.of(feature_id)}
    return "the cases" if any(one in thing for one in ids) else ""


def _minutes(thing: str, feature_id: UUID) -> str:
    found = session.store().sessions.get(UUID(thing))
    return f"the minutes of {found.key}" if found.feature_id == feature_id else ""


def _failure_mode(thing: str, feature_id: UUID) -> str:
    modes = session.store().failures.of(feature_id)
    return next((f"failure mode {one.label}" for one in modes if str(one.id) == thing), "")


def _experiment_of(trial_id: str, feature_id: UUID) -> str:
    """A note is written on an output: which one is not told to others who may rate it."""
    trial = session.store().trials.get(UUID(trial_id.partition("/")[0]))
    variants = {variant.id for variant in session.store().variants.of(feature_id)}
    return "a note on an output" if trial.variant_id in variants else ""


_NAMES: dict[str, Callable[[str, UUID], str]] = {
    "requirement": _requirement,
    "criterion": _criterion,
    "feature": _of_feature("the feature"),
    "playground": _of_feature("a prompt"),
    "experiment": _of_feature("a new experiment"),
    "cases": _cases,
    "minutes": _minutes,
    "failure_mode": _failure_mode,
    "note": _experiment_of,
    "rating": _experiment_of,
    "preference": _experiment_of,
}
