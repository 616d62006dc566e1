"""The schema, step by step: numbered files, each applied once with its record."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench.domain import clock
from workbench.errors import StoreError, StoreTooNew
from workbench.store.database import Database
from workbench.store.engine import MEMORY, PARTS, connect, translated
from workbench.store.files import copy_whole
from workbench.store.head import Head, HeadFile, head_of

_FOLDER = Path(__file__).parent / "migrations"


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
    with path.open("rb") as file:
        if file.read(12)[8:12] != b"DUCK":
            raise StoreError(
                f"{path} is not a DuckDB database.",
                "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh.",
            )
    connection = connect(str(path), backups, read_only=True)
    try:
        applied, head = _applied(connection, path)
    finally:
        connection.close()
    newest = known()[-1].number
    if applied and max(applied) > newest:
        raise StoreTooNew(
            f"{path} was written by a newer workbench (schema {max(applied)}, this one knows "
            f"{newest}). It was not touched.",
            "Update the workbench, or open another file.",
        )
    note = "" if accept_older else HeadFile(path).compare(head, backups)
    if applied and max(applied) < newest:
        copy = path.with_name(f"{path.name}.before-{newest:04d}")
        for suffix in PARTS:
            if Path(f"{path}{suffix}").exists():
                copy_whole(Path(f"{path}{suffix}"), Path(f"{copy}{suffix}"))
    return note


def migrate(database: Database) -> None:
    """Apply what is missing, each step in one transaction with its record."""
    database.execute(
        """
        create table if not exists schema_migrations (
            number integer primary key,
            name varchar not null,
            applied_at timestamptz not null
        )
        """
    )
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


def _applied(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[set[int], Head | None]:
    try:
        tables = {name for (name,) in connection.execute("show tables").fetchall()}
        if not tables:
            return set(), None
        if "schema_migrations" not in tables:
            raise StoreError(
                "The file is a DuckDB database, but not a workbench's.",
                "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh.",
            )
        found = connection.execute("select number from schema_migrations").fetchall()
        return {number for (number,) in found}, head_of(connection)
    except duckdb.Error as error:
        raise translated(error, str(path)) from error
