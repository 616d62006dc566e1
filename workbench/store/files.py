"""Copies of files that are there whole or not at all."""

import os
import shutil
from pathlib import Path


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
