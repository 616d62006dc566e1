"""The operator's checks in Python: which there are, which may be run, and what one says.

A file is run only from one folder, only where nobody but its owner could have written it, and only
with the contents that the criterion was written for. It runs in a child process, which stays for
the next output (`python_child.py`).
"""

import hashlib
import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench import config
from workbench.confined import Broken, Overtime, Warm
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.kinds.python import FILE, HASH, is_name
from workbench.errors import InputError

SECONDS = 5.0
MEMORY_BYTES = 1 << 30
MOST_BYTES = 256 * 1024
_MOST_STOPS = 3
_MOST_CHILDREN = 4
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def names() -> list[str]:
    """The files that may be run, by name."""
    folder = config.load().checks
    try:
        there = sorted(each.name for each in folder.iterdir() if is_name(each.name))
    except OSError:
        return []
    return [name for name in there if _can_be_read(name)]


def folder_problem() -> str:
    """Why nothing in the folder is run, as a sentence; empty where it may be, or isn't there."""
    folder = config.load().checks
    try:
        _refuse_folder(folder)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{folder} can't be looked at: {error.strerror}."
    except InputError as error:
        return error.message
    return ""


def content_hash(name: str) -> str:
    """The SHA-256 of a check's file. Raises InputError where it is not there or may not be run."""
    return hashlib.sha256(_read(name)).hexdigest()


def pinned(scorer: Scorer) -> Scorer:
    """A scorer that names a file, with what the file holds now. Others stay as they are. Raises
    InputError where the file is not there or may not be run."""
    if scorer.kind is not ScorerKind.PYTHON:
        return scorer
    held = content_hash(str(scorer.settings[FILE]))
    return replace(scorer, settings={**scorer.settings, HASH: held})


def pinned_where_there(scorer: Scorer) -> Scorer:
    """The same; one whose file is not there stays as it is, and its outputs will be unscored."""
    try:
        return pinned(scorer)
    except InputError:
        return scorer


def ask(name: str, held: str, output: str, case: dict[str, Any]) -> dict[str, Any]:
    """What the check says of an output: `value` and `reason`, or what is `wrong`.

    Raises InputError where it can't be run, or not with these contents.
    """
    if content_hash(name) != held:
        raise InputError(f"{name} was changed, and its criterion not yet taken up with it.")
    question = json.dumps({"output": output, "case": case}, default=str).encode()
    said: dict[str, Any] = json.loads(_child(name, held).ask(question))
    return said


class _Child:
    """The process that runs one file as it is now, until that was stopped too often."""

    def __init__(self, name: str, held: str) -> None:
        path = str(config.load().checks / name)
        self._name = name
        self._stops = 0
        self._warm = Warm(
            "workbench.scoring.python_child", MEMORY_BYTES, {"path": path, "sha256": held}
        )

    def ask(self, question: bytes) -> bytes:
        if self._stops >= _MOST_STOPS:
            raise InputError(
                f"{self._name} was stopped {self._stops} times and is not tried any more until it "
                "is changed or the workbench is started again."
            )
        try:
            return self._warm.ask(question, SECONDS)
        except Overtime as error:
            self._stops += 1
            raise InputError(
                f"{self._name} took longer than {SECONDS:g} seconds and was stopped."
            ) from error
        except Broken as error:
            self._stops += 1
            raise InputError(
                f"{self._name} ended its process: it took too much memory or time, or closed it."
            ) from error

    def close(self) -> None:
        self._warm.close()


_CHILDREN: dict[tuple[str, str], _Child] = {}
_TURN = threading.Lock()


def _child(name: str, held: str) -> _Child:
    with _TURN:
        found = _CHILDREN.pop((name, held), None) or _Child(name, held)
        _CHILDREN[name, held] = found
        if len(_CHILDREN) > _MOST_CHILDREN:
            _CHILDREN.pop(next(iter(_CHILDREN))).close()
        return found


def _can_be_read(name: str) -> bool:
    try:
        _read(name)
    except InputError:
        return False
    return True


def _read(name: str) -> bytes:
    """A check's file, read through one descriptor that was looked at first. Raises InputError."""
    folder = config.load().checks
    if not is_name(name):
        raise InputError(f"“{name}” is no name of a check.", "A name such as tone.py, no path.")
    try:
        _refuse_folder(folder)
        # Neither a link out of the folder, nor a pipe that is waited for.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        file = os.open(folder / name, flags)
    except FileNotFoundError as error:
        raise InputError(
            f"There is no check {name} here.",
            f"Whoever runs this workbench can put it into {folder}.",
        ) from error
    except OSError as error:
        raise InputError(
            f"{name} can't be opened, or is a link: {error.strerror}.",
            "A check is a plain file that the workbench may read.",
        ) from error
    with os.fdopen(file, "rb") as opened:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{name} is no plain file.", "Put the file itself there.")
        _refuse_others(folder / name, found)
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(f"{name} has over {MOST_BYTES // 1024} kB.", "Make it smaller.")
    return content


def _refuse_folder(folder: Path) -> None:
    """Raise InputError where somebody else could put another file in place. Raises OSError."""
    if folder.is_symlink():
        raise InputError(f"{folder} is a link.", "Name the folder itself.")
    whole = folder.resolve(strict=True)
    for each in (whole, *whole.parents):
        found = os.stat(each)
        # In a folder such as /tmp nobody can put away what is another's.
        if each != whole and found.st_mode & stat.S_ISVTX:
            continue
        _refuse_others(each, found)


def _refuse_others(path: Path, found: os.stat_result) -> None:
    if not hasattr(os, "getuid"):
        return
    if found.st_uid not in (os.getuid(), 0):
        raise InputError(
            f"{path} belongs to somebody else, who could change what is run.",
            "Checks are run from files and folders of your own.",
        )
    if found.st_mode & _OTHERS:
        raise InputError(
            f"Others than its owner may write to {path}, and so change what is run.",
            "Take that right away: chmod go-w.",
        )
