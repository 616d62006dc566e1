"""What was committed last, kept beside the database: shows that recent work is missing.

DuckDB opens a file whose write-ahead log was deleted, emptied or cut short without a word, and an
older copy of the file just as well. Every commit raises a number in the file, and the same number
is written into `<database>.head` after it. A file that is behind its head has lost something.
"""

import os
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench import private
from workbench.errors import StoreError

_SYNC_S = 1.0
"""While commits follow each other, the head is forced to the disk so often at most."""


class Head(NamedTuple):
    """Which database it is, and how many commits it has seen."""

    database: str
    sequence: int


class HeadFile:
    """The file beside the database: one line of constant length, overwritten in place.

    Overwriting needs no free space and a kill can't cut it. It may lag behind the database (a
    crash between a commit and this, a full disk): that is harmless, it only must never be ahead.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self.path = database.with_name(database.name + ".head")
        self._synced = float("-inf")

    def read(self) -> Head | None:
        """What it says; None where there is none, or what is there can't be read."""
        with suppress(OSError, ValueError):
            said, check = self.path.read_text("ascii").rsplit(maxsplit=1)
            _, database, sequence = said.split()
            if check == _check(said):
                return Head(database, int(sequence))
        return None

    def write(self, head: Head, *, is_draft: bool = False, at_once: bool = False) -> None:
        """Say what was committed. Never fails: a commit that is kept must not look lost.

        It is forced to the disk after a pause of a second, or `at_once`; not for drafts. A power
        cut can leave it a second behind.
        """
        said = f"workbench-head {head.database} {head.sequence:020d}"
        now = time.monotonic()
        with suppress(OSError):
            descriptor = private.opened(self.path, os.O_WRONLY)
            try:
                os.write(descriptor, f"{said} {_check(said)}\n".encode("ascii"))
                if at_once or (not is_draft and now - self._synced >= _SYNC_S):
                    os.fsync(descriptor)
                    self._synced = now
            finally:
                os.close(descriptor)

    def set_aside(self) -> Path | None:
        """Rename it to `.head.<time>`, so that the database is taken as it is; returns where."""
        if not self.path.exists():
            return None
        kept = self.path.with_name(f"{self.path.name}.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
        self.path.rename(kept)
        return kept

    def compare(self, found: Head | None, backups: Path) -> str:
        """Whether the database is at least as far as its head; returns a note, or raises.

        `found` is what the database says of itself, None where it is missing or empty. Raises
        StoreError when something that was saved is missing from it.
        """
        expected = self.read()
        if expected is None:
            was_there = self.path.exists()
            return f"{self.path.name} was {'unreadable' if was_there else 'not there'}"
        if found is not None and found.database != expected.database:
            raise StoreError(
                f"{self._database} is another database than the one whose work {self.path.name} "
                f"vouches for (expected {expected.database} with sequence >= "
                f"{expected.sequence}, found {found.database}). Nothing was deleted or changed.",
                self._way_out(backups),
            )
        n_found = 0 if found is None else found.sequence
        if n_found < expected.sequence:
            what = "it is missing" if not self._database.exists() else (
                f"its log {self._database.name}.wal was deleted, emptied or cut short, or the "
                "file is an older copy"
            )  # fmt: skip
            raise StoreError(
                f"Recent work is missing from {self._database}: expected sequence >= "
                f"{expected.sequence}, found {n_found}. Either "
                f"{what}. Nothing was deleted or changed.",
                self._way_out(backups),
            )
        return ""

    def _way_out(self, backups: Path) -> str:
        newest = max(backups.glob("workbench-*.duckdb"), default=None)
        offer = str(newest) if newest is not None else "BACKUP"
        return (
            "Put the missing file back if you have it, or restore a backup: python -m workbench "
            f"restore {offer} --db {self._database}. To go on with what is there, for good: "
            f"python -m workbench restore --accept-older --db {self._database}."
        )


def head_of(cursor: duckdb.DuckDBPyConnection, attached: str | None = None) -> Head | None:
    """What a database says of itself, or one that is `attached` under a name; None where it has no
    such table or row.

    Raises duckdb.Error.
    """
    tables = cursor.execute(
        "select 1 from duckdb_tables() where table_name = 'head' "
        "and database_name = coalesce(?, current_database())",
        [attached],
    ).fetchall()
    if not tables:
        return None
    place = "head" if attached is None else f"{attached}.main.head"
    # Read to the end: an unread result keeps a transaction open, and no checkpoint could be made.
    rows = cursor.execute(
        "select database::varchar, sequence from query_table(?)", [place]
    ).fetchall()
    return Head(*rows[0]) if rows else None


def _check(said: str) -> str:
    return f"{zlib.crc32(said.encode('ascii')):08x}"
