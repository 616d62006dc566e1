"""What the history says, for tests of deeds."""

from workbench.domain.history import Deed, HistoryEntry
from workbench.store.store import Store


def of_all(store: Store) -> list[HistoryEntry]:
    """Every line, oldest first, of features and of the database as a whole."""
    rows = store.database.rows(
        "select created_at, person_id, person, deed, feature_id, key, what, why from history "
        "order by created_at, rowid"
    )
    return [
        HistoryEntry(at, person_id, person, Deed(deed), *rest)
        for at, person_id, person, deed, *rest in rows
    ]
