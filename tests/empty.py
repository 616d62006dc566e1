"""An empty store in memory as `open_store` makes it, in less than half of its time."""

import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from workbench.store.engine.database import MEMORY, Database, Row
from workbench.store.keys import new_id
from workbench.store.store import Store, open_store


def empty_store(home: Path) -> Store:
    """A store of its own in which nothing was ever kept.

    Its schema is copied from one that went through all steps: most of their time goes into what a
    later step makes anew. `tests/store/test_empty.py` holds the copy to the original.
    """
    statements, applied = _schema()
    database = Database(MEMORY, home / "backups")
    with database.transaction():
        for statement in statements:
            database.execute(statement)
        database.append("schema_migrations", ("number", "name", "applied_at"), applied)
        database.append("head", ("database", "sequence"), [(new_id(), 0)])
    database.follow_seals()
    database.follow_head()
    return Store(database)


@cache
def _schema() -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """What makes the schema, a statement each, and the steps that it stands for."""
    store = open_store(MEMORY, Path())
    applied = store.database.rows("select number, name, applied_at from schema_migrations")
    statements = tuple(_statements(store.database))
    store.close()
    return statements, tuple(applied)


def _statements(database: Database) -> Iterator[str]:
    for (sql,) in database.rows(
        """
        select sql from duckdb_tables() where not internal
        union all select sql from duckdb_indexes()
        """
    ):
        yield sql
    on_them: dict[str, str] = dict(
        database.rows(
            """
            select view_name, sql from duckdb_views() where not internal
            union all
            select function_name, 'create macro ' || function_name
                || '(' || array_to_string(parameters, ', ') || ') as '
                || if(function_type = 'table_macro', 'table ', '') || macro_definition
            from duckdb_functions() where not internal
            """
        )
    )
    # A view can only be made after those that it reads.
    read_by = {
        name: {other for other in on_them if other != name and re.search(rf"\b{other}\b", sql)}
        for name, sql in on_them.items()
    }
    for name in TopologicalSorter(read_by).static_order():
        yield on_them[name]
