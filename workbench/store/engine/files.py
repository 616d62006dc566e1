"""Files that are files: copies that are whole or not there, and no reading from anything else."""

import contextlib
import os
import shutil
import stat
from pathlib import Path

from workbench import private
from workbench.errors import InputError

_SPILLED = ".tmp"
"""How the folder ends to which DuckDB moves what does not fit into memory."""

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def other_kind(path: Path) -> str:
    """What stands at a path in place of a file, such as “a named pipe”; empty for a file, and where
    nothing stands. Opens nothing: opening a pipe waits for its other end. Raises OSError."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


def read_file(path: Path, most: int | None = None) -> bytes:
    """What a file holds. Raises InputError for what is no file and for more than `most` bytes, and
    OSError."""
    kind = other_kind(path)
    if kind:
        raise InputError(f"{path} is {kind}, not a file.", "Name a file.")
    # Were it replaced a moment ago, this would still not wait.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise InputError(f"{path} is not a file.", "Name a file.")
        data = file.read() if most is None else file.read(most + 1)
    if most is not None and len(data) > most:
        raise InputError(
            f"{path} has more than {most / 1e6:.0f} MB, which is the most that is read.",
            "Split it.",
        )
    return data


_BINARY = getattr(os, "O_BINARY", 0)


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


def leave_log(path: Path) -> None:
    """Take an empty log away: what was in it is in the file, and DuckDB leaves none either."""
    log = Path(f"{path}.wal")
    with contextlib.suppress(OSError):
        if log.stat().st_size == 0:
            log.unlink()
