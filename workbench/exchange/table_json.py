"""Reading tables written as JSON: one object a line, or one array of objects."""

import json
import re
from collections.abc import Iterator

from workbench.errors import InputError
from workbench.exchange.table_shape import (
    MARK,
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    build,
    cell_too_long,
    clean,
    refuse_too_many,
)

_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


class _Number(str):
    """A number as it was written: 1.50 stays 1.50, and no digit is lost."""

    __slots__ = ()


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def read(text: str, notes: list[str]) -> Table:
    """A table from JSON objects; its columns are all keys, in order of appearance.

    Raises InputError naming the line that is not a JSON object.
    """
    text = clean(text).removeprefix("\ufeff")
    is_array = text.lstrip()[:1] == "["
    # Only an escape can bring NUL or a surrogate back into cleaned text.
    needs_cleaning = _ESCAPED.search(text) is not None
    columns: dict[str, None] = {}
    records: list[tuple[int, dict[str, str]]] = []
    try:
        for number, record in _elements(text) if is_array else _lines(text):
            refuse_too_many(len(record), MAX_COLUMNS, "columns")
            row = {
                clean(key) if needs_cleaning else key: _marked(value, needs_cleaning)
                for key, value in record.items()
            }
            records.append((number, row))
            columns.update(dict.fromkeys(row))
            refuse_too_many(len(columns), MAX_COLUMNS, "columns")
            refuse_too_many(len(records), MAX_ROWS, "rows")
            refuse_too_many(len(records) * len(columns), MAX_CELLS, "cells")
    except RecursionError as error:
        raise InputError("The JSON is nested too deeply.", "Flatten it.") from error
    if not columns:
        raise InputError("There is no JSON object to read.", "Write one object a line.")
    rows = (
        (number, [row.get(column, MARK) if row else "" for column in columns])
        for number, row in records
    )
    return build(tuple(columns), rows, notes)


def _marked(value: object, needs_cleaning: bool) -> str:
    text = clean(cell_text(value)) if needs_cleaning else cell_text(value)
    return MARK + text if isinstance(value, dict | list) else text


def cell_text(value: object) -> str:
    """A JSON value as a cell: text as it is, nested values as compact JSON, null as empty."""
    if isinstance(value, str):
        return str(value)
    return "" if value is None else compact(value)


def compact(value: object) -> str:
    """JSON without spaces, with numbers as they were written. Raises InputError if too long."""
    if isinstance(value, dict | list) and len(value) > MAX_CELL // 2:
        raise cell_too_long("A row")
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        inside = (f"{_quoted(str(key))}:{compact(item)}" for key, item in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join([compact(item) for item in value]) + "]"
    return _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _lines(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    decoder = _decoder()
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if not line:
            continue
        try:
            value = decoder.decode(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"Line {number:,} is not JSON: {error.msg} at character {error.colno:,}.",
                'Write one object a line, such as {"question": "…", "reference": "…"}.',
            ) from error
        yield number, _object(value, number)


def _elements(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of an array, one by one, each with its line: the limits bite before the end."""
    decoder = _decoder()
    line = counted = 0
    position = _after_space(text, text.index("[") + 1)
    while text[position : position + 1] != "]":
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise _not_json(error) from error
        yield line + 1, _object(value, line + 1)
        position = _after_space(text, position)
        if text[position : position + 1] == ",":
            position = _after_space(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _not_json(json.JSONDecodeError("Expecting ',' or ']'", text, position))
    if text[position + 1 :].strip():
        raise _not_json(json.JSONDecodeError("Extra text", text, position + 1))


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _not_json(error: json.JSONDecodeError) -> InputError:
    return InputError(
        f"Line {error.lineno:,} is not JSON: {error.msg} at character {error.colno:,}.",
        "The file is one array of objects: [{…}, {…}].",
    )


def _object(value: object, line: int) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise InputError(
        f"Line {line:,} is JSON, but not an object.",
        'Each row is an object, such as {"question": "…", "reference": "…"}.',
    )
