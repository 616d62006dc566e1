"""Writing text that a spreadsheet shows, and does not run."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

from workbench.domain import hidden
from workbench.exchange.tables.shape import clean

Cell = str | int | float | None


class Absent(str):
    """A cell where there is no value at all, not even an empty one."""

    __slots__ = ()


ABSENT = Absent("'")
"""How such a cell is written; see `case_files`."""

_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# The minus sign proper is not folded to "-" by NFKC.
_FORMULA_STARTS = frozenset("=+-@\u2212")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV document in which no cell and no header is a formula when a spreadsheet opens it.

    Text that a spreadsheet would run gets an apostrophe in front (`without_guard` takes it off);
    plain numbers such as -5 stay numbers. None is an empty cell, booleans are true and false.
    """
    document = io.StringIO(newline="")
    writer = csv.writer(document, lineterminator="\r\n")
    writer.writerow([guarded(column) for column in columns])
    writer.writerows([[_written(cell) for cell in row] for row in rows])
    return document.getvalue()


def guarded(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would take it for a formula."""
    text = clean(text)
    return f"'{text}" if _needs_guard(text) else text


def without_guard(text: str) -> str:
    """What was given to `guarded`."""
    return text[1:] if text.startswith("'") and _needs_guard(text) else text


def _needs_guard(text: str) -> bool:
    """Texts of apostrophes alone get one more, so that a lone one can mean something."""
    bare = text.lstrip("'")
    return _is_risky(bare) if bare else bool(text)


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, Absent) else guarded(_text(cell))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)


def _is_risky(text: str) -> bool:
    # Spreadsheets, and what cleans tables before them, may skip whatever shows nothing.
    bare = _bare(text)
    if any(mark in text[: len(text) - len(bare)] for mark in "\t\r"):
        return True
    if not bare or _PLAIN_NUMBER.fullmatch(text):
        return False
    # NFKC folds the fullwidth and small forms, which some spreadsheets also read as signs.
    return unicodedata.normalize("NFKC", bare[0])[0] in _FORMULA_STARTS


def _bare(text: str) -> str:
    """The text from its first character that can be seen."""
    # Most texts begin with one: no copy of them is made.
    for place, character in enumerate(text):
        if not character.isspace() and hidden.without(character):
            return text[place:]
    return ""
