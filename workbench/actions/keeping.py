"""Keeping what was found: an output's input as a case, a note on it, a wording as a version."""

from dataclasses import replace
from uuid import UUID

from workbench.actions.asking import TYPED
from workbench.actions.deeds import doing
from workbench.domain.datasets import Case, DatasetVersion, next_key
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText, PromptVersion
from workbench.domain.scores import Note
from workbench.domain.trials import Trial
from workbench.store.store import Store

_FIRST = "Cases"
"""The name of the dataset that is made where a feature has none."""


def case(
    store: Store, who: Person, experiment: Experiment, asked: Case, trial: Trial
) -> tuple[DatasetVersion, str] | None:
    """Keep an output's input as a case of its dataset, with the output as reference.

    A typed input goes, without a reference, to the feature's first dataset that is not the one
    of typed inputs. Returns the dataset and the case's key; None where it is there already.
    """
    feature_id, is_typed = experiment.feature_id, experiment.dataset == TYPED
    target = _target(store, feature_id, asked.dataset_id, is_typed)
    source = f"playground {experiment.key}, case {asked.key}"
    reference = asked.reference if is_typed else trial.output
    wanted = replace(
        asked.draft(), key="", reference=reference, source=source, held_out=False, group=""
    )
    deed = Deed.DATASET_EDIT if target else Deed.DATASET_ADD
    with doing(store, who, deed, feature_id) as line:
        there = [] if target is None else [c.draft() for c in store.datasets.cases(target.id)]
        content = (wanted.input_fingerprint(), wanted.reference)
        if any((c.input_fingerprint(), c.reference) == content for c in there):
            return None
        key = next_key([c.key for c in there])
        drafts, why = [*there, replace(wanted, key=key)], f"{key} added from {source}"
        if target is None:
            kept = store.datasets.add(feature_id, _FIRST, drafts, who.name, why)
        else:
            kept = store.datasets.save(target.dataset_id, drafts, target.number, who.name, why)
        line.say(kept.name, f"{kept.name} version {kept.number}", why)
    return kept, key


def note(store: Store, who: Person, feature_id: UUID, trial_id: UUID, text: str) -> None:
    """Keep what somebody wrote on an output. An empty note is none."""
    if not text.strip():
        return
    with doing(store, who, Deed.NOTE_KEEP, feature_id) as line:
        store.scores.add_note(Note(trial_id, who.name, text))
        asked = store.datasets.case(store.trials.get(trial_id).case_id)
        line.say(asked.key, f"Note on an answer to {asked.key}", text)


def prompt(
    store: Store,
    who: Person,
    feature_id: UUID,
    name: str,
    text: PromptText,
    why: str,
    expects: str = "",
) -> PromptVersion:
    """Keep a wording as the next version of a prompt, with what it is expected to do. The same
    wording is the version that is there."""
    with doing(store, who, Deed.PROMPT_KEEP, feature_id) as line:
        known = {version.id for version in store.prompts.versions(feature_id)}
        kept = store.prompts.save(
            feature_id, name, text, who.name, why.strip(), expects=expects.strip()
        )
        if kept.id not in known:
            line.say(kept.name, f"{kept.label} kept", why)
    return kept


def _target(
    store: Store, feature_id: UUID, dataset_id: UUID, is_typed: bool
) -> DatasetVersion | None:
    for version in store.datasets.of(feature_id):
        if version.name != TYPED if is_typed else version.dataset_id == dataset_id:
            return version
    return None
