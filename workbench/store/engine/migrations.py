"""The schema, step by step: numbered files, each applied once with its record."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench.domain import clock
from workbench.errors import StoreError, StoreTooNew
from workbench.store.engine import shape
from workbench.store.engine.database import Database
from workbench.store.engine.files import copy_whole
from workbench.store.engine.head import Head, HeadFile, head_of
from workbench.store.engine.opening import MEMORY, PARTS, connect, translated

_FOLDER = Path(__file__).parent.parent / "migrations"


class Migration(NamedTuple):
    """One step. A shipped migration is history: add the next one."""

    number: int
    name: str
    sql: str


def known() -> tuple[Migration, ...]:
    """The steps this code knows, in order."""
    return tuple(
        Migration(int(file.name[:4]), file.stem[5:], file.read_text("utf-8"))
        for file in sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    )


def inspect(path: Path, backups: Path, *, accept_older: bool = False) -> str:
    """Look before opening: refuse what is not ours, too new, or behind what was committed.

    Copies what will be migrated. Reads only; the file's bytes do not change. Returns a note where
    nothing could be said about its sequence. Raises StoreError or StoreTooNew.
    """
    if not path.exists():
        return "" if accept_older else HeadFile(path).compare(None, backups)
    _refuse_other_kind(path)
    connection = connect(str(path), backups, read_only=True)
    try:
        applied, head = _applied(connection, path)
    finally:
        connection.close()
    newest = known()[-1].number
    _refuse_newer(applied, path)
    note = "" if accept_older else HeadFile(path).compare(head, backups)
    if applied and max(applied) < newest:
        copy = path.with_name(f"{path.name}.before-{newest:04d}")
        for suffix in PARTS:
            if Path(f"{path}{suffix}").exists():
                copy_whole(Path(f"{path}{suffix}"), Path(f"{copy}{suffix}"))
    return note


def refuse_strange(path: Path) -> None:
    """Look at a file that anybody may have made: refuse what is not exactly a workbench's.

    Its tables, views and functions must be those that its own recorded steps make. Nothing of it
    is run, and its bytes do not change. Raises StoreError or StoreTooNew.
    """
    _refuse_other_kind(path)
    with shape.looking_at(path) as connection:
        found, applied = shape.steps_of(connection)
    _refuse_newer(applied, path)
    steps = {step.number: step.sql for step in known()}
    why = ""
    if not applied or not steps.keys() >= set(applied):
        why = "its list of applied steps is missing, or none of ours"
    else:
        try:
            expected = shape.of_steps(tuple(steps[number] for number in applied))
        except duckdb.Error:
            why = "its steps were not applied in an order that works"
        else:
            why = shape.differences(found, expected)
    if why:
        raise StoreError(
            f"{path} is a DuckDB database, but not as a workbench makes them: {why}. It was not "
            "used, and nothing was replaced.",
            "Restore a backup that the workbench made.",
        )


def migrate(database: Database) -> None:
    """Apply what is missing, each step in one transaction with its record."""
    database.execute(shape.RECORD)
    done = {number for (number,) in database.rows("select number from schema_migrations")}
    missing = [step for step in known() if step.number not in done]
    for step in missing:
        with database.transaction():
            database.execute(step.sql)
            database.execute(
                "insert into schema_migrations values (?, ?, ?)",
                [step.number, step.name, clock.now()],
            )
    if missing and database.path != MEMORY:
        database.checkpoint()


def _refuse_other_kind(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(12)[8:12] != b"DUCK":
            raise StoreError(
                f"{path} is not a DuckDB database.",
                "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh.",
            )


def _refuse_newer(applied: Collection[int], path: Path) -> None:
    newest = known()[-1].number
    if applied and max(applied) > newest:
        raise StoreTooNew(
            f"{path} was written by a newer workbench (schema {max(applied)}, this one knows "
            f"{newest}). It was not touched.",
            "Update the workbench, or open another file.",
        )


def _applied(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[set[int], Head | None]:
    try:
        here = connection.execute("select system.main.current_database(), 'main'").fetchone()
        tables = connection.execute(
            "select database_name, schema_name, table_name from system.main.duckdb_tables()"
        ).fetchall()
        views = connection.execute(
            "select database_name, schema_name, view_name from system.main.duckdb_views()"
        ).fetchall()
        ours = {name for *place, name in tables if tuple(place) == here}
        if not ours and not any(tuple(place) == here for *place, _ in views):
            return set(), None
        if "schema_migrations" not in ours:
            raise StoreError(
                "The file is a DuckDB database, but not a workbench's.",
                "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh.",
            )
        found = connection.execute("select number from schema_migrations").fetchall()
        return {number for (number,) in found}, head_of(connection)
    except duckdb.Error as error:
        raise translated(error, str(path)) from error
