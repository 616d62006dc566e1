"""Reading tables written as text: bytes to text, CSV, a pasted table, Markdown, plain lines."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from workbench.errors import InputError
from workbench.exchange import table_json
from workbench.exchange.table_shape import MAX_CELL, Table, build, cell_too_long, clean

_DELIMITERS = (",", ";", "\t", "|")
# A separator that no text holds: the whole line is one cell, and quotes still work.
_NO_DELIMITER = "\x1f"
_SAMPLE = 64_000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_MARKDOWN_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_MARKDOWN_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_JSON_START = re.compile(r"\{\s*\"|\[\s*\{")


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, cleaned, and a note where its encoding was a guess."""
    notes: list[str] = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif guessed := _utf16_without_mark(data[:2000]):
        encoding = guessed
        notes.append("Read as UTF-16.")
    else:
        encoding = "utf-8-sig"
    try:
        return clean(data.decode(encoding, "surrogatepass")), notes
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            raise InputError(
                "The text is not whole: it starts as UTF-16 and then breaks off.",
                "Save the file again, as UTF-8.",
            ) from error
        if b"\0" in data:
            raise InputError("It is not text.", "Use CSV, JSONL, XLSX or Parquet.") from error
        line = data.count(b"\n", 0, error.start) + 1
    notes.append(
        f"Read as Latin-1, because line {line:,} is not UTF-8: check accented letters and quotes."
    )
    try:
        # What is called Latin-1 is nearly always Windows-1252, which adds curly quotes and dashes.
        return clean(data.decode("cp1252")), notes
    except UnicodeDecodeError:
        return clean(data.decode("latin-1")), notes


def read_csv(text: str, notes: list[str]) -> Table:
    """A table of separated values, by whichever separator. Raises InputError naming the line."""
    first_line = 1
    delimiter = ""
    if text[:4].lower() == "sep=" and text[4:5] and text[5:6] in ("\r", "\n"):
        delimiter, first_line = text[4], 2
        text = text[6:].removeprefix("\n")
    return _separated(text, notes, delimiter or sniff(text), first_line=first_line)


def read_pasted(text: str) -> Table:
    """What a person pastes: JSON lines, a Markdown table, cells of a spreadsheet, CSV or lines."""
    text = clean(text).removeprefix("\ufeff").strip("\r\n")
    if not text.strip():
        raise InputError("There is no text to read.", "Paste a table, or one value a line.")
    if is_json(text):
        return table_json.read(text, [])
    lines = _LINE_BREAK.split(text)
    start = next(index for index, line in enumerate(lines) if line.strip())
    if _is_markdown(lines[start:]):
        return _markdown(lines[start:], start + 1)
    if "\t" in lines[start]:
        return _pasted_cells(text)
    delimiter = sniff(text)
    if len(lines) > start + 1 and delimiter != _NO_DELIMITER:
        header = next(csv.reader([lines[start]], delimiter=delimiter))
        if _is_header(header):
            return _separated(text, [], delimiter)
    return build(("text",), ((number, [line]) for number, line in enumerate(lines, start=1)))


def is_json(text: str) -> bool:
    """Whether a pasted text begins as JSON does."""
    return _JSON_START.match(text.lstrip("\ufeff \t\r\n")) is not None


def sniff(text: str) -> str:
    """The separator: the one by which most of the first rows have as many cells as the header."""
    best = (0.0, 0, _NO_DELIMITER)
    for delimiter in _DELIMITERS:
        sample = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(sample, 50) if row]
        except csv.Error:
            continue
        if len(widths) > 2 and len(text) > _SAMPLE:
            widths.pop()
        if not widths:
            continue
        width = widths[0]
        body = widths[1:]
        if width == 1 and len(body) > 1 and len(set(body)) == 1 and body[0] > 1:
            # A title above the table: reading on gives an error that names the line.
            agreement = 0.1 if delimiter != "," else 0.05
        elif width > 1:
            agreement = 0.2 + widths.count(width) / len(widths)
        else:
            continue
        if (agreement, width) > best[:2]:
            best = (agreement, width, delimiter)
    return best[2]


def _separated(
    text: str,
    notes: list[str],
    delimiter: str,
    *,
    first_line: int = 1,
    pads: bool = False,
    quoting: bool = True,
) -> Table:
    blank = len(text) - len(text.lstrip("\r\n"))
    first_line += len(_LINE_BREAK.findall(text, 0, blank))
    records = _records(text[blank:], delimiter, first_line, quoting)
    for _, header in records:
        if any(cell.strip() for cell in header):
            return build(header, records, notes, pads=pads)
    raise InputError("There is no text to read.", "The first line names the columns.")


