"""Say under which terms a dataset may be used."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.data_terms import DataTerms
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict
from workbench.store.store import Store


def keep(
    store: Store,
    who: Person,
    feature_id: UUID,
    dataset_id: UUID,
    name: str,
    terms: DataTerms,
    *,
    based_on: DataTerms,
) -> None:
    """Keep a dataset's terms; the same again changes nothing. `based_on` are those that were read
    before. Raises InputError for long texts, Conflict where somebody kept others since."""
    tidy = terms.checked()
    with doing(store, who, Deed.DATA_TERMS_KEEP, feature_id) as line:
        there = store.data_terms.of(feature_id).get(dataset_id, DataTerms())
        if tidy == there:
            return
        if there != based_on:
            raise Conflict(
                "Somebody changed these terms while you were editing them.",
                mine=tidy.said(),
                theirs=there.said(),
            )
        store.data_terms.keep(dataset_id, tidy, who.name)
        line.say(name, f"Terms of {name}", tidy.said() or "nothing is said any more")
