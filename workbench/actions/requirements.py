"""Requirements: added, revised, copied, put in order, put away and brought back."""

from collections.abc import Sequence
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.criteria import Criterion
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence, Requirement, RequirementDraft
from workbench.errors import InputError
from workbench.store.store import Store


def add(
    store: Store,
    who: Person,
    feature_id: UUID,
    draft: RequirementDraft,
    evidence: Sequence[Evidence] = (),
) -> Requirement:
    """Keep a new requirement under the next free key. Raises InputError where it states nothing."""
    with doing(store, who, Deed.REQUIREMENT_ADD, feature_id) as line:
        kept = store.requirements.add(feature_id, draft.checked(), who.name, evidence=evidence)
        line.say(kept.key, f"{kept.key} revision 1", kept.revision.why)
    return kept


def revise(
    store: Store,
    who: Person,
    requirement_id: UUID,
    draft: RequirementDraft,
    based_on: int,
    why: str,
    evidence: Sequence[Evidence] = (),
    expects: str = "",
) -> Requirement:
    """Add a revision to the one numbered `based_on`.

    Raises InputError without a reason, where nothing changes and where it is put away, and
    Conflict, with both texts, where a newer revision exists.
    """
    current = store.requirements.get(requirement_id)
    with doing(store, who, Deed.REQUIREMENT_REVISE, current.feature_id) as line:
        _refuse_archived(store, requirement_id)
        tidy = draft.checked()
        if not why.strip():
            raise InputError(
                "Say why it changes.", "One sentence: what did you learn since the last revision?"
            )
        now = store.requirements.get(requirement_id)
        if now.revision.number == based_on and tidy == now.draft and not evidence:
            raise InputError(
                "Nothing changed but the reason.", "Change the text, or attach what you saw."
            )
        kept = store.requirements.revise(
            requirement_id, tidy, based_on, who.name, why.strip(), evidence, expects.strip()
        )
        line.say(kept.key, f"{kept.key} revision {kept.revision.number}", why)
    return kept


def duplicate(store: Store, who: Person, requirement_id: UUID) -> Requirement:
    """Copy a requirement, with its criteria and without its history, to the place after it."""
    original = store.requirements.get(requirement_id)
    with doing(store, who, Deed.REQUIREMENT_ADD, original.feature_id) as line:
        _refuse_archived(store, requirement_id)
        original = store.requirements.get(requirement_id)
        why = f"Copied from {original.key}"
        copy = store.requirements.add(original.feature_id, original.draft, who.name, why)
        for criterion in _criteria(store, original):
            store.criteria.add(copy.id, criterion.draft, who.name, f"Copied from {criterion.key}")
        order = [found.id for found in store.requirements.of(original.feature_id)]
        order.remove(copy.id)
        order.insert(order.index(original.id) + 1, copy.id)
        store.requirements.arrange(original.feature_id, order)
        line.say(copy.key, f"{copy.key} copied from {original.key}")
    return copy


def move(store: Store, who: Person, requirement_id: UUID, other_id: UUID) -> None:
    """Put a requirement into the place of another, which steps aside. Raises InputError where one
    of them is put away, or of another feature."""
    moved = store.requirements.get(requirement_id)
    with doing(store, who, Deed.REQUIREMENT_MOVE, moved.feature_id) as line:
        order = [found.id for found in store.requirements.of(moved.feature_id)]
        if requirement_id not in order or other_id not in order:
            raise InputError(
                "One of these requirements left the list.", "Look at the list again, then move it."
            )
        if requirement_id == other_id:
            return
        place = order.index(other_id)
        side = "before" if place < order.index(requirement_id) else "after"
        order.remove(requirement_id)
        order.insert(place, requirement_id)
        store.requirements.arrange(moved.feature_id, order)
        line.say(moved.key, f"{moved.key} moved {side} {store.requirements.get(other_id).key}")


def archive(store: Store, who: Person, requirement_id: UUID, why: str) -> None:
    """Put a requirement away. Putting away what is away changes nothing. Raises InputError without
    a reason."""
    found = store.requirements.get(requirement_id)
    with doing(store, who, Deed.REQUIREMENT_ARCHIVE, found.feature_id) as line:
        if store.requirements.get(requirement_id).archived_at is not None:
            return
        if not why.strip():
            raise InputError(f"{found.key} is put away without a reason.", "Say why: it is kept.")
        store.requirements.archive(requirement_id, who.name, why)
        line.say(found.key, f"{found.key} put away", why)


def restore(store: Store, who: Person, requirement_id: UUID) -> None:
    """Bring a requirement back, with its revisions and its criteria. One that is in the list
    already stays as it is."""
    found = store.requirements.get(requirement_id)
    with doing(store, who, Deed.REQUIREMENT_RESTORE, found.feature_id) as line:
        if store.requirements.get(requirement_id).archived_at is None:
            return
        store.requirements.bring_back(requirement_id)
        line.say(found.key, f"{found.key} restored")


def _refuse_archived(store: Store, requirement_id: UUID) -> None:
    found = store.requirements.get(requirement_id)
    if found.archived_at is not None:
        raise InputError(f"{found.key} is put away.", "Restore it first, then change it.")


def _criteria(store: Store, requirement: Requirement) -> list[Criterion]:
    found = store.criteria.of(requirement.feature_id)
    return [criterion for criterion in found if criterion.requirement_id == requirement.id]