def _records(
    text: str, delimiter: str, first_line: int, quoting: bool
) -> Iterator[tuple[int, list[str]]]:
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
            raise _fault(text, start, delimiter, first_line) from error
        yield start + first_line, record
        start = reader.line_num


def _fault(text: str, record_line: int, delimiter: str, first_line: int) -> InputError:
    """Why the record that starts on a line (from 0) could not be read, and where."""
    breaks = islice(_LINE_BREAK.finditer(text), record_line)
    offset = 0
    for found in breaks:
        offset = found.end()
    opened, end, follows = _faulty_field(text, offset, delimiter)
    line = record_line + len(_LINE_BREAK.findall(text, offset, opened)) + first_line
    is_quoted = text[opened : opened + 1] == '"'
    if end - opened > MAX_CELL:
        hint = f"The quote that opens on line {line:,} may never close." if is_quoted else ""
        return cell_too_long(f"Line {line:,}", hint)
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


def _faulty_field(text: str, offset: int, delimiter: str) -> tuple[int, int, bool]:
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
            if end - offset > MAX_CELL or not stop.match(text, end + 1):
                return offset, end, True
            found = stop.search(text, end + 1)
        else:
            found = stop.search(text, offset)
            if (found.start() if found else len(text)) - offset > MAX_CELL:
                return offset, len(text), False
        if found is None:
            return offset, len(text), False
        offset = found.end()


def _pasted_cells(text: str) -> Table:
    """Cells from a spreadsheet, which leaves out trailing cells and quotes only line breaks."""
    try:
        return _separated(text, [], "\t", pads=True)
    except InputError as error:
        if '"' not in text:
            raise
        note = "Double quotes were read as ordinary characters."
        try:
            return _separated(text, [note], "\t", pads=True, quoting=False)
        except InputError:
            raise error from None


def _is_header(cells: list[str]) -> bool:
    """Whether cells can be column names; a space after each comma is a sentence, not a header."""
    return (
        len(cells) > 1
        and all(cell.strip() and cell[0] != " " and len(cell) <= 60 for cell in cells)
        and len(set(cells)) == len(cells)
    )


def _is_markdown(lines: list[str]) -> bool:
    if len(lines) < 2 or "|" not in lines[0] or "-" not in lines[1]:
        return False
    if "|" not in lines[1]:
        return False
    return all(set(cell) <= set(":-") and "-" in cell for cell in _markdown_cells(lines[1]))


def _markdown(lines: list[str], first_line: int) -> Table:
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines[2:], start=first_line + 2):
        if not line.strip():
            break
        rows.append((number, _markdown_cells(line)))
    after = sum(1 for line in lines[2 + len(rows) :] if line.strip())
    notes = [f"Lines after the table that were left out: {after:,}."] if after else []
    return build(_markdown_cells(lines[0]), rows, notes, pads=True)


def _markdown_cells(line: str) -> list[str]:
    """The cells of one row: split at pipes that are not escaped, escapes and <br> undone."""
    line = line.strip()
    cells = [""]
    for piece in re.split(r"(\\.|\|)", line):
        if piece == "|":
            cells.append("")
        else:
            cells[-1] += piece
    if line.startswith("|"):
        cells = cells[1:]
    if len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return [_markdown_text(cell.strip()) for cell in cells]


def _markdown_text(cell: str) -> str:
    pieces = re.split(r"(\\[!-/:-@\[-`{-~])", cell)
    return "".join(
        _MARKDOWN_ESCAPE.sub(r"\1", piece) if index % 2 else _MARKDOWN_BREAK.sub("\n", piece)
        for index, piece in enumerate(pieces)
    )


def _utf16_without_mark(start: bytes) -> str:
    """UTF-16 of mostly western text has a zero in every second byte."""
    if len(start) < 8:
        return ""
    pairs = len(start) // 2
    if start[1::2].count(0) > 0.7 * pairs and start[0::2].count(0) < 0.05 * pairs:
        return "utf-16-le"
    if start[0::2].count(0) > 0.7 * pairs and start[1::2].count(0) < 0.05 * pairs:
        return "utf-16-be"
    return ""
