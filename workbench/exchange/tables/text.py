"""Reading tables written as text: separated values, cells of a spreadsheet, plain lines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from workbench.errors import InputError
from workbench.exchange.tables import json_table, markdown_table
from workbench.exchange.tables import separator as tables_separator
from workbench.exchange.tables.shape import (
    OF_CASES,
    ONE_COLUMN,
    UNSTATED,
    Limits,
    Reading,
    Table,
    build,
    cell_too_long,
    clean,
    numbered_columns,
)

# A separator that no text holds: the whole line is one cell, and quotes still work.
_NOTHING = "\uffff"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_JSON_START = re.compile(r"\s*(?:\{\s*\"|\[\s*[\[{\"])")
_NAMED_SEPARATOR = re.compile(r"\s*sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
_Record = tuple[int, list[str]]


def read_csv(
    text: str,
    notes: Sequence[str] = (),
    stated: Reading = UNSTATED,
    limits: Limits = OF_CASES,
) -> Table:
    """A table of separated values, by whichever separator. Raises InputError naming the line."""
    first_line, separator = 1, stated.separator
    if named := _NAMED_SEPARATOR.match(text):
        separator = separator or named[1]
        first_line += len(_LINE_BREAK.findall(named[0]))
        text = text[named.end() :].lstrip("\ufeff")
    return _separated(
        text,
        notes,
        replace(stated, separator=separator or tables_separator.find(text)),
        first_line,
        limits=limits,
    )


def read_pasted(text: str, stated: Reading = UNSTATED, limits: Limits = OF_CASES) -> Table:
    """What a person pastes: JSON, a Markdown table, cells of a spreadsheet, CSV or lines."""
    text = clean(text).lstrip("\ufeff").strip("\r\n")
    if not text.strip():
        raise InputError("There is no text to read.", "Paste a table, or one value a line.")
    if not stated.separator and _JSON_START.match(text):
        return json_table.read(text, (), stated, limits)
    if not stated.separator and (table := markdown_table.read(text, limits)):
        return table
    if stated.separator or _NAMED_SEPARATOR.match(text):
        return read_csv(text, (), stated, limits)
    filled = (line for line in _LINE_BREAK.split(text) if line.strip())
    first = list(islice(filled, tables_separator.ROWS))
    separator = tables_separator.find(text, is_pasted=True)
    has_tabs = 2 * sum("\t" in line for line in first) > len(first)
    if "\t" in first[0] or (separator == ONE_COLUMN and has_tabs):
        return _separated(text, (), replace(stated, separator="\t"), 1, pads=True, limits=limits)
    if separator == ONE_COLUMN or len(text.split("\n")) < 2:
        lines = enumerate(_LINE_BREAK.split(text), start=1)
        how = replace(stated, separator=ONE_COLUMN, header=stated.header or 0)
        if how.header:
            return _separated(text, (), how, 1, quoting=False, limits=limits)
        rows = ((number, [line]) for number, line in lines)
        return build(numbered_columns(1), rows, limits=limits, reading=how)
    return _separated(text, (), replace(stated, separator=separator), 1, limits=limits)


def headed(
    records: Iterator[_Record], stated: Reading, notes: list[str], unit: str = "Line"
) -> tuple[list[str], Iterator[_Record], Reading]:
    """The columns' names, the rows below them, and where the names were.

    What is above the names is left out, and said; so is that no line names the columns. Raises
    InputError where the line that was stated is not there.
    """
    first: list[_Record] = []
    wanted = tables_separator.ROWS if not stated.header else stated.header + 1
    for record in records:
        if first or any(cell.strip() for cell in record[1]):
            first.append(record)
        if len(first) == wanted:
            break
    if not first:
        raise InputError("There is no text to read.", "The first line names the columns.")
    if stated.header is None:
        full = [record for record in first if any(cell.strip() for cell in record[1])]
        found = tables_separator.header_at([cells for _, cells in full])
        at = None if found is None else first.index(full[found])
        if at is None:
            notes.append(
                f"{unit} {first[0][0]:,} was read as a row, because it is like the others: the "
                "columns have no names."
            )
    elif stated.header == 0:
        at = None
    else:
        at = next((i for i, (place, _) in enumerate(first) if place >= stated.header), None)
        if at is None:
            raise InputError(
                f"There is no {unit.lower()} {stated.header:,} that could name the columns.",
                "State a smaller number.",
            )
    if at is None:
        width = max(len(cells) for _, cells in first)
        return numbered_columns(width), chain(first, records), replace(stated, header=0)
    above = [cells for _, cells in first[:at] if any(cell.strip() for cell in cells)]
    if above:
        title = next(cell.strip() for cell in above[0] if cell.strip())[:60]
        were = (
            f"1 {unit.lower()} above the column names was"
            if len(above) == 1
            else (f"{len(above):,} {unit.lower()}s above the column names were")
        )
        notes.append(f"{were} left out: “{title}”.")
    place, names = first[at]
    return names, chain(first[at + 1 :], records), replace(stated, header=place)


def _separated(
    text: str,
    notes: Sequence[str],
    how: Reading,
    first_line: int,
    *,
    pads: bool = False,
    quoting: bool = True,
    limits: Limits = OF_CASES,
) -> Table:
    said = list(notes)
    blank = len(text) - len(text.lstrip("\r\n"))
    first_line += len(_LINE_BREAK.findall(text, 0, blank))
    text = text[blank:]
    closed = tables_separator.closed(text, how.separator) if quoting else text
    if len(closed) < len(text):
        said.append("Blanks beside quoted cells were left out.")
        text = closed
    delimiter = _NOTHING if how.separator == ONE_COLUMN else how.separator
    try:
        records = _records(text, delimiter, first_line, quoting, limits)
        names, rows, how = headed(records, how, said)
        return build(names, rows, said, pads=pads, limits=limits, reading=how)
    except InputError as error:
        # Spreadsheets and tab-separated files quote line breaks only, or nothing.
        if how.separator != "\t" or not quoting or '"' not in text:
            raise
        notes = (*notes, "Double quotes were read as ordinary characters.")
        try:
            return _separated(text, notes, how, first_line, pads=pads, quoting=False, limits=limits)
        except InputError:
            raise error from None


def _records(
    text: str, delimiter: str, first_line: int, quoting: bool, limits: Limits
) -> Iterator[_Record]:
    """Each record with the number of the line it starts on."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
    )
    start = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _fault(text, start, delimiter, first_line, limits) from error
        yield start + first_line, record
        start = reader.line_num


