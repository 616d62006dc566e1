"""One DuckDB file, one process, a cursor per call; the only place where DuckDB is opened."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from workbench.errors import StoreError, StoreLocked
from workbench.store.lock import FileLock

if TYPE_CHECKING:
    import pandas as pd

MEMORY = ":memory:"
Row = tuple[Any, ...]
Parameters = Sequence[Any] | dict[str, Any]

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Keeps a way back to DuckDB 1.5, and to older workbenches.
    "storage_compatibility_version": "v1.5.0",
    "allow_community_extensions": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


class Database:
    """The open file. Reads take a cursor each; writes go through `transaction()`, one at a time."""

    def __init__(self, path: str, backups: Path, lock: FileLock | None = None) -> None:
        self.path = path
        self.backups = backups
        self._lock = lock
        self._writing = threading.RLock()
        self._local = threading.local()
        self.generation = 0
        """Counts commits: what was read at one generation is still true while it stays."""
        self._connection = connect(path, backups)

    def close(self) -> None:
        """Checkpoint and let go of the file."""
        with self._writing:
            self._connection.close()
            if self._lock is not None:
                self._lock.release()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        with self._writing, self._connection.cursor() as cursor:
            try:
                cursor.execute("checkpoint").fetchall()
            except duckdb.Error as error:
                raise translated(error) from error

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No write starts while this is held."""
        with self._writing:
            yield

    def copy_to(self, path: Path) -> None:
        """Copy everything to a new database file in the backups folder."""
        with self.paused(), self._connection.cursor() as cursor:
            try:
                ((name,),) = cursor.execute("select current_database()").fetchall()
                # A path can't be a parameter of attach; ours holds no quote that isn't doubled.
                quoted = str(path).replace("'", "''")
                cursor.execute(f"attach '{quoted}' as copy_target").fetchall()
                try:
                    cursor.execute(f'copy from database "{name}" to copy_target').fetchall()
                finally:
                    cursor.execute("detach copy_target").fetchall()
            except duckdb.Error as error:
                raise translated(error) from error

    @contextmanager
    def transaction(self, *, is_draft: bool = False) -> Iterator[None]:
        """Everything inside is kept together, or not at all.

        A draft changes nothing that is read as evidence, so it leaves the generation as it is.

        Writers take turns: DuckDB refuses two updates of one row at once. Nested transactions
        join the outer one. After any error DuckDB's COMMIT returns normally and keeps nothing, so
        an error that was caught inside still undoes the whole: it is raised again at the end.
        """
        if getattr(self._local, "cursor", None) is not None:
            try:
                yield
            except BaseException as error:
                self._local.error = error
                raise
            return
        with self._writing, self._connection.cursor() as cursor:
            self._local.cursor, self._local.error = cursor, None
            try:
                cursor.execute("begin")
                try:
                    yield
                    if self._local.error is not None:
                        raise self._local.error
                    cursor.execute("commit")
                    self.generation += not is_draft
                except BaseException:
                    _roll_back(cursor)
                    raise
            except duckdb.Error as error:
                raise translated(error) from error
            finally:
                self._local.cursor = None

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        """Run one statement for its effect."""
        with self.transaction():
            self._run(self._local.cursor, sql, parameters).fetchall()

    def append(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once, columns by name."""
        with self.transaction():
            appender = self._local.cursor.appender(table, columns=list(columns))
            appender.append_rows(rows)
            appender.flush()

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query."""
        inside = getattr(self._local, "cursor", None)
        try:
            if inside is not None:
                found: list[Row] = self._run(inside, sql, parameters).fetchall()
                return found
            with self._connection.cursor() as cursor:
                found = self._run(cursor, sql, parameters).fetchall()
                return found
        except duckdb.Error as error:
            if inside is not None:
                raise
            raise translated(error) from error

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, if any."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row; None where there is no row."""
        found = self.row(sql, parameters)
        return found[0] if found else None

    def frame(self, sql: str, parameters: Parameters = ()) -> "pd.DataFrame":
        """The rows of a query as a DataFrame, for pages."""
        try:
            with self._connection.cursor() as cursor:
                found: pd.DataFrame = self._run(cursor, sql, parameters).df()
                return found
        except duckdb.Error as error:
            raise translated(error) from error

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> Any:
        try:
            return cursor.execute(
                sql, parameters if isinstance(parameters, dict) else list(parameters)
            )
        except duckdb.Error as error:
            self._local.error = error
            raise


def connect(path: str, backups: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A hardened connection: no file, network, extension or setting can be reached from SQL.

    Raises StoreLocked or StoreError with what to do.
    """
    try:
        connection = duckdb.connect(path, read_only=read_only, config=_CONFIG)
        # The order matters: folders can't be allowed once outside access is off, and nothing can
        # be set once the configuration is locked.
        connection.execute("set allowed_directories = [$folder]", {"folder": f"{backups}/"})
        connection.execute("set enable_external_access = false")
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute("set lock_configuration = true")
    except duckdb.Error as error:
        raise translated(error, path) from error
    return connection


def translated(error: duckdb.Error, path: str = "") -> StoreError:
    """DuckDB's error as one of ours, with what to do."""
    text = str(error).splitlines()[0]
    if "Conflicting lock" in text or "Could not set lock" in text:
        return StoreLocked(
            f"The database {path} is in use by another process. {text}",
            "Close that workbench first, or point WORKBENCH_DB at another file.",
        )
    if isinstance(error, duckdb.FatalException):
        return StoreError(
            "The database stopped itself to protect the data.",
            "Free some disk space, then restart the workbench: nothing that was saved is lost.",
        )
    if path:
        return StoreError(
            f"{path} cannot be opened as a database: {text}",
            "Restore a backup (python -m workbench restore), or point WORKBENCH_DB elsewhere.",
        )
    return StoreError(f"The database refused: {text}", "Nothing was changed. Try again.")


def is_duplicate(error: BaseException) -> bool:
    """Whether an error says that a row with this key is there already."""
    while error.__cause__ is not None and not isinstance(error, duckdb.Error):
        error = error.__cause__
    return isinstance(error, duckdb.ConstraintException)


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("rollback")
    except duckdb.TransactionException:
        # A failed commit has ended the transaction already; there is nothing to roll back.
        return
