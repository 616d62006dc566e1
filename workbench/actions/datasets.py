"""Datasets: keep a new one, save a version, bring an older one back, take cases in."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain import lookalikes
from workbench.domain.attachments import Attachment, Content
from workbench.domain.dataset_changes import Changes, added_to, changes, repeated
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptVersion
from workbench.errors import InputError, TemplateError
from workbench.exchange.attachments import reading
from workbench.models.templates import MESSAGES, variables_of
from workbench.store.store import Store


class Kept(NamedTuple):
    """A version that was kept, and what it did to the one before. Without `changes` nothing was
    different, and it is the version that was there."""

    version: DatasetVersion
    changes: Changes


def create(
    store: Store,
    who: Person,
    feature_id: UUID,
    name: str,
    cases: Sequence[CaseDraft],
    files: Sequence[Content] = (),
) -> Kept:
    """Keep a new dataset, and the files that its cases attach; cases without a key get one.

    Raises InputError where another dataset of the feature is called so or looks so, and for cases
    that can't be used.
    """
    tidy, with_keys = " ".join(name.split()), added_to((), cases)
    if not tidy:
        raise InputError("The dataset has no name.", "Give it one that people will recognise.")
    with doing(store, who, Deed.DATASET_ADD, feature_id) as line:
        taken = (version.name for version in store.datasets.of(feature_id))
        lookalikes.refuse_taken(tidy, taken, "dataset")
        _keep_files(store, files)
        kept = store.datasets.add(feature_id, tidy, with_keys, who.name)
        line.say(kept.name, f"{kept.name} version 1", kept.note)
    return Kept(kept, changes((), with_keys))


def save(
    store: Store,
    who: Person,
    feature_id: UUID,
    based_on: DatasetVersion,
    cases: Sequence[CaseDraft],
    note: str = "",
    files: Sequence[Content] = (),
) -> Kept:
    """Add the version after `based_on`, with the files that its cases attach. Without a note, what
    changed is the note.

    Raises Conflict where somebody saved since, InputError for cases that can't be used. What
    changes nothing adds no version.
    """
    with doing(store, who, Deed.DATASET_EDIT, feature_id) as line:
        before = [case.draft() for case in store.datasets.cases(based_on.id)]
        found = changes(before, cases)
        said = note.strip() or found.describe()
        _keep_files(store, files)
        kept = store.datasets.save(based_on.dataset_id, cases, based_on.number, who.name, said)
        if kept.number == based_on.number:
            return Kept(kept, Changes())
        line.say(kept.name, f"{kept.name} version {kept.number}", said)
    return Kept(kept, found)


def bring_back(
    store: Store, who: Person, feature_id: UUID, older: DatasetVersion, newest: DatasetVersion
) -> Kept:
    """Add a version with the cases of an older one."""
    cases = [case.draft() for case in store.datasets.cases(older.id)]
    return save(store, who, feature_id, newest, cases, f"Brought back version {older.number}")


def after_import(
    store: Store, newest: DatasetVersion, cases: Sequence[CaseDraft], *, replaces: bool
) -> tuple[tuple[CaseDraft, ...], Changes]:
    """The cases that a dataset would hold with these taken in, and what that would change.

    A case with a key that is there takes its place; one without a key that says the same as one
    that is there is that case. With `replaces`, only these cases stay.
    """
    before = [case.draft() for case in store.datasets.cases(newest.id)]
    after = added_to(() if replaces else before, cases)
    return after, changes(before, after)


class TakenIn(NamedTuple):
    """What an import came to: the version, what it did, and how many cases repeat an input."""

    kept: Kept
    is_new: bool
    repeated: int


def take_in(
    store: Store,
    who: Person,
    feature_id: UUID,
    name: str,
    cases: Sequence[CaseDraft],
    *,
    replaces: bool = False,
    note: str = "",
    files: Sequence[Content] = (),
) -> TakenIn:
    """Add cases to the dataset of this name, or keep a new one. The same again changes nothing.

    Raises InputError for cases that can't be used.
    """
    wanted = " ".join(name.split())
    with store.transaction():
        there = store.datasets.of(feature_id)
        known = {" ".join(version.name.split()): version for version in there}
        newest = known.get(wanted)
        if newest is None:
            kept = create(store, who, feature_id, wanted, cases, files)
            after: Sequence[CaseDraft] = added_to((), cases)
        else:
            after, found = after_import(store, newest, cases, replaces=replaces)
            said = note.strip() or f"Imported: {found.describe()}"
            kept = save(store, who, feature_id, newest, after, said, files)
    return TakenIn(kept, newest is None, repeated(after))


def attach(store: Store, who: Person, feature_id: UUID, name: str, data: bytes) -> Attachment:
    """Look at a file and keep it, to go with a case that is saved later.

    Raises InputError for what is no picture or document, or too large. What is there already stays.
    """
    content = reading.look(name, data)
    file = content.named(name)
    with doing(store, who, Deed.ATTACHMENT_ADD, feature_id) as line:
        if not store.attachments.known([content.sha256]):
            store.attachments.keep(content)
            line.say("", f"File {file.name} added, to attach it to a case")
    return file


def _keep_files(store: Store, files: Sequence[Content]) -> None:
    for one in files:
        store.attachments.keep(one)


def wanted_variables(store: Store, feature_id: UUID) -> list[str]:
    """The names that a feature's prompts ask for, at their newest versions."""
    newest: dict[UUID, PromptVersion] = {}
    for version in store.prompts.versions(feature_id):
        known = newest.get(version.prompt_id)
        if known is None or version.number > known.number:
            newest[version.prompt_id] = version
    names: dict[str, None] = {}
    for version in newest.values():
        for template in version.text.templates():
            try:
                names.update(dict.fromkeys(variables_of(template)))
            except TemplateError:
                # A prompt that is being written may not be readable yet; its page says so.
                continue
    for own in ("reference", MESSAGES):
        names.pop(own, None)
    return list(names)
