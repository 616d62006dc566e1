"""DuckDB's side of the store: how the file is opened, what its errors mean, how it comes back."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from workbench import private
from workbench.errors import StoreError, StoreLocked, StoreUnavailable
from workbench.store.engine.files import other_kind

MEMORY = ":memory:"
PARTS = (".wal.recovery", ".wal.checkpoint", ".wal", "")
"""How the files of a database end: the logs that DuckDB may keep beside it, then itself."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Keeps a way back to DuckDB 1.5, and to older workbenches.
    "storage_compatibility_version": "v1.5.0",
    "allow_community_extensions": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    # Never inside a commit: were the checkpoint to fail there, nobody could tell whether the
    # commit was kept. `Database` does it after the commit.
    "wal_autocheckpoint": "1TB",
}
_RETRY_S = 1.0
"""How often a database that stopped itself is really opened again."""
_LET_GO_S = 5.0
"""How long to wait for other threads to let go of a database that stopped itself."""
_FULL = ("No space left", "Disk quota exceeded", "File too large", "not enough space")
_UNWRITABLE = ("Could not write", "fsync failed", "Could not truncate", "Read-only file system")

Revived = Callable[[duckdb.DuckDBPyConnection], None]


def place_of(path: str) -> Path:
    """Where a database is to be. Raises StoreError for a path that leads nowhere."""
    try:
        return Path(path).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(
            f"{path[:200]} is no place for a database: {error}.", "Choose another file."
        ) from error


def refuse_other_kinds(file: Path) -> None:
    """Raise StoreError where a database, or what belongs beside it, is a folder, pipe, device or
    socket; before anything opens it, because that may wait for ever. Raises OSError."""
    for suffix in (*PARTS, ".head", ".lock"):
        there = Path(f"{file}{suffix}")
        kind = other_kind(there)
        if kind:
            raise StoreError(
                f"{there} is {kind}, not a file: a database cannot be kept there.",
                "Name another file with WORKBENCH_DB or --db.",
            )


