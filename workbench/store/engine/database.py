"""One DuckDB file, one process, a cursor per call; transactions that are whole or nothing."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import duckdb

from workbench.errors import StoreError, StoreReadOnly, StoreUnavailable
from workbench.store.engine.changes import Changes, tables_behind
from workbench.store.engine.files import leave_log, leave_room, make_log
from workbench.store.engine.head import Head, HeadFile, head_of
from workbench.store.engine.lock import FileLock
from workbench.store.engine.opening import MEMORY, Engine, roll_back, translated
from workbench.store.engine.parsed import parsed
from workbench.store.engine.writing import OfThread, only_reads
from workbench.store.seals import Seals, literal, quoted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEMORY", "Database", "Parameters", "Row"]

Row = tuple[Any, ...]
Parameters = Sequence[Any] | dict[str, Any]
Found = TypeVar("Found")

_FOLD_BYTES = 16 * 1024 * 1024
"""How long the write-ahead log may get before it is folded into the file."""
_FOLD_AT_OPEN_BYTES = 256 * 1024
"""The same for a log that was found at opening: every opening reads all of it again."""
_FOLD_AGAIN_S = 5.0
"""How long to leave it after that failed."""
_SETTLE_S = 10.0
"""How long to look whether a commit was kept during which the database stopped itself."""


class Database:
    """The open file. Reads take a cursor each; writes go through `transaction()`, one at a time.

    While the disk is full or the file can't be opened again after DuckDB stopped itself, calls
    raise StoreUnavailable; they work again when the cause is gone.
    """

    def __init__(
        self, path: str, backups: Path, lock: FileLock | None = None, unwritable: str = ""
    ) -> None:
        self.path = path
        self.unwritable = unwritable  # Why it can only be read; empty where it can be written to.
        self.backups = backups
        self._lock = lock
        self._writing = threading.RLock()
        self._local = OfThread()
        self.generation = 0
        """Counts commits: what was read at one generation is still true while it stays."""
        self.changes = Changes(lambda: self._read(tables_behind))
        """The same by table."""
        self.rewrites = 0
        """Counts what may have changed rows of evidence: no commit of ours does."""
        self.seals: Seals | None = None
        """What seals the rows of evidence; None until `follow_seals`."""
        self.was_sealed_anew = False
        self.head: Head | None = None
        """What was committed last; None until `follow_head`."""
        self.head_note = ""
        """What was amiss with the head file when the database was opened."""
        self._head_file = HeadFile(Path(path)) if path != MEMORY else None
        self._fold_after = 0.0
        self._engine = Engine(path, backups, self._revived, read_only=bool(unwritable))

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with self._writing:
            self._engine.close()
            if self.unwritable:
                return
            leave_room(Path(self.path))
            leave_log(Path(self.path))
            if self._head_file is not None and self.head is not None:
                self._head_file.write(self.head, at_once=True)
            if self._lock is not None:
                self._lock.release()

    def refusal(self) -> StoreReadOnly:
        """What is said where nothing can be kept."""
        return StoreReadOnly.of(self.path, self.unwritable)

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        with self._writing:
            try:
                with self._engine.cursor() as cursor:
                    cursor.execute("checkpoint").fetchall()
            except duckdb.Error as error:
                raise translated(error, self.path) from error

    def follow_head(self, note: str = "") -> None:
        """From now on raise the database's sequence with each commit, and say so beside it."""
        with self._writing:
            self.head = self._read(head_of)
            self.head_note = note
            if self._head_file is not None and self.head is not None and not self.unwritable:
                self._head_file.write(self.head)
                self._fold(_FOLD_AT_OPEN_BYTES)

    def follow_seals(self) -> None:
        """From now on each commit seals the evidence that it adds (where anything can be kept)."""
        if self.unwritable:
            self.seals = self._read(Seals)
            return
        with self.transaction():
            seals = Seals(self._local.cursor)
            self.was_sealed_anew = seals.renew(self._local.cursor)
        self.seals = seals

    def seal_anew(self, table: str) -> None:
        """Take every row of a table of evidence as it is now: somebody has decided about those
        that were changed. Inside a transaction only; what it adds to the table is covered."""
        if self.seals is not None:
            self.seals.anew(self._local.cursor, table)
        self._local.grown -= {table}
        self._local.has_written = True
        self.rewrites += 1

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No write starts while this is held."""
        with self._writing:
            yield

    def copy_to(self, path: Path) -> None:
        """Copy everything to a new database file in the backups folder."""
        try:
            with self.paused(), self._engine.cursor() as cursor:
                ((name,),) = cursor.execute("select current_database()").fetchall()
                # Neither a path nor a name can be a parameter here.
                cursor.execute(f"attach {literal(str(path))} as copy_target").fetchall()
                try:
                    cursor.execute(f"copy from database {quoted(name)} to copy_target").fetchall()
                finally:
                    cursor.execute("detach copy_target").fetchall()
        except duckdb.Error as error:
            raise translated(error, str(path)) from error

    @contextmanager
    def transaction(
        self, *, is_draft: bool = False, feature: UUID | None = None, is_running: bool = False
    ) -> Iterator[None]:
        """Everything inside is kept together, or not at all.

        A draft changes nothing that is read as evidence, so it leaves the generation as it is.
        With a `feature` every row that is written is of it: what is known of others stays known.
        With `is_running` it is more of a run that goes on, which pages may show a moment later.

        Writers take turns: DuckDB refuses two updates of one row at once. Nested transactions
        join the outer one. After any error DuckDB's COMMIT returns normally and keeps nothing, so
        an error that was caught inside still undoes the whole: it is raised again at the end.

        Raises StoreUnavailable when the disk is full or failed: nothing was kept then, and the
        same work can be done again later.
        """
        if self.is_inside():
            try:
                yield
            except BaseException as error:
                self._local.error = error
                raise
            return
        if self.unwritable:
            raise self.refusal()
        with self._writing:
            following = None
            self._local.begin()
            try:
                with self._engine.cursor() as cursor:
                    self._local.cursor, self._local.error = cursor, None
                    try:
                        if self.path != MEMORY:
                            make_log(self.path)
                        cursor.execute("begin")
                        yield
                        if self._local.error is not None:
                            raise self._local.error
                        if self.seals is not None and self._local.grown:
                            self.seals.add(cursor, self._local.grown)
                        if self.head is not None and self._local.has_written:
                            following = self.head._replace(sequence=self.head.sequence + 1)
                            cursor.execute("update head set sequence = sequence + 1")
                        self._local.is_committing = True
                        cursor.execute("commit")
                    except BaseException:
                        roll_back(cursor)
                        raise
                    finally:
                        self._local.cursor = None
            except duckdb.Error as error:
                if not self._was_kept(error, following):
                    raise translated(error, self.path) from error
            self._committed(following, is_draft, feature, is_running)

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        """Run one statement for its effect."""
        with self.transaction():
            changed = self._run(self._local.cursor, sql, parameters).fetchall()
            # What changed no row is not worth a commit that needs the disk.
            self._local.has_written |= changed != [(0,)]
            self._note(sql)

    def append(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once, columns by name."""
        with self.transaction():
            self._local.add_to(table)
            appender = self._local.cursor.appender(table, columns=list(columns))
            appender.append_rows(rows)
            appender.flush()

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query."""
        if self.is_inside():
            if not only_reads(sql):
                self._local.has_written = True
                self._note(sql)
            inside: list[Row] = self._run(self._local.cursor, sql, parameters).fetchall()
            return inside

        def all_rows(cursor: Any) -> list[Row]:
            found: list[Row] = self._run(cursor, sql, parameters).fetchall()
            return found

        return self._read(all_rows)

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

        def as_frame(cursor: Any) -> "pd.DataFrame":
            found: pd.DataFrame = self._run(cursor, sql, parameters).df()
            return found

        return self._read(as_frame)

    def _note(self, sql: str) -> None:
        self.rewrites += self._local.note(sql)

    def is_inside(self) -> bool:
        """Whether this thread is in a transaction."""
        return self._local.cursor is not None

    def _read(self, read: Callable[[Any], Found]) -> Found:
        """Read with a cursor of one's own; once more when the database stops itself meanwhile."""
        is_inside = self.is_inside()
        for is_last in (is_inside, True):
            try:
                with self._engine.cursor(may_revive=not is_inside) as cursor:
                    return read(cursor)
            except duckdb.Error as error:
                is_gone = isinstance(error, duckdb.FatalException | duckdb.InterruptException)
                if is_last or not is_gone:
                    raise translated(error, self.path) from error
        raise AssertionError("the last try returns or raises")

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> Any:
        self.changes.saw(sql)
        try:
            return cursor.execute(
                parsed(cursor, sql),
                parameters if isinstance(parameters, dict) else list(parameters),
            )
        except duckdb.Error as error:
            self._local.error = error
            raise

    def _committed(
        self, head: Head | None, is_draft: bool, feature: UUID | None, is_running: bool
    ) -> None:
        self.generation += not is_draft
        # What a commit writes by itself.
        self._local.touch("head", *(("seals",) if self._local.grown else ()))
        self.changes.committed(self._local.touched, feature, is_running=is_running)
        if head is not None:
            self.head = head
            if self._head_file is not None:
                self._head_file.write(head, is_draft=is_draft)
                self._fold()

    def _fold(self, at_least: int = _FOLD_BYTES) -> None:
        """Fold a long log into the file. What was committed is safe in the log if this fails."""
        now = time.monotonic()
        wal = Path(f"{self.path}.wal")
        try:
            if now < self._fold_after or wal.stat().st_size < at_least:
                return
            with self._engine.cursor() as cursor:
                cursor.execute("checkpoint").fetchall()
        except (OSError, duckdb.Error, StoreError):
            # No log; others are reading; or the disk is full, and the next call opens the file
            # again. A disk that stays full must not make each commit stop the database.
            self._fold_after = now + _FOLD_AGAIN_S

    def _was_kept(self, error: duckdb.Error, head: Head | None) -> bool:
        """Whether a transaction is in the file although its commit raised.

        A disk full is plain: it was not. When the database stopped itself (a failed fsync), the
        commit may be in the log all the same; only the file, opened again, knows. Who is told
        "not kept" does the same work again, so this must be right.
        """
        if not (self._local.is_committing and isinstance(error, duckdb.FatalException)):
            return False
        until = time.monotonic() + _SETTLE_S
        while True:
            try:
                return head is not None and self._read(head_of) == head
            except StoreUnavailable:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def _revived(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The file was opened again: nothing that was read before is sure to be as it was."""
        self.generation += 1
        self.rewrites += 1
        self.changes.committed(None)
        found = head_of(connection)
        known = self.head
        if known is not None and (found is None or found.sequence < known.sequence):
            raise StoreError(
                f"Recent work is missing from {self.path} since it was opened again: expected "
                f"sequence >= {known.sequence}, found {0 if found is None else found.sequence}.",
                "Close the workbench, and see what it says when it is started again.",
            )
        self.head = found
