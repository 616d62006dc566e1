"""The schema, step by step: numbered files, each applied once with its record."""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench.domain import clock
from workbench.errors import StoreError, StoreTooNew
from workbench.store.engine import shape
from workbench.store.engine.database import Database
from workbench.store.engine.files import copy_whole
from workbench.store.engine.head import Head, HeadFile, head_of
from workbench.store.engine.opening import MEMORY, PARTS

_FOLDER = Path(__file__).parent.parent / "migrations"


class Migration(NamedTuple):
    """One step. A shipped migration is history: add the next one."""

    number: int
    name: str
    sql: str


@cache
def known() -> tuple[Migration, ...]:
    """The steps this code knows, in order."""
    return tuple(
        Migration(int(file.name[:4]), file.stem[5:], file.read_text("utf-8"))
        for file in sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    )


def inspect(path: Path, backups: Path, *, accept_older: bool = False) -> str:
    """Look before opening: refuse what is not ours, too new, or behind what was committed.

    Nothing of the file is run before its catalogue is known to be a workbench's. Copies what will
    be migrated. Reads only; the file's bytes do not change. Returns a note where nothing could be
    said about its sequence. Raises StoreError or StoreTooNew.
    """
    if not path.exists():
        return "" if accept_older else HeadFile(path).compare(None, backups)
    applied, head = _looked_at(path, is_backup=False)
    newest = known()[-1].number
    note = "" if accept_older else HeadFile(path).compare(head, backups)
    if applied and max(applied) < newest:
        copy = path.with_name(f"{path.name}.before-{newest:04d}")
        for suffix in PARTS:
            if Path(f"{path}{suffix}").exists():
                copy_whole(Path(f"{path}{suffix}"), Path(f"{copy}{suffix}"))
    return note


def inspect_backup(path: Path, backups: Path) -> None:
    """The same for a backup: a copy of it will be migrated. Raises StoreError or StoreTooNew."""
    _, head = _looked_at(path, is_backup=True)
    HeadFile(path).compare(head, backups)


def inspect_to_read(path: Path, backups: Path) -> str:
    """The same for a file that can only be read: an older one is refused."""
    applied, head = _looked_at(path, is_backup=False)
    newest = known()[-1].number
    if not applied or max(applied) < newest:
        raise StoreError(
            f"{path} can't be written to, and is of an older workbench (schema "
            f"{max(applied, default=0)}, this one needs {newest}).",
            "Copy it to a folder that you may write to, and open the copy: it is brought up to "
            "date there.",
        )
    return HeadFile(path).compare(head, backups)


def _looked_at(path: Path, *, is_backup: bool) -> tuple[list[int], Head | None]:
    """Look at a file that anybody may have made: refuse what is not exactly a workbench's.

    Its tables, views and functions must be those that its own recorded steps make. Nothing of it
    is run, and its bytes do not change. Returns those steps (none where a file that is no backup
    is empty), and what the file says of its commits. Raises StoreError or StoreTooNew.
    """
    _refuse_other_kind(path)
    with shape.looking_at(path) as connection:
        found, applied = shape.steps_of(connection)
        _refuse_newer(applied, path)
        if not found and not is_backup:
            return [], None
        _refuse(_strangeness(found, applied), found, path, is_backup=is_backup)
        return applied, head_of(connection, shape.PLACE) if applied else None


def _refuse(why: str, found: shape.Shape, path: Path, *, is_backup: bool) -> None:
    if why and is_backup:
        raise StoreError(
            f"{path} is a DuckDB database, but not as a workbench makes them: {why}. It was not "
            "used, and nothing was replaced.",
            "Restore a backup that the workbench made.",
        )
    if why and shape.RECORDED not in found:
        raise StoreError(
            f"{path} is a DuckDB database, but not a workbench's.",
            "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh.",
        )
    if why:
        raise StoreError(
            f"{path} is a DuckDB database, but not as a workbench makes them: {why}. Nothing of it "
            "was run, and it was not changed.",
            "Point WORKBENCH_DB at a workbench file, or at a new name to start afresh. What "
            "another program has put into a workbench file has to be taken out of it first.",
        )


def _strangeness(found: shape.Shape, applied: Sequence[int]) -> str:
    """What of a catalogue is not as its steps make it; empty where nothing is."""
    every = known()
    if list(applied) == [step.number for step in every] and shape.is_known(found):
        return ""
    steps = {step.number: step.sql for step in every}
    if not applied or not steps.keys() >= set(applied):
        return "its list of applied steps is missing, or none of ours"
    try:
        expected = shape.of_steps(tuple(steps[number] for number in applied))
    except duckdb.Error:
        return "its steps were not applied in an order that works"
    return shape.differences(found, expected)


def migrate(database: Database) -> None:
    """Apply what is missing, each step in one transaction with its record; all of them in one where
    the file is new, which takes a third less."""
    database.execute(shape.RECORD)
    done = {number for (number,) in database.rows("select number from schema_migrations")}
    missing = [step for step in known() if step.number not in done]
    for together in [[step] for step in missing] if done else [missing]:
        with database.transaction():
            for step in together:
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
