"""What separates the cells of a text, and which line names the columns: by evidence, not counts.

A comma that stands as often in each line may be a decimal comma, part of a sentence or of an
address. A separator is believed for those of its places that nothing else explains.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from workbench.exchange.tables.shape import ONE_COLUMN

SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
"""What is tried, and what people call it."""
ROWS = 50
"""How many rows are looked at."""

_SAMPLE = 64_000
_ENOUGH = 0.45
_TITLE_LINES = 5
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_ADDRESS = re.compile(r"https?://[^\s\"]*")
_EXPLAINED = {
    # A decimal or thousands comma, and one within a sentence.
    ",": re.compile(r"(?<=\d),(?=\d)|,(?=[ \xa0])"),
    # Within a sentence, and the end of an entity such as &amp;
    ";": re.compile(r";(?=[ \xa0])|&#?\w{1,10};"),
    "|": re.compile(r"\|\|+"),
    "\t": re.compile(r"(?!)"),
}
# A quoted cell with blanks around it; each is taken whole, so that nothing within is one.
_SPACED = {
    ",": re.compile(r'(^|[,\r\n]) *("(?:[^"]|"")*+") *(?=[,\r\n]|\Z)'),
    ";": re.compile(r'(^|[;\r\n]) *("(?:[^"]|"")*+") *(?=[;\r\n]|\Z)'),
    "|": re.compile(r'(^|[|\r\n]) *("(?:[^"]|"")*+") *(?=[|\r\n]|\Z)'),
}
_NUMBER = re.compile(r"[-+]?\d[\d.,' ]*%?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SENTENCE = re.compile(r"\S+(?:\s+\S+){2,}[.?!…。？！]\W?")


def find(text: str, *, is_pasted: bool = False) -> str:
    """The separator of a text, or ONE_COLUMN. Of a paste it takes more to believe in one."""
    best = (_ENOUGH, 0, ONE_COLUMN)
    for separator in SEPARATORS:
        rows = _rows(text, separator)
        width = _width(rows)
        if width < 2:
            continue
        agreement = sum(len(row) == width or _used(row) == width for row in rows) / len(rows)
        belief = _belief(text, separator)
        if is_pasted:
            is_named = _names_columns(rows[0]) and not _begin_alike(rows)
            score = agreement if is_named and _is_parted(rows[0], separator) else 0.0
        else:
            # That each row has as many is enough where nothing else separates them.
            is_even = agreement == 1 and len(rows) > 1 and _is_no_prose(rows)
            score = max(agreement * belief, 0.5 if is_even else 0.0)
        if (score, width) > best[:2]:
            best = (score, width, separator)
    return best[2] if best[2] != ONE_COLUMN or is_pasted else _named(text)


def _named(text: str) -> str:
    """The separator of a header whose rows have other widths: reading on names the wrong line."""
    for separator in SEPARATORS:
        rows = _rows(text, separator)
        wide = sum(len(row) > 1 for row in rows[1:])
        is_wide = wide and 5 * wide >= 4 * len(rows[1:])
        if is_wide and _names_columns(rows[0]) and _is_parted(rows[0], separator):
            return separator
    return ONE_COLUMN


def closed(text: str, separator: str) -> str:
    """The text without blanks beside quoted cells, by which a reader would not know them."""
    spaced = _SPACED.get(separator)
    if spaced is None or not (' "' in text or '" ' in text):
        return text
    return spaced.sub(r"\1\2", text)


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns, or None: then all of them are values.

    Rows that hold one cell, above rows that hold more, are a title.
    """
    if not rows:
        return 0
    counts = [sum(bool(cell.strip()) for cell in row) for row in rows]
    full = Counter(counts[1:]).most_common(1)[0][0] if len(counts) > 1 else counts[0]
    at = 0
    if full > 1:
        at = next((place for place, count in enumerate(counts) if count > 1), 0)
        whole = counts.index(full) if full in counts else at
        if at and counts[at] < full and _names_columns(rows[whole]):
            # Below a title there may be lines of two cells, such as “Made on” and a date.
            at = whole
        if at > _TITLE_LINES or 2 * counts[at] <= full or len(rows) == at + 1:
            at = 0
    return None if _is_data(rows[at], rows[at + 1 :]) else at


def _is_data(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a row is of the same kind as those below it, so that it names nothing."""
    is_alike = False
    for place, cell in enumerate(first):
        below = [row[place] for row in body if place < len(row) and row[place].strip()]
        if not below or not cell.strip():
            continue
        numbers = all(_NUMBER.fullmatch(value.strip()) for value in below)
        if numbers and not _NUMBER.fullmatch(cell.strip()):
            return False
        if numbers and not _YEAR.fullmatch(cell.strip()):
            is_alike = True
        if _SENTENCE.fullmatch(cell.strip()):
            sentences = sum(bool(_SENTENCE.fullmatch(value.strip())) for value in below)
            is_alike |= sentences >= 0.8 * len(below)
    return is_alike


def _rows(text: str, separator: str) -> list[list[str]]:
    start = closed(text[:_SAMPLE], separator)
    sample = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    try:
        rows = [row for row in islice(sample, ROWS) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []
    # The last one of a sample may be cut.
    return rows[:-1] if len(rows) > 2 and len(text) > _SAMPLE else rows


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The width that most rows have which hold several cells; of two the one that is met first."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return widths.most_common(1)[0][0] if widths else 0


def _used(row: Sequence[str]) -> int:
    used = len(row)
    while used and not row[used - 1].strip():
        used -= 1
    return used


def _belief(text: str, separator: str) -> float:
    """The share of the separator's places, outside quotes, that nothing else explains."""
    bare = _ADDRESS.sub("", _QUOTED.sub("", closed(text[:_SAMPLE], separator)))
    n_all = bare.count(separator)
    explained = sum(found.count(separator) for found in _EXPLAINED[separator].findall(bare))
    return (n_all - explained) / n_all if n_all else 0.0


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether cells can be column names: short, different, and no piece of a sentence."""
    names = [cell.strip() for cell in cells[: _used(cells)]]
    return (
        len(names) > 1
        and all(names)
        and len(set(names)) == len(names)
        and all(len(name) <= 60 and len(name.split()) <= 4 for name in names)
        and not any(name[-1] in ".?!…" for name in names)
    )


def _is_parted(cells: Sequence[str], separator: str) -> bool:
    """Whether nothing else explains that the separator stands between these cells."""
    line = separator.join(cell.replace(separator, "_") for cell in cells)
    bare = _ADDRESS.sub("", line)
    return separator in bare and not _EXPLAINED[separator].search(bare)


def _begin_alike(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a cell of several words above begins as those below it do: it is one of them."""
    for place, name in enumerate(rows[0]):
        first, *others = name.split() or [""]
        below = [row[place].split()[:1] for row in rows[1:] if place < len(row)]
        if others and below and 2 * below.count([first]) >= len(below):
            return True
    return False


def _is_no_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row can name columns, or all are numbers."""
    cells = [cell.strip() for row in rows for cell in row if cell.strip()]
    return _names_columns(rows[0]) or all(_NUMBER.fullmatch(cell) for cell in cells)
