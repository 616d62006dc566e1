"""Who does the deeds in tests, and what the history says of them."""

from uuid import UUID

from workbench.domain.people import Person
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
PATIENCE_S = 60.0
"""How long a test waits for a run: what it waits for takes a fraction of a second."""


def lines(store: Store, feature_id: UUID) -> list[tuple[str, str]]:
    """What was done to a feature, oldest first: the deed and its words."""
    rows = store.database.rows(
        "select deed, what from history where feature_id = ? order by rowid", [feature_id]
    )
    return [(deed, what) for deed, what in rows]


def counts(store: Store) -> dict[str, int]:
    """How many rows each table has, to see that nothing was changed."""
    tables = store.database.rows("select table_name from duckdb_tables() order by 1")
    return {name: int(store.database.value(f"select count(*) from {name}")) for (name,) in tables}
