"""One process at a time: a side-car lock that survives what DuckDB's own lock does not.

DuckDB's lock is dropped when anything in the process opens and closes the database file, after
which a second process can write rows that silently vanish. A lock on a file of its own does not.
"""

import contextlib
import os
from pathlib import Path
from typing import IO

from workbench import private
from workbench.errors import StoreLocked

try:
    import fcntl
except ImportError:  # Windows has no fcntl; there msvcrt does the same.
    fcntl = None  # type: ignore[assignment]  # the name must exist on every platform


class FileLock:
    """Holds `<database>.lock` for the life of the process; the file says who holds it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.path = database.with_name(database.name + ".lock")
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StoreLocked, naming the holder, when another process has it."""
        descriptor = private.opened(self.path, os.O_RDWR)
        file = os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")
        try:
            _lock(file)
        except OSError as error:
            file.seek(0)
            holder = file.read(32).strip() or "unknown"
            file.close()
            raise StoreLocked(
                f"The database {self._database} is in use by another process (PID {holder}).",
                "Close that workbench first, or point WORKBENCH_DB at another file.",
            ) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would race with the next holder."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.truncate(0)
            self._file.close()
            self._file = None


def _lock(file: IO[str]) -> None:
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt  # Windows only

    # A byte far past the text, so that others can still read who holds the file.
    file.seek(1024)
    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
