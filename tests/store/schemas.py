"""Files of earlier schemas, made by the steps that made them."""

from pathlib import Path

import duckdb

from workbench.store.engine.migrations import known


def made_at_schema(path: Path, newest: int) -> None:
    """An empty file as the workbench of that schema made it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table schema_migrations (number integer primary key, name varchar not null, "
            "applied_at timestamptz not null)"
        )
        for step in known():
            if step.number <= newest:
                connection.execute(step.sql)
                connection.execute(
                    "insert into schema_migrations values (?, ?, now())", [step.number, step.name]
                )


def unmake_0015(connection: duckdb.DuckDBPyConnection) -> None:
    """Take back what step 15 made; its record is for the caller to delete."""
    (views,) = [step.sql for step in known() if step.number == 7]
    connection.execute(views)
    connection.execute("drop table left_out")
    (seals,) = [step.sql for step in known() if step.number == 13]
    connection.execute(seals[seals.index("create table withheld_keys") :])
