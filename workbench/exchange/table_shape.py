"""What a table from outside looks like, how big it may be, and how its text is cleaned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import InputError

MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 200
MAX_ROWS = 200_000
MAX_CELLS = 3_000_000
MAX_CELL = 1_000_000
# Compressed formats can repeat one long text in every row: the sum is bounded, not only the cell.
MAX_TEXT = 64_000_000

MARK = "\0"
"""Before the JSON of a list or an object, in a cell; alone where a JSON object lacks the key. No
cleaned text holds it, so that text which only looks like JSON stays text."""

_SPLIT_IT = "Split the table, or leave out what the cases do not need."


@dataclass(frozen=True)
class Table:
    """A table as it was written: a value is text, or a list or an object of JSON; an empty cell is
    None.

    `notes` are plain sentences about what the reader did: rows left out, names made unique,
    the encoding that was assumed.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()


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
) -> Table:
    """A table from a header and numbered rows whose empty cells are "".

    `unit` names what the numbers count ("Line", "Row"); `pads` fills short rows up instead of
    refusing them. Raises InputError for a ragged row, for no rows, and beyond the limits.
    """
    width = len(header)
    refuse_too_many(width, MAX_COLUMNS, "columns")
    kept: list[tuple[str | None, ...]] = []
    empty = padded = text = 0
    for number, cells in rows:
        if not any(cell and not cell.isspace() for cell in cells):
            empty += 1
            refuse_too_many(empty, MAX_ROWS, "empty rows")
            continue
        if len(cells) != width:
            if len(cells) < width and pads:
                padded += 1
            cells = _fitted(cells, width, f"{unit} {number:,}", pads)
        lengths = [len(cell) for cell in cells]
        text += sum(lengths)
        if max(lengths) > MAX_CELL:
            column = header[lengths.index(max(lengths))][:60]
            raise cell_too_long(f"{unit} {number:,}, column “{column}”,")
        kept.append(tuple([cell or None for cell in cells]))
        refuse_too_many(len(kept), MAX_ROWS, "rows")
        refuse_too_many(len(kept) * width, MAX_CELLS, "cells")
        refuse_too_many(text, MAX_TEXT, "characters")
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
    return _named(header, kept, said)


def refuse_too_many(count: int, limit: int, what: str) -> None:
    """Raise InputError when a count is over its limit."""
    if count > limit:
        raise InputError(f"The table has more than {limit:,} {what}.", _SPLIT_IT)


def cell_too_long(place: str, hint: str = "") -> InputError:
    """The error for a cell over the limit of characters."""
    return InputError(
        f"{place} has a cell of more than {MAX_CELL:,} characters.",
        hint or "Shorten the text; a model could not read it either.",
    )


def _fitted(cells: list[str], width: int, place: str, pads: bool) -> list[str]:
    """The cells brought to the table's width, where nothing is lost by it."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) < width and pads:
        return cells + [""] * (width - len(cells))
    cells_here = "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
    hint = (
        "Put text that holds the separator in double quotes."
        if len(cells) > width
        else "Add the missing cells; they may be empty."
    )
    header = "1 column" if width == 1 else f"{width:,} columns"
    raise InputError(f"{place} has {cells_here}, but the header has {header}.", hint)


def _named(header: Sequence[str], rows: list[tuple[str | None, ...]], notes: list[str]) -> Table:
    """The table with a unique name for each column, without columns that hold nothing at all."""
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
    for position, index in enumerate(used, start=1):
        name = names[index]
        if not name or name in columns:
            unique = _free(f"{name} (2)" if name else f"column {position}", name, taken)
            notes.append(
                f"A second column “{name}” is called “{unique}”."
                if name
                else f"Column {position:,} had no name and is called “{unique}”."
            )
            name = unique
            taken.add(name)
        columns.append(name)
    return Table(tuple(columns), tuple(rows), tuple(notes))


def _free(wish: str, stem: str, taken: set[str]) -> str:
    number = 3
    name = wish
    while name in taken:
        name = f"{stem or wish} ({number})"
        number += 1
    return name
