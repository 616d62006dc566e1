"""Copies of files that are there whole or not at all."""

import contextlib
import os
import shutil
from pathlib import Path

from workbench import private

_SPILLED = ".tmp"
"""How the folder ends to which DuckDB moves what does not fit into memory."""


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that `target` is there whole and on the disk, or not at all.

    Readable by its owner only. Raises OSError, for example when the disk is full.
    """
    arriving = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with source.open("rb") as reading, open(arriving, "wb", opener=private.opened) as writing:
            shutil.copyfileobj(reading, writing, 1024 * 1024)
            writing.flush()
            os.fsync(writing.fileno())
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)


def make_log(path: str) -> None:
    """Make the write-ahead log of a database for its owner only, before DuckDB makes it for all
    whom the umask lets in. It takes an empty one as its own."""
    log = f"{path}.wal"
    if not os.path.exists(log):
        # Where it can't be made DuckDB can't make it either, and says why.
        with contextlib.suppress(OSError):
            os.close(private.opened(log, os.O_WRONLY))


def make_room(path: Path) -> None:
    """A folder for what does not fit into memory, for the owner only, before DuckDB makes it."""
    private.own_folder(path.with_name(path.name + _SPILLED))


def leave_room(path: Path) -> None:
    """Take that folder away. What is still in it is another's."""
    with contextlib.suppress(OSError):
        path.with_name(path.name + _SPILLED).rmdir()
