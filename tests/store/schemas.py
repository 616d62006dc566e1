"""Files of earlier schemas, made by the steps that made them."""

from pathlib import Path

import duckdb

from workbench.store.engine.migrations import Migration, known

RECORD = (
    "create table schema_migrations (number integer primary key, "
    "name varchar not null, applied_at timestamptz not null)"
)


def made_at_schema(path: Path, newest: int) -> None:
    """An empty file as the workbench of that schema made it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(RECORD)
        for step in known():
            if step.number <= newest:
                _apply(connection, step)


def of_every_schema(path: Path) -> dict[int, bytes]:
    """An empty file of each schema, by its number: one file, read after each of its steps."""
    found = {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(RECORD)
        for step in known():
            _apply(connection, step)
            connection.execute("checkpoint")
            found[step.number] = path.read_bytes()
    return found


def _apply(connection: duckdb.DuckDBPyConnection, step: Migration) -> None:
    connection.execute(step.sql)
    connection.execute(
        "insert into schema_migrations values (?, ?, now())", [step.number, step.name]
    )


def taken_back(path: Path, newest: int) -> None:
    """A workbench's file as that schema would hold it: every row, without what came later."""
    older = path.with_suffix(".older")
    made_at_schema(older, newest)
    with duckdb.connect(str(older)) as connection:
        connection.execute(f"attach '{path}' as new (read_only)")
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall():
            if table == "schema_migrations":
                continue
            columns = [
                name
                for (name,) in connection.execute(
                    """
                    select column_name from duckdb_columns()
                    where table_name = ? group by column_name having count(*) = 2
                    """,
                    [table],
                ).fetchall()
            ]
            named = ", ".join(columns)
            connection.execute(f"delete from {table}")
            if columns:
                connection.execute(f"insert into {table} ({named}) select {named} from new.{table}")
    older.replace(path)
