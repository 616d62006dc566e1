"""What a table from outside looks like, how big it may be, and how its text is cleaned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import InputError

MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 200

MARK = "\0"
"""Before the JSON of a list or an object, in a cell; alone where a JSON object lacks the key. No
cleaned text holds it, so that text which only looks like JSON stays text."""

_SPLIT_IT = "Split the table, or leave out what the cases do not need."


@dataclass(frozen=True)
class Limits:
    """How much is read at most: characters of a cell, rows, cells, and characters of all cells.

    Compressed formats can repeat one long text in every row: the sum is bounded too.
    """

    cell: int = 1_000_000
    rows: int = 200_000
    cells: int = 3_000_000
    text: int = 64_000_000


OF_CASES = Limits()
# Answers may have 1 MiB. A results file of the command line is the user's own, on their machine.
OF_RESULTS = Limits(1_048_576, 5_000_000, 60_000_000, 1_000_000_000)

ONE_COLUMN = "none"
"""The separator of lines that are one cell each."""
WHOLE = "(the whole document)"
"""The place of the rows in a JSON document that is one row itself."""


@dataclass(frozen=True)
class Reading:
    """How a file is read. Before reading: what a person stated, which is never guessed again; what
    is empty is left to the reader. After it: how it was read.

    `encoding` is a key of table_encoding.NAMES, `separator` one character or ONE_COLUMN, `header`
    the line (of a sheet the row) that names the columns, from 1, or 0 where none does, `rows_at`
    the keys that lead to the rows in a JSON document, with points between them, or WHOLE.
    """

    encoding: str = ""
    separator: str = ""
    header: int | None = None
    sheet: str = ""
    rows_at: str = ""


UNSTATED = Reading()


@dataclass(frozen=True)
class Table:
    """A table as it was written: a value is text, or a list or an object of JSON; an empty cell is
    None.

    `notes` are plain sentences about what the reader did: rows left out, names made unique,
    the encoding that was assumed. `places` are the lines (`unit`; of a sheet the rows) where the
    rows start. `reading` says how it was read, `sheets` and `lists` what else could have been, and
    `doubled` which names several columns had.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    unit: str = "Line"
    reading: Reading = UNSTATED
    sheets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


class NeedsChoice(InputError):
    """A file that can be read in several ways: somebody has to state `part`, a field of Reading,
    as one of `options` (none: no way is more likely than another)."""

    def __init__(
        self, message: str, hint: str, part: str = "", options: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, hint)
        self.part = part
        self.options = options


def clean(text: str) -> str:
    """The text without NUL and with lone surrogates escaped, which DuckDB and Streamlit refuse."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text


def build(
    header: Sequence[str],
    rows: Iterable[tuple[int, list[str]]],
    notes: Iterable[str] = (),
    *,
    unit: str = "Line",
    pads: bool = False,
    limits: Limits = OF_CASES,
    reading: Reading = UNSTATED,
) -> Table:
    """A table from a header and numbered rows whose empty cells are "".

    `unit` names what the numbers count ("Line", "Row"); `pads` fills short rows up instead of
    refusing them. Raises InputError for a ragged row, for no rows, and beyond the limits.
    """
    width = len(header)
    refuse_too_many(width, MAX_COLUMNS, "columns")
    kept: list[tuple[str | None, ...]] = []
    places: list[int] = []
    most = min(limits.rows, limits.cells // max(width, 1))
    empty = padded = text = 0
    for number, cells in rows:
        if not any(map(str.strip, cells)):
            empty += 1
            refuse_too_many(empty, limits.rows, "empty rows")
            continue
        if len(cells) != width:
            if len(cells) < width and pads:
                padded += 1
            cells = _fitted(cells, header, f"{unit} {number:,}", pads)
        lengths = list(map(len, cells))
        text += sum(lengths)
        if max(lengths) > limits.cell:
            column = header[lengths.index(max(lengths))][:60]
            raise cell_too_long(f"{unit} {number:,}, column “{column}”,", limits)
        kept.append(tuple([cell or None for cell in cells]))
        places.append(number)
        if len(kept) > most or text > limits.text:
            refuse_too_many(len(kept), limits.rows, "rows")
            refuse_too_many(len(kept) * width, limits.cells, "cells")
            refuse_too_many(text, limits.text, "characters")
    if not kept:
        raise InputError(
            "There is a header but no row below it.",
            "The first line names the columns; each line after it is one case.",
        )
    said = list(notes)
    if empty:
        rows_were = "1 empty row was" if empty == 1 else f"{empty:,} empty rows were"
        said.append(f"{rows_were} left out.")
    if padded:
        said.append(f"Rows with cells missing at their end: {padded:,}; those cells are empty.")
    columns, named, doubled = _named(header, kept, said)
    return Table(columns, named, tuple(said), tuple(places), unit, reading, (), (), doubled)


def numbered_columns(width: int) -> list[str]:
    """Names for columns that have none."""
    return ["text"] if width == 1 else [f"column {number}" for number in range(1, width + 1)]


def refuse_too_many(count: int, limit: int, what: str) -> None:
    """Raise InputError when a count is over its limit."""
    if count > limit:
        raise InputError(f"The table has more than {limit:,} {what}.", _SPLIT_IT)


def cell_too_long(place: str, limits: Limits = OF_CASES, hint: str = "") -> InputError:
    """The error for a cell over the limit of characters."""
    return InputError(
        f"{place} has a cell of more than {limits.cell:,} characters.",
        hint or "Shorten the text; a model could not read it either.",
    )


def _fitted(cells: list[str], header: Sequence[str], place: str, pads: bool) -> list[str]:
    """The cells brought to the table's width, where nothing is lost by it."""
    width = len(header)
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) < width and (pads or not any(name.strip() for name in header[len(cells) :])):
        return cells + [""] * (width - len(cells))
    cells_here = "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
    hint = (
        "Put text that holds the separator in double quotes."
        if len(cells) > width
        else "Add the missing cells; they may be empty."
    )
    columns = "1 column" if width == 1 else f"{width:,} columns"
    raise InputError(f"{place} has {cells_here}, but the header has {columns}.", hint)


def _named(
    header: Sequence[str], rows: list[tuple[str | None, ...]], notes: list[str]
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...], tuple[str, ...]]:
    """A unique name for each column, the rows without columns that hold nothing at all, and the
    names that several columns had."""
    names = [name.strip().removeprefix("\ufeff") for name in header]
    used = [
        index
        for index, name in enumerate(names)
        if name or any(row[index] is not None for row in rows)
    ]
    left_out = len(names) - len(used)
    if left_out:
        rows = [tuple([row[index] for index in used]) for row in rows]
        notes.append(
            "1 column with neither name nor values was left out."
            if left_out == 1
            else f"{left_out:,} columns with neither name nor values were left out."
        )
    taken = {names[index] for index in used if names[index]}
    columns: list[str] = []
    doubled: dict[str, None] = {}
    for position, index in enumerate(used, start=1):
        name = names[index]
        if not name or name in columns:
            unique = _free(f"{name} (2)" if name else f"column {position}", name, taken)
            notes.append(
                f"A second column “{name}” is called “{unique}”."
                if name
                else f"Column {position:,} had no name and is called “{unique}”."
            )
            if name:
                doubled[name] = None
            name = unique
            taken.add(name)
        columns.append(name)
    return tuple(columns), tuple(rows), tuple(doubled)


def _free(wish: str, stem: str, taken: set[str]) -> str:
    number = 3
    name = wish
    while name in taken:
        name = f"{stem or wish} ({number})"
        number += 1
    return name
