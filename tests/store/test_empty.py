"""The empty store that tests start from is the one that the app makes."""

from pathlib import Path

from tests.empty import empty_store
from workbench.store.engine.database import MEMORY, Database
from workbench.store.engine.integrity import counts
from workbench.store.store import open_store

CATALOGUES = {
    "duckdb_tables": ("table_name", "sql"),
    "duckdb_views": ("view_name", "sql"),
    "duckdb_indexes": ("index_name", "sql"),
    "duckdb_sequences": ("sequence_name", "sql"),
    "duckdb_types": ("type_name", "logical_type"),
    "duckdb_columns": ("table_name", "column_name", "column_index", "data_type", "column_default"),
    "duckdb_constraints": ("table_name", "constraint_text"),
    "duckdb_functions": ("function_name", "function_type", "parameters", "macro_definition"),
}


def test_it_has_what_the_steps_make(tmp_path: Path) -> None:
    made, empty = open_store(MEMORY, tmp_path), empty_store(tmp_path)
    for catalogue in CATALOGUES:
        assert entries(empty.database, catalogue) == entries(made.database, catalogue), catalogue
    assert len(entries(empty.database, "duckdb_tables")) > 70


def test_it_holds_what_a_new_one_holds(tmp_path: Path) -> None:
    made, empty = open_store(MEMORY, tmp_path).database, empty_store(tmp_path).database
    assert {table: n for table, (n, _) in counts(empty.rows).items()} == {
        table: n for table, (n, _) in counts(made.rows).items()
    }
    steps = "select number, name from schema_migrations order by number"
    assert empty.rows(steps) == made.rows(steps)


def test_it_goes_on_as_one_that_was_read(tmp_path: Path) -> None:
    empty = empty_store(tmp_path).database
    seals, head = empty.seals, empty.head
    empty.follow_seals()
    empty.follow_head()
    assert seals is not None
    assert empty.seals is not None
    assert (seals.layouts, seals.made_by) == (empty.seals.layouts, empty.seals.made_by)
    assert head == empty.head


def test_each_is_one_of_its_own(tmp_path: Path) -> None:
    one, other = empty_store(tmp_path), empty_store(tmp_path)
    one.drafts.prefer("theme", "dark")
    assert other.drafts.preference("theme") == ""
    assert one.database.head is not None
    assert other.database.head is not None
    assert one.database.head.database != other.database.head.database


def entries(database: Database, catalogue: str) -> list[str]:
    return sorted(
        str(row)
        for row in database.rows(
            f"select {', '.join(CATALOGUES[catalogue])} from {catalogue}() where "
            + ("true" if catalogue in NO_INTERNAL else "not internal")
        )
    )


NO_INTERNAL = ("duckdb_indexes", "duckdb_sequences", "duckdb_constraints")
"""Catalogues that list only what was made."""
