"""Copies of the whole file, taken while it is in use, and their way back."""

import contextlib
import errno
import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench import private
from workbench.domain.connections import Connection
from workbench.errors import InputError, StoreError
from workbench.store.connections import Connections
from workbench.store.engine.database import Database
from workbench.store.engine.files import copy_whole, other_kind
from workbench.store.engine.head import Head, HeadFile
from workbench.store.engine.integrity import counts
from workbench.store.engine.lock import FileLock
from workbench.store.engine.migrations import inspect, inspect_backup, migrate
from workbench.store.engine.opening import (
    MEMORY,
    PARTS,
    connect,
    place_of,
    refuse_other_kinds,
    translated,
)


class Backups:
    """Copies of the open database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def create(self, target: Path | None = None) -> Path:
        """Copy everything to `target` (by default a dated file in the backups folder).

        The copy is compared with the original, table by table, before it gets its name. Raises
        StoreError when it differs, InputError when the target exists.
        """
        name = f"workbench-{datetime.now(UTC):%Y%m%d-%H%M%S}.duckdb"
        final = (target or self._db.backups / name).expanduser().resolve()
        if final.exists():
            raise InputError(f"{final} exists already.", "Choose another name: none is replaced.")
        copy = self._db.backups / f".{name}.{os.getpid()}"
        try:
            private.own_folder(self._db.backups)
            copy.unlink(missing_ok=True)
            with self._db.paused():
                before = counts(self._db.rows)
                self._db.copy_to(copy)
            # Before it gets to a folder that others may look into.
            private.close_to_others(copy)
            after = _read_counts(copy, self._db.backups)
            if before != after:
                raise StoreError("The backup differs from the database.", "Try again.")
            private.folder(final.parent)
            _move(copy, final)
        except OSError as error:
            raise StoreError(
                f"The backup could not be written to {final}: {error.strerror}.",
                "Check the folder and the free space.",
            ) from error
        finally:
            with contextlib.suppress(NotADirectoryError):
                for suffix in PARTS:
                    Path(f"{copy}{suffix}").unlink(missing_ok=True)
        final.chmod(0o600)
        return final

    def all(self) -> list[Path]:
        """The backups in the backups folder, newest first."""
        return sorted(self._db.backups.glob("workbench-*.duckdb"), reverse=True)


class Restored(NamedTuple):
    """Where the former database is kept, if there was one, and the connections whose keys go
    nowhere until somebody confirms the address."""

    kept: Path | None
    unconfirmed: tuple[Connection, ...]


def restore(source: Path, path: str, confirmed: Collection[str] = ()) -> Restored:
    """Put a backup in the place of the database at `path`, which nothing may have open.

    The database that was there is kept beside it. Connections send keys only where a person
    `confirmed` their address; whoever made the file could have sent them anywhere.

    Raises InputError when the source is missing, or no connection has a confirmed address;
    StoreError when it is not exactly a workbench's file, can't be read, or recent work is missing
    from it; StoreLocked when the database is in use. Nothing is replaced then.
    """
    if path == MEMORY:
        raise InputError("A database in memory cannot be replaced.", "Name a file with --db.")
    target = place_of(path)
    try:
        kind = other_kind(source)
        if kind:
            raise InputError(f"{source} is {kind}, not a backup.", "Name a backup file.")
        refuse_other_kinds(source)
        refuse_other_kinds(target)
    except OSError as error:
        raise StoreError(f"{source} cannot be read: {error.strerror}.", "Name another.") from error
    if not source.exists():
        raise InputError(f"There is no file {source}.", "Name a backup file.")
    if target.exists() and target.samefile(source):
        raise InputError(f"{source} is the database itself.", "Name a backup of it.")
    lock = FileLock(target)
    try:
        private.folder(target.parent)
        backups = target.parent / "backups"
        inspect_backup(source, backups)
        _read_counts(source, backups)
        lock.acquire()
        return _replace(target, source, backups, confirmed)
    except OSError as error:
        raise StoreError(
            f"{source} could not be restored to {target}: {error.strerror}.",
            "Check the folder and the free space. The database that was there is untouched.",
        ) from error
    finally:
        lock.release()


def accept_older(path: str) -> Path | None:
    """Take the database at `path` as it is, although recent work is missing from it.

    Its head file is kept as `.head.<time>`; returns where, or None when there was none. Raises
    StoreLocked when it is in use, StoreError when it is not a workbench file.
    """
    if path == MEMORY:
        raise InputError("A database in memory has no older state.", "Name a file with --db.")
    target = place_of(path)
    lock = FileLock(target)
    try:
        refuse_other_kinds(target)
        lock.acquire()
        inspect(target, target.parent / "backups", accept_older=True)
        return HeadFile(target).set_aside()
    except OSError as error:
        raise StoreError(
            f"The head file of {target} could not be renamed: {error.strerror}.",
            "Choose a file and folder you may write to.",
        ) from error
    finally:
        lock.release()


def _replace(target: Path, source: Path, backups: Path, confirmed: Collection[str]) -> Restored:
    """Copy first, then rename: when the disk is full the former database is still there.

    The head says first what is to arrive: were this cut short between the files, the next start
    would see that something is missing.
    """
    arriving = target.with_name(f".{target.name}.arriving")
    head = HeadFile(target)
    try:
        for suffix in PARTS:
            if Path(f"{source}{suffix}").exists():
                copy_whole(Path(f"{source}{suffix}"), Path(f"{arriving}{suffix}"))
        unconfirmed, arrived = _brought_up_to_date(arriving, backups, confirmed)
        kept = None
        if any(Path(f"{target}{suffix}").exists() for suffix in PARTS):
            kept = target.with_name(f"{target.name}.replaced-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
            _rename(target, kept)
        head.set_aside()
        if arrived is not None:
            head.write(arrived, at_once=True)
        _rename(arriving, target)
    finally:
        for suffix in PARTS:
            Path(f"{arriving}{suffix}").unlink(missing_ok=True)
    return Restored(kept, unconfirmed)


def _brought_up_to_date(
    arriving: Path, backups: Path, confirmed: Collection[str]
) -> tuple[tuple[Connection, ...], Head | None]:
    """Give the copy this schema, and let its keys go only where somebody here confirmed. Returns
    the connections whose keys go nowhere, and what the copy says of its commits then."""
    database = Database(str(arriving), backups)
    try:
        migrate(database)
        unconfirmed = Connections(database).confirm_only(confirmed)
        found = database.row("select database::varchar, sequence from head")
        return unconfirmed, None if found is None else Head(*found)
    finally:
        database.close()


def _rename(old: Path, new: Path) -> None:
    """A database, its log and its head. The head last: it tells if the others did not all move."""
    for suffix in (*PARTS, ".head"):
        if Path(f"{old}{suffix}").exists():
            Path(f"{old}{suffix}").rename(f"{new}{suffix}")


def _move(copy: Path, final: Path) -> None:
    try:
        copy.rename(final)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # Another disk: a name there must not stand for half a file.
        copy_whole(copy, final)


def _read_counts(path: Path, backups: Path) -> dict[str, tuple[int, int]]:
    connection = connect(str(path), backups, read_only=True)
    try:
        return counts(lambda sql: connection.execute(sql).fetchall())
    except duckdb.Error as error:
        raise translated(error, str(path), is_opening=True) from error
    finally:
        connection.close()
