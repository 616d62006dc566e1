"""Files and folders that are their owner's alone, whatever the umask says."""

import os
from pathlib import Path

FILE, FOLDER = 0o600, 0o700


def folder(path: Path) -> Path:
    """Make a folder, and those above that are missing, for its owner only. One that is there stays
    as it is: it may be somebody else's. Raises OSError."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        # Another process may make it meanwhile; a file in its place is an error.
        each.mkdir(FOLDER, exist_ok=True)
        each.chmod(FOLDER)
    if not path.is_dir():
        path.mkdir()
    return path


def own_folder(path: Path) -> Path:
    """The same for a folder that is ours alone by its name: one that others could look into is
    closed to them. Raises OSError."""
    if os.stat(folder(path)).st_mode & 0o777 != FOLDER:
        path.chmod(FOLDER)
    return path


def opened(path: str | Path, flags: int) -> int:
    """A descriptor of a file for its owner only, as the `opener` of `open`; made if need be.

    A file that others could read is closed to them before anything is written. Raises OSError.
    """
    descriptor = os.open(path, flags | os.O_CREAT, FILE)
    try:
        close_to_others(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def close_to_others(file: int | Path) -> None:
    """Leave a file to its owner. Raises OSError."""
    if os.stat(file).st_mode & 0o777 != FILE:
        os.chmod(file, FILE)


def write(path: Path, text: str) -> None:
    """Write a small text for its owner only. Raises OSError."""
    with open(path, "w", encoding="utf-8", opener=opened) as file:
        file.write(text)
