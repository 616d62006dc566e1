"""Say under which terms a dataset may be used."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.data_terms import DataTerms
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.store.store import Store


def keep(
    store: Store, who: Person, feature_id: UUID, dataset_id: UUID, name: str, terms: DataTerms
) -> None:
    """Keep a dataset's terms; the same again changes nothing. Raises InputError for long texts."""
    tidy = terms.checked()
    with doing(store, who, Deed.DATA_TERMS_KEEP, feature_id) as line:
        if tidy == store.data_terms.of(feature_id).get(dataset_id, DataTerms()):
            return
        store.data_terms.keep(dataset_id, tidy, who.name)
        line.say(name, f"Terms of {name}", tidy.said() or "nothing is said any more")
