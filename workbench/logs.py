"""The log file: what went wrong and where in the code, never what anybody wrote or a key.

An error's own text, a variable, an argument of somebody else's message may hold a prompt, an output
or a key. None of them is written: of an error its kind and its place in the code, of our own
messages the constant text with numbers and ids, of other libraries' where they were said.
"""

import contextlib
import logging
import logging.handlers
import secrets
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from uuid import UUID

from workbench import private

NAME = "workbench.log"
_BYTES, _OLDER = 1024 * 1024, 4
_FRAMES = 40
_CHAIN = 8
_OURS = "workbench"
_PLAIN = (int, float, UUID, Enum, type(None))
_started: list["_File"] = []


def start(folder: Path) -> None:
    """Write the log to this folder from now on, and nowhere else.

    What nobody catches is written there as well. Where the folder can't be had there is no log, and
    `place` says so.
    """
    stop()
    with contextlib.suppress(OSError):
        _started.append(_File(private.own_folder(folder) / NAME))
        logging.getLogger().addHandler(_started[0])
    sys.excepthook = _uncaught
    threading.excepthook = _in_thread
    sys.unraisablehook = _unraisable


def stop() -> None:
    """Close the log; for tests, and before another is started."""
    while _started:
        handler = _started.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__


def gather() -> None:
    """Lead to the log what libraries would write to the terminal: it may be kept in a file that
    anybody can read, and their messages are whole."""
    for logger in (each for each in map(logging.getLogger, logging.root.manager.loggerDict)):
        if not logger.propagate:
            logger.handlers.clear()
            logger.propagate = True


def report(log: logging.Logger, error: BaseException, message: str, *about: object) -> str:
    """Write down what we did not foresee; the short number by which it is found in the log."""
    number = secrets.token_hex(4)
    log.error(message, *about, exc_info=error, extra={"number": number})
    return number


def place() -> str:
    """Where the details are, as a sentence."""
    if not _started:
        return "Its details are in the log of the program that runs the workbench, if it keeps one."
    return f"The log has the details: {_started[0].baseFilename}"


class _File(logging.handlers.RotatingFileHandler):
    """Made when there is something to write; its owner's alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            maxBytes=_BYTES,
            backupCount=_OLDER,
            encoding="utf-8",
            errors="replace",
            delay=True,
        )
        self.setFormatter(_Safe())

    def _open(self):  # type: ignore[no-untyped-def]  # as the library names it
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors=self.errors,
            opener=private.opened,
        )

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: the disk is full, say. By itself it would print the message and its values."""


class _Safe(logging.Formatter):
    """One line a message, then the kinds of errors and their places in the code."""

    def format(self, record: logging.LogRecord) -> str:
        """What of a record holds nobody's words."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        number = getattr(record, "number", "")
        head = f"{at} {record.levelname} {record.name} {number}".rstrip()
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([f"{head}: {_text(record)}", *_described(error)])


def _text(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] != _OURS or not isinstance(record.msg, str):
        return f"said at {record.pathname}:{record.lineno} in {record.funcName}"
    args = record.args if isinstance(record.args, tuple) else ()
    try:
        return record.msg % tuple(map(_value, args))
    except (TypeError, ValueError):
        return record.msg


def _value(given: object) -> object:
    """An argument of a message of ours: a number, an id, a kind; anything else may be words."""
    if isinstance(given, type):
        return given.__qualname__
    if isinstance(given, Enum):
        return given.name
    return given if isinstance(given, _PLAIN) else "[not kept]"


def _described(error: BaseException | None) -> Iterator[str]:
    """An error and what led to it: kinds and places, as far as the chain is of use."""
    seen: list[BaseException] = []
    waiting = [error] if error is not None else []
    while waiting and len(seen) < _CHAIN:
        current = waiting.pop(0)
        if any(current is each for each in seen):
            continue
        seen.append(current)
        yield f"  {_kind(current)}"
        yield from _places(current.__traceback__)
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
        cause = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        waiting += [cause] if cause is not None else []


def _kind(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    number = error.errno if isinstance(error, OSError) else None
    return f"{kind} (errno {number})" if isinstance(number, int) else kind


def _places(trace: TracebackType | None) -> Iterator[str]:
    steps = list(traceback.walk_tb(trace))
    for frame, line in steps[-_FRAMES:]:
        yield f"    {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, Exception):
        report(logging.getLogger(__name__), error, "The process ended")
    else:
        sys.__excepthook__(kind, error, trace)


def _in_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        report(logging.getLogger(__name__), ended.exc_value, "A thread ended")


def _unraisable(raised: "sys.UnraisableHookArgs") -> None:
    if raised.exc_value is not None:
        report(logging.getLogger(__name__), raised.exc_value, "An error that nobody could catch")
