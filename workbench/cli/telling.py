"""What a command says: its answer on the standard output, how it goes on stderr.

A command's exit code says what came of its work, whoever reads its answer.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from workbench.domain import hidden
from workbench.errors import InputError


def answer(text: str) -> None:
    """Put the answer out; who stopped reading (`head`, a pager) changes no exit code."""
    with _heard():
        print(hidden.named(text), flush=True)


def as_json(document: Any) -> None:
    """Put the answer out for machines."""
    with _heard():
        text = hidden.in_json(json.dumps(document, indent=2, ensure_ascii=False))
        print(text, flush=True)


def data(content: bytes) -> None:
    """Put a file out as it is."""
    if sys.stdout is None:  # The output is closed (`>&-`), as print has it.
        return
    with _heard():
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def say(line: str) -> None:
    """Tell on stderr how it goes. Where that is a file on a full disk, work goes on unheard."""
    with contextlib.suppress(OSError):
        print(hidden.named(line), file=sys.stderr, flush=True)


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """Raises InputError where the answer can't be written, such as to a full disk."""
    try:
        yield
    except OSError as error:
        # What is left in the buffer would fail once more when Python ends, with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise InputError(
                f"The answer could not be written: {error.strerror}.",
                "What was done is kept. Write it to another place.",
            ) from error
