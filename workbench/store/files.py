"""Files that are files: copies that are whole or not there, and no reading from anything else."""

import os
import shutil
import stat
from pathlib import Path

from workbench.errors import InputError

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
        with source.open("rb") as reading, arriving.open("wb") as writing:
            arriving.chmod(0o600)
            shutil.copyfileobj(reading, writing, 1024 * 1024)
            writing.flush()
            os.fsync(writing.fileno())
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)
