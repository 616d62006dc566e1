"""The candidate: the variant that a team means to ship."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.store.store import Store


def choose(store: Store, who: Person, feature_id: UUID, variant_id: UUID, why: str) -> None:
    """Name the variant to ship, and why. Naming the one that it is already changes nothing.

    Raises InputError without a reason, StoreError where evidence is not as it was written.
    """
    if store.features.candidate(feature_id) == variant_id:
        return
    if not why.strip():
        raise InputError("A choice without a reason.", "Say why: it stays on record.")
    with doing(store, who, Deed.CANDIDATE_CHOOSE, feature_id) as line:
        store.features.choose_candidate(feature_id, variant_id, who.name, why.strip())
        label = store.variants.get(variant_id).label
        line.say(label, f"Variant {label} chosen", why)
