"""What a cell of a table says of a case: a value, a text, tags, yes or no."""

import re
from collections.abc import Iterable

from workbench.domain import values
from workbench.domain.values import Value
from workbench.errors import InputError

_TAG_BREAK = re.compile(r"[,;|]")
_YES = frozenset({"true", "yes", "y", "1", "x", "1.0", "held out", "held_out", "holdout"})
_NO = frozenset({"", "false", "no", "n", "0", "0.0"})


def value(cell: object, row: int) -> Value:
    """A value of a case. Raises InputError naming the row."""
    try:
        return values.of(cell)
    except InputError as error:
        raise InputError(f"Row {row:,}: {error.message}", error.hint) from error


def text(cell: object) -> str:
    """A cell where only text makes sense, such as a key: a list as JSON."""
    return "" if cell is None else values.text(values.of(cell))


def tags(cells: Iterable[object]) -> tuple[str, ...]:
    """The tags in a row's cells: the items of a list, or what commas, semicolons or bars part."""
    parts = (
        text(part).strip()
        for cell in cells
        for part in (cell if isinstance(cell, list) else _TAG_BREAK.split(text(cell)))
    )
    return tuple(dict.fromkeys(part for part in parts if part))


def is_held_out(cell: object, row: int) -> bool:
    """Whether a case is held out. Raises InputError for what says neither yes nor no."""
    word = text(cell).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise InputError(
        f"Row {row:,} says “{word[:40]}” for held out.", "Write true or false, or leave it empty."
    )