def _fault(
    text: str, record_line: int, delimiter: str, first_line: int, limits: Limits
) -> InputError:
    """Why the record that starts on a line (from 0) could not be read, and where."""
    breaks = islice(_LINE_BREAK.finditer(text), record_line)
    offset = 0
    for found in breaks:
        offset = found.end()
    opened, end, follows = _faulty_field(text, offset, delimiter, limits)
    line = record_line + len(_LINE_BREAK.findall(text, offset, opened)) + first_line
    is_quoted = text[opened : opened + 1] == '"'
    if end - opened > limits.cell:
        hint = f"The quote that opens on line {line:,} may never close." if is_quoted else ""
        return cell_too_long(f"Line {line:,}", limits, hint)
    if follows:
        closed = line + len(_LINE_BREAK.findall(text, opened, end))
        return InputError(
            f"The quote that opens on line {line:,} closes on line {closed:,}, "
            "and more text follows it in the same cell.",
            'Inside a quoted cell write a double quote twice (""), and close each cell once.',
        )
    return InputError(
        f"The quote that opens on line {line:,} is never closed.",
        'Close it, or write a double quote inside a quoted cell twice ("").',
    )


def _faulty_field(text: str, offset: int, delimiter: str, limits: Limits) -> tuple[int, int, bool]:
    """The first field from an offset that is too long, unclosed, or followed by more text.

    Returns where it starts and ends, and whether text follows its closing quote.
    """
    stop = re.compile(f"[\r\n{re.escape(delimiter)}]")
    while True:
        if text[offset : offset + 1] == '"':
            end = text.find('"', offset + 1)
            while end != -1 and text[end + 1 : end + 2] == '"':
                end = text.find('"', end + 2)
            if end == -1:
                return offset, len(text), False
            if end - offset > limits.cell or not stop.match(text, end + 1):
                return offset, end, True
            found = stop.search(text, end + 1)
        else:
            found = stop.search(text, offset)
            if (found.start() if found else len(text)) - offset > limits.cell:
                return offset, len(text), False
        if found is None:
            return offset, len(text), False
        offset = found.end()
