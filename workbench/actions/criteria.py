"""Criteria: added, revised, put away and brought back."""

from dataclasses import replace
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.scoring import checks, python_files
from workbench.store.store import Store


def add(
    store: Store, who: Person, requirement_id: UUID, draft: CriterionDraft, why: str = ""
) -> Criterion:
    """Keep a new criterion under the feature's next free key.

    Raises InputError where something is missing, its scorer can't be used, or the requirement is
    put away.
    """
    requirement = store.requirements.get(requirement_id)
    with doing(store, who, Deed.CRITERION_ADD, requirement.feature_id) as line:
        _refuse_archived_requirement(store, requirement_id)
        tidy = _usable(draft, None)
        kept = store.criteria.add(requirement_id, tidy, who.name, why.strip())
        line.say(kept.key, f"{kept.key} version 1", why.strip() or tidy.title)
    return kept


def revise(
    store: Store,
    who: Person,
    criterion_id: UUID,
    draft: CriterionDraft,
    based_on: int,
    why: str = "",
    expects: str = "",
) -> Criterion:
    """Add a version to the one numbered `based_on`.

    Raises Conflict where a newer one exists; InputError where nothing changes, where it is put
    away, and without a reason where answers are there that it judges.
    """
    requirement = store.requirements.get(store.criteria.get(criterion_id).requirement_id)
    with doing(store, who, Deed.CRITERION_REVISE, requirement.feature_id) as line:
        _refuse_archived_requirement(store, requirement.id)
        now = store.criteria.get(criterion_id)
        if now.archived_at is not None:
            raise InputError(f"{now.key} is put away.", "Restore it first, then change it.")
        tidy = _usable(draft, now.draft)
        if now.number == based_on and tidy == now.draft:
            raise InputError("Nothing changed.", "Change the criterion, or discard.")
        kept = store.criteria.revise(
            criterion_id, tidy, based_on, who.name, why.strip(), expects.strip()
        )
        line.say(kept.key, f"{kept.key} version {kept.number}", why.strip() or tidy.title)
    return kept


def archive(store: Store, who: Person, criterion_id: UUID, why: str) -> None:
    """Put a criterion away. Putting away what is away changes nothing. Raises InputError without a
    reason: dropping a bar is a change of it."""
    found = store.criteria.get(criterion_id)
    feature_id = store.requirements.get(found.requirement_id).feature_id
    with doing(store, who, Deed.CRITERION_ARCHIVE, feature_id) as line:
        if store.criteria.get(criterion_id).archived_at is not None:
            return
        if not why.strip():
            raise InputError(f"{found.key} is put away without a reason.", "Say why: it is kept.")
        store.criteria.archive(criterion_id, who.name, why)
        line.say(found.key, f"{found.key} put away", why)


def restore(store: Store, who: Person, criterion_id: UUID) -> None:
    """Bring a criterion back, with its versions and scores. One that is asked for already stays as
    it is. Raises InputError while its requirement is put away."""
    found = store.criteria.get(criterion_id)
    requirement = store.requirements.get(found.requirement_id)
    with doing(store, who, Deed.CRITERION_RESTORE, requirement.feature_id) as line:
        _refuse_archived_requirement(store, requirement.id)
        if store.criteria.get(criterion_id).archived_at is None:
            return
        store.criteria.bring_back(criterion_id)
        line.say(found.key, f"{found.key} restored")


def _usable(draft: CriterionDraft, before: CriterionDraft | None) -> CriterionDraft:
    """A tidy draft whose scorer can be used; a file that it names may only be missing where it was
    named before."""
    tidy = draft.checked()
    checks.refuse_unusable(tidy.scorer)
    is_new = before is None or before.scorer != tidy.scorer
    pin = python_files.pinned if is_new else python_files.pinned_where_there
    return replace(tidy, scorer=pin(tidy.scorer))


def _refuse_archived_requirement(store: Store, requirement_id: UUID) -> None:
    requirement = store.requirements.get(requirement_id)
    if requirement.archived_at is not None:
        raise InputError(
            f"{requirement.key} is put away, and its criteria with it.", "Restore it first."
        )
