"""Reading tables written as JSON, in any layout: the text becomes values, those become rows."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from workbench.errors import InputError
from workbench.exchange.tables import layout
from workbench.exchange.tables.shape import (
    MARK,
    MAX_COLUMNS,
    OF_CASES,
    Limits,
    Reading,
    Table,
    build,
    cell_too_long,
    clean,
    refuse_too_many,
)

_BETWEEN = re.compile(r"[ \t\r\n,]*")
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*+")([ \t\r\n]*:)?|[{}]', re.DOTALL)
_HINT = (
    'Write objects such as {"question": "…", "reference": "…"}, one a line or in an array: names '
    "and texts in double quotes, no comments, no comma after the last value."
)


class Number(str):
    """A number as it was written: 1.50 stays 1.50, 1e400 and NaN too, and no digit is lost."""

    __slots__ = ()


class _Doubled(Exception):
    """An object has a key twice."""


def read(
    text: str,
    notes: Sequence[str] = (),
    stated: Reading | None = None,
    limits: Limits = OF_CASES,
) -> Table:
    """A table from JSON: lines, an array, objects one after the other, columns, or a list within.

    Its columns are all keys, in order of appearance. Raises InputError naming the line of what is
    no JSON or a key that an object has twice, NeedsChoice where several lists could be the rows.
    """
    stated = stated or Reading()
    # Only an escape can bring NUL or a surrogate back into cleaned text.
    polish = clean if _ESCAPED.search(text) is not None else str
    said = list(notes)
    columns: dict[str, None] = {}
    records: list[tuple[int, dict[str, str]]] = []
    try:
        found = layout.rows(*values(text, limits), stated.rows_at)
        for number, record in found.rows:
            refuse_too_many(len(record), MAX_COLUMNS, "columns")
            row = {polish(key): _marked(value, polish, limits) for key, value in record.items()}
            records.append((number, row))
            columns.update(dict.fromkeys(row))
            refuse_too_many(len(columns), MAX_COLUMNS, "columns")
            refuse_too_many(len(records), limits.rows, "rows")
            refuse_too_many(len(records) * len(columns), limits.cells, "cells")
    except RecursionError as error:
        raise InputError("The JSON is nested too deeply.", "Flatten it.") from error
    if not columns:
        raise InputError("There is no JSON object to read.", _HINT)
    cells = (
        (number, [row.get(column, MARK) if row else "" for column in columns])
        for number, row in records
    )
    said += found.notes
    how = replace(stated, rows_at=found.rows_at)
    table = build(tuple(columns), cells, said, unit=found.unit, limits=limits, reading=how)
    return replace(table, lists=found.lists)


def _marked(value: object, polish: Callable[[str], str], limits: Limits) -> str:
    text = polish(cell_text(value, limits))
    return MARK + text if isinstance(value, dict | list) else text


def cell_text(value: object, limits: Limits = OF_CASES) -> str:
    """A JSON value as a cell: text as it is, nested values as compact JSON, null as empty."""
    if isinstance(value, str):
        return str(value)
    return "" if value is None else compact(value, limits)


def compact(value: object, limits: Limits = OF_CASES) -> str:
    """JSON without spaces, with numbers as they were written. Raises InputError if too long."""
    if isinstance(value, dict | list) and len(value) > limits.cell // 2:
        raise cell_too_long("A row", limits)
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inside = (f"{_quoted(str(key))}:{compact(item, limits)}" for key, item in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join([compact(item, limits) for item in value]) + "]"
    return _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def values(text: str, limits: Limits = OF_CASES) -> tuple[list[tuple[int, object]], bool]:
    """The values of a text, each with its line, and whether they were the elements of an array.

    Values may stand one a line, be written over several, have commas between them or nothing.
    Raises InputError naming the line where the JSON breaks off, and a key that comes twice.
    """
    text = text.lstrip("\ufeff")
    start = _after(_BETWEEN, text, 0)
    if text[start : start + 1] == "[":
        elements = list(_elements(text, start + 1, limits))
        _, _, end = elements.pop()
        rest = _after(_BETWEEN, text, end)
        if rest == len(text):
            return [(line, value) for line, value, _ in elements], True
        if text[rest] != "[":
            raise _not_json(text, rest, "Extra text")
    return list(_one_by_one(text, start, limits)), False


def _one_by_one(text: str, position: int, limits: Limits) -> Iterator[tuple[int, object]]:
    line, counted, number = 1, 0, 0
    while position < len(text):
        line += len(_LINE_BREAK.findall(text, counted, position))
        counted = position
        value, position = _value(text, position)
        number += 1
        refuse_too_many(number, limits.rows, "rows")
        yield line, value
        position = _after(_BETWEEN, text, position)


def _elements(text: str, position: int, limits: Limits) -> Iterator[tuple[int, object, int]]:
    """The elements of an array, one by one: limits bite before the end. The last is its end."""
    line, counted, number = 1, 0, 0
    position = _after(_SPACE, text, position)
    while text[position : position + 1] != "]":
        line += len(_LINE_BREAK.findall(text, counted, position))
        counted = position
        value, position = _value(text, position)
        number += 1
        refuse_too_many(number, limits.rows, "rows")
        yield line, value, position
        position = _after(_SPACE, text, position)
        if text[position : position + 1] == ",":
            position = _after(_SPACE, text, position + 1)
        elif text[position : position + 1] != "]":
            raise _not_json(text, position, "Expecting ',' or ']'")
    yield line, None, position + 1


def _value(text: str, position: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _broken(text, position, error) from error
    except _Doubled as error:
        raise _named(text, position) from error


def _broken(text: str, position: int, error: json.JSONDecodeError) -> InputError:
    """Where the value from a position on breaks off: of lines that are values, on its own line."""
    end = text.find("\n", position)
    if -1 < end < error.pos and text[end + 1 : end + 2] == "{":
        try:
            _DECODER.raw_decode(text[position:end])
        except json.JSONDecodeError as nearer:
            return _not_json(text, position + nearer.pos, nearer.msg)
    return _not_json(text, min(error.pos, len(text.rstrip())), error.msg)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Doubled
    return found


_DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_unique
)


def _named(text: str, position: int) -> InputError:
    """Which key comes twice in an object from a position on, and in which line."""
    keys: list[set[str]] = []
    for token in _TOKEN.finditer(text, position):
        if token[0] == "{":
            keys.append(set())
        elif token[0] == "}":
            keys.pop()
        elif token[2]:
            key = json.loads(token[1])
            if key in keys[-1]:
                return InputError(
                    f"Line {_line(text, token.start()):,}: the key “{clean(key)[:80]}” comes a "
                    "second time in one object.",
                    "Remove one, or give it another name.",
                )
            keys[-1].add(key)
    raise AssertionError("an object had a key twice")


def _not_json(text: str, position: int, what: str) -> InputError:
    start = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position))
    return InputError(
        f"Line {_line(text, position):,} is not JSON: {what} at character {position - start:,}.",
        _HINT,
    )


def _line(text: str, position: int) -> int:
    return len(_LINE_BREAK.findall(text, 0, position)) + 1


def _after(blank: re.Pattern[str], text: str, position: int) -> int:
    found = blank.match(text, position)
    return found.end() if found else position
