"""The schema is a contract: people query it, so every table and column is described."""

from pathlib import Path

from workbench.store.store import Store

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "database.md"


def test_every_table_and_column_is_described(store: Store) -> None:
    sections = dict(part.split("\n", 1) for part in DOCUMENT.read_text("utf-8").split("\n## ")[1:])
    described = {
        (table, line.split("`")[1])
        for table, body in sections.items()
        for line in body.splitlines()
        if line.startswith("| `")
    }
    existing = store.database.rows(
        "select table_name, column_name from duckdb_columns() where table_name in "
        "(select table_name from duckdb_tables())"
    )
    assert described == set(existing)
