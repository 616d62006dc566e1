"""Features: make, edit, put away, bring back, take in from a file."""

from dataclasses import replace
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.features import FIELDS, Feature
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.exchange.feature import file as feature_file
from workbench.exchange.feature.reader import FeatureFile
from workbench.say import count
from workbench.store.store import Store


def create(store: Store, who: Person, feature: Feature) -> Feature:
    """Keep a new feature. Raises InputError where it has no name, or one that is taken."""
    with doing(store, who, Deed.FEATURE_CREATE, None) as line:
        kept = store.features.add(feature)
        line.say("", f"Feature “{kept.name}” created", about=kept.id)
        return kept


def edit(store: Store, who: Person, feature: Feature) -> Feature:
    """Keep an edit of `feature.revision`; saving what stands there already changes nothing.

    Raises Conflict where somebody saved since, InputError for a name that is empty or taken.
    """
    assert feature.id is not None
    with doing(store, who, Deed.FEATURE_EDIT, feature.id) as line:
        before, tidy = store.features.get(feature.id), feature.checked()
        if before.text() == tidy.text():
            return before
        kept = store.features.save(tidy)
        line.say("", _changed(before, kept))
        return kept


def archive(store: Store, who: Person, feature_id: UUID) -> None:
    """Put a feature away; its evidence stays, and it can be restored. Doing so again changes
    nothing. Raises InputError while one of its experiments runs."""
    with doing(store, who, Deed.FEATURE_ARCHIVE, feature_id) as line:
        if any(run.state.is_live for run in store.runs.newest(feature_id).values()):
            raise InputError("An experiment of this feature is running.", "Stop it first.")
        if store.features.archive(feature_id):
            line.say("", f"Feature “{store.features.get(feature_id).name}” archived")


def restore(store: Store, who: Person, feature_id: UUID, name: str = "") -> Feature:
    """Bring an archived feature back, under another `name` if one is given. Doing so again
    changes nothing. Raises InputError where its name is taken by now."""
    with doing(store, who, Deed.FEATURE_RESTORE, feature_id) as line:
        before = store.features.get(feature_id)
        wanted = replace(before, name=name).checked() if name.strip() else before
        if not store.features.restore(feature_id, wanted.name):
            return before
        kept = store.features.get(feature_id)
        renamed = "" if kept.name == before.name else f" as “{kept.name}”"
        line.say("", f"Feature “{before.name}” restored{renamed}")
        return kept


def bring_in(store: Store, who: Person, file: FeatureFile, name: str | None = None) -> Feature:
    """Keep what a feature file says as a new feature: all of it, or nothing. `name` replaces the
    file's own.

    The history gets one line, and none for each revision in the file: it says who did what here,
    and a file from elsewhere could write anybody's name into it. The revisions stand, with who
    and when as the file says, in the history of each requirement. Raises InputError where the
    name is taken, or the file asks for what can't be kept.
    """
    with doing(store, who, Deed.FEATURE_IMPORT, None) as line:
        kept = feature_file.keep(store, file, who.name, name)
        assert kept.id is not None
        line.say("", _brought(store, kept.id, file.source_name), about=kept.id)
        return kept


def bring_in_or_find(
    store: Store, who: Person, text: str, *, name: str | None = None, source_name: str = ""
) -> Feature:
    """The feature of a file: as it is here already, or brought in.

    Raises InputError where the file is wrong, or a feature of its name says something else.
    """
    return keep_or_find(store, who, feature_file.load(text, source_name), name)


def keep_or_find(store: Store, who: Person, file: FeatureFile, name: str | None = None) -> Feature:
    """The same of a feature file that was read already (`bring_in_or_find`)."""
    with doing(store, who, Deed.FEATURE_IMPORT, None) as line:
        feature, is_new = feature_file.keep_or_find(store, file, who.name, name)
        assert feature.id is not None
        if is_new:
            line.say("", _brought(store, feature.id, file.source_name), about=feature.id)
        return feature


def _changed(before: Feature, after: Feature) -> str:
    """Which fields an edit changed: “Feature edited: goal, stakes”."""
    names = ("name", *(name for name, _, _ in FIELDS))
    labels = {"name": "name"} | {name: label.lower() for name, label, _ in FIELDS}
    edited = [labels[name] for name in names if getattr(before, name) != getattr(after, name)]
    renamed = f" (now “{after.name}”)" if before.name != after.name else ""
    return f"Feature edited: {', '.join(edited)}{renamed}"


def _brought(store: Store, feature_id: UUID, source_name: str) -> str:
    """What came with a file: “Imported from reply.yaml: 6 requirements in 9 revisions, …”."""
    revisions = store.requirements.revisions_of(feature_id)
    total = sum(len(each) for each in revisions.values())
    parts = [
        f"{count(len(revisions), 'requirement')} in {count(total, 'revision')}",
        count(len(store.experiments.of(feature_id)), "experiment"),
    ]
    source = f" from {source_name}" if source_name else ""
    return f"Imported{source}: {', '.join(parts)}"
