"""Reading a table in Markdown, as GitHub's flavour has it."""

import re

from workbench.exchange.tables.shape import OF_CASES, Limits, Reading, Table, build

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_READING = Reading(separator="|", header=1)


def read(text: str, limits: Limits = OF_CASES) -> Table | None:
    """The table that a text begins with, or None where it does not begin with one.

    Lines below the table are left out, and counted in a note. Raises InputError beyond the limits.
    """
    lines = _LINE_BREAK.split(text)
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if not _begins_with_one(lines[start:]):
        return None
    return _table(lines[start:], start + 1, limits)


def _begins_with_one(lines: list[str]) -> bool:
    if len(lines) < 2 or "|" not in lines[0] or "-" not in lines[1]:
        return False
    if "|" not in lines[1]:
        return False
    return all(set(cell) <= set(":-") and "-" in cell for cell in _cells(lines[1]))


def _table(lines: list[str], first_line: int, limits: Limits) -> Table:
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines[2:], start=first_line + 2):
        if not line.strip():
            break
        rows.append((number, _cells(line)))
    after = sum(1 for line in lines[2 + len(rows) :] if line.strip())
    notes = [f"Lines after the table that were left out: {after:,}."] if after else []
    header = _cells(lines[0])
    return build(header, rows, notes, pads=True, limits=limits, reading=_READING)


def _cells(line: str) -> list[str]:
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
    return [_text(cell.strip()) for cell in cells]


def _text(cell: str) -> str:
    pieces = re.split(r"(\\[!-/:-@\[-`{-~])", cell)
    return "".join(
        _ESCAPE.sub(r"\1", piece) if index % 2 else _BREAK.sub("\n", piece)
        for index, piece in enumerate(pieces)
    )