class Engine:
    """The one connection to the file, and a cursor for whoever asks.

    After a failed checkpoint or fsync DuckDB refuses every further call of this process until the
    file is closed and opened again. That is done here, on the next call, once everybody has let go
    of the old connection; `revived` is told.
    """

    def __init__(
        self, path: str, backups: Path, revived: Revived, *, read_only: bool = False
    ) -> None:
        self.path = path
        self._read_only = read_only
        self._backups = backups
        self._revived = revived
        self._guard = threading.Condition()
        self._in_use: set[duckdb.DuckDBPyConnection] = set()
        self._is_dead = False
        self._is_reviving = False
        self._next_try = 0.0
        self._why: StoreError | None = None
        self._connection = connect(path, backups, read_only=read_only)

    @contextmanager
    def cursor(self, *, may_revive: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of one's own. Raises StoreUnavailable while the file can't be opened again.

        A thread that holds one already asks for another with `may_revive=False`: it can't wait
        for itself to let go.
        """
        with self._guard:
            if self._is_dead:
                self._revive(may_revive)
            cursor = self._connection.cursor()
            self._in_use.add(cursor)
        try:
            yield cursor
        except duckdb.FatalException:
            with self._guard:
                self._is_dead = True
            raise
        finally:
            cursor.close()
            with self._guard:
                self._in_use.discard(cursor)
                self._guard.notify_all()

    def close(self) -> None:
        """Let go of the file. DuckDB folds the write-ahead log into it where it can."""
        with self._guard:
            self._connection.close()

    def _revive(self, may_revive: bool) -> None:
        """Close and open again; called with the guard held."""
        if self._is_reviving and may_revive:
            self._guard.wait_for(lambda: not self._is_reviving, _LET_GO_S)
            if not self._is_dead:
                return
        if self._is_reviving or not may_revive or time.monotonic() < self._next_try:
            raise self._why or _stopped(self.path)
        self._is_reviving = True
        try:
            for cursor in self._in_use:
                # It may have been closed a moment ago.
                with suppress(duckdb.ConnectionException):
                    cursor.interrupt()
            if not self._guard.wait_for(lambda: not self._in_use, _LET_GO_S):
                raise _stopped(self.path)
            self._open_again()
        except StoreUnavailable as error:
            self._why, self._next_try = error, time.monotonic() + _RETRY_S
            raise
        except StoreError as error:
            # Whatever this process opened after a log that can't be read would not be sure.
            self._why, self._next_try = error, float("inf")
            raise
        finally:
            self._is_reviving = False
            self._guard.notify_all()

    def _open_again(self) -> None:
        if self.path == MEMORY:
            raise StoreError(
                "The database in memory stopped itself; what it held is gone.",
                "Restart the workbench, and name a file with WORKBENCH_DB to keep things.",
            )
        self._connection.close()
        try:
            self._connection = connect(self.path, self._backups, read_only=self._read_only)
        except (StoreLocked, StoreUnavailable) as error:
            raise StoreUnavailable(
                f"The database stopped itself and can't be opened again yet. {error.message}",
                f"{error.hint} Nothing that was saved is lost; it is tried again by itself.",
            ) from error
        try:
            self._revived(self._connection)
        except duckdb.Error as error:
            raise translated(error, self.path) from error
        self._is_dead, self._why = False, None


def make_private(path: Path) -> None:
    """Make an empty database for its owner only. DuckDB's own would be for all whom the umask lets
    in, until it is changed; who had it open by then could go on reading."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        new = Path(folder) / path.name
        duckdb.connect(str(new)).close()
        new.chmod(private.FILE)
        new.rename(path)


def connect(path: str, backups: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A hardened connection: no file, network, extension or setting can be reached from SQL.

    Raises StoreLocked, StoreUnavailable or StoreError with what to do.
    """
    try:
        connection = duckdb.connect(path, read_only=read_only, config=_CONFIG)
        # Folders can't be allowed once outside access is off.
        connection.execute("set allowed_directories = [$folder]", {"folder": f"{backups}/"})
        _harden(connection)
    except duckdb.Error as error:
        raise translated(error, path, is_opening=True) from error
    return connection


def looking_at(path: Path, name: str) -> duckdb.DuckDBPyConnection:
    """A connection to an empty database, with a file attached read-only under a name.

    What the file's catalogue holds is not in the way of our own queries there. Raises StoreError.
    """
    try:
        connection = duckdb.connect(MEMORY, config=_CONFIG)
        parts = [f"{path}{suffix}" for suffix in PARTS]
        connection.execute("set allowed_paths = $parts", {"parts": parts})
        _harden(connection)
        # A path can't be a parameter of attach.
        quoted = str(path).replace("'", "''")
        connection.execute(f"attach '{quoted}' as {name} (read_only)")
    except duckdb.Error as error:
        raise translated(error, str(path), is_opening=True) from error
    return connection


def _harden(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set enable_external_access = false")
    connection.execute("set global TimeZone = 'UTC'")
    # Last: nothing can be set once the configuration is locked.
    connection.execute("set lock_configuration = true")


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """End a transaction and keep nothing of it."""
    try:
        cursor.execute("rollback")
    except (duckdb.TransactionException, duckdb.FatalException):
        # A failed commit has ended the transaction already; there is nothing to roll back.
        return


def translated(error: duckdb.Error, path: str, *, is_opening: bool = False) -> StoreError:
    """DuckDB's error as one of ours, with what to do."""
    text = str(error).splitlines()[0]
    if "Conflicting lock" in text or "Could not set lock" in text:
        return StoreLocked(
            f"The database {path} is in use by another process. {text}",
            "Close that workbench first, or point WORKBENCH_DB at another file.",
        )
    # DuckDB packs the cause into later lines.
    whole = str(error)
    if any(said in whole for said in _FULL):
        return StoreUnavailable(
            f"The disk is full: {path} can't be written. {text}",
            f"Free some space on the disk of {Path(path).parent}: work goes on by itself then. "
            "Nothing that was saved is lost.",
        )
    if isinstance(error, duckdb.FatalException):
        return _stopped(path)
    if is_opening and "WAL" in whole:
        return StoreError(
            f"{path} can't be opened: its write-ahead log {path}.wal can't be read. {text}",
            "Restart the workbench. If that does not help, restore a backup (python -m workbench "
            "restore BACKUP). Nothing was deleted.",
        )
    if any(said in whole for said in _UNWRITABLE):
        return StoreUnavailable(
            f"{path} can't be written at present. {text}",
            "Look at the disk and at who may write there: work goes on by itself then. Nothing "
            "that was saved is lost.",
        )
    if is_opening:
        return StoreError(
            f"{path} cannot be opened as a database: {text}",
            "Restore a backup (python -m workbench restore), or point WORKBENCH_DB elsewhere.",
        )
    return StoreError(f"The database refused: {text}", "Nothing was changed. Try again.")


def _stopped(path: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The database {path} stopped itself to protect the data: its disk failed or was full.",
        "It opens again by itself; free some disk space if it does not. Nothing that was saved "
        "is lost.",
    )
