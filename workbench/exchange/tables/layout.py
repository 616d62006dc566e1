"""Which part of a JSON document are the rows: of any layout, taken where it is clear, and said."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.domain import names
from workbench.errors import InputError
from workbench.exchange.tables.shape import WHOLE, NeedsChoice, numbered_columns
from workbench.say import count

_DEPTH = 5
_SHOWN = 12
_AN_OBJECT = 'Each row is an object, such as {"question": "…", "reference": "…"}.'
_CHOOSE = "Choose it where the file was given, or say it (--rows-at)."

Row = tuple[int, Mapping[str, Any]]
Value = tuple[int, Any]


class Found(NamedTuple):
    """The rows with their numbers (of lines, or as `unit` says), where in the document they are,
    where else they could be, and what there is to say about it."""

    rows: Sequence[Row]
    unit: str = "Line"
    rows_at: str = ""
    lists: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rows(values: Sequence[Value], is_array: bool, stated: str = "") -> Found:
    """The rows of a text's JSON values; `stated` is where they are in it.

    Raises InputError naming the line of what is no row, NeedsChoice where it is not clear which
    list is meant.
    """
    if len(values) == 1 and not is_array and isinstance(values[0][1], dict):
        return _document(*values[0], stated)
    if all(isinstance(value, dict) for _, value in values):
        if not stated or stated == WHOLE or is_array:
            return Found(values)
        # Pages of one list: each document has a part of it.
        parts = [_lists(document).get(stated, []) for _, document in values]
        return _numbered([row for part in parts for row in part], stated, (stated, WHOLE), ())
    if all(isinstance(value, list) for _, value in values):
        return _arrays(values)
    if not any(isinstance(value, dict | list) for _, value in values):
        return Found([(line, {"text": value}) for line, value in values])
    kind = dict if isinstance(values[0][1], dict) else type(values[0][1])
    line = next(line for line, value in values if not isinstance(value, kind))
    what = "an object" if kind is dict else "of the same kind as the values above it"
    raise InputError(f"Line {line:,} is JSON, but not {what}.", _AN_OBJECT)


def _document(line: int, document: Mapping[str, Any], stated: str) -> Found:
    """One object is a row, or holds the rows."""
    if set(names.PARTS) <= set(document):
        # A file of the workbench's own, of one case.
        return Found([(line, document)])
    lists = _lists(document)
    offered = (*lists, WHOLE) if lists else ()
    if stated == WHOLE:
        return Found([(line, document)], rows_at=WHOLE, lists=offered)
    if stated:
        if stated not in lists:
            there = ", ".join(f"“{place}”" for place in list(lists)[:_SHOWN]) or "none"
            raise InputError(
                f"The document has no list of objects at “{stated[:80]}”.", f"It has: {there}."
            )
        return _numbered(lists[stated], stated, offered, _beside(document, lists, stated))
    found = _oriented(document)
    if found is not None:
        return found._replace(lists=(*lists, WHOLE))
    if len(lists) == 1:
        ((place, listed),) = lists.items()
        return _numbered(listed, place, offered, _beside(document, lists, place))
    if lists:
        named = ", ".join(f"“{place}” ({len(of):,})" for place, of in list(lists.items())[:_SHOWN])
        raise NeedsChoice(
            f"The document has several lists of objects: {named}. Which of them are the rows?",
            _CHOOSE,
            "rows_at",
            offered,
        )
    return Found([(line, document)])


def _numbered(
    listed: Sequence[Mapping[str, Any]],
    place: str,
    offered: tuple[str, ...],
    notes: tuple[str, ...],
) -> Found:
    return Found(tuple(enumerate(listed, start=1)), "Row", place, offered, notes)


def _beside(document: Mapping[str, Any], lists: Mapping[str, Any], place: str) -> tuple[str, ...]:
    rows = "row is" if len(lists[place]) == 1 else f"{len(lists[place]):,} rows are"
    taken = f"The {rows} the list “{place}” of the document"
    if len(lists[place]) == 1:
        taken = f"The row is the only one of the list “{place}” of the document"
    others = [key for key in document if key != place.split(".")[0]]
    if not others:
        return (f"{taken}.",)
    named = ", ".join(f"“{key[:40]}”" for key in others[:_SHOWN])
    more = f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else ""
    return (f"{taken}; what stands beside it was left out: {named}{more}.",)


def _lists(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The lists of objects within, by the keys that lead to them; conversations are values."""
    return dict(_walk(document, "", 1))


def _walk(
    document: Mapping[str, Any], path: str, depth: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for key, value in document.items():
        place = f"{path}{key}"
        if isinstance(value, list) and any(value) and all(isinstance(e, dict) for e in value):
            if not all("role" in each for each in value):
                yield place, value
        elif isinstance(value, dict) and depth < _DEPTH:
            yield from _walk(value, f"{place}.", depth + 1)


def _oriented(document: Mapping[str, Any]) -> Found | None:
    """The rows of a document that is a table by its form, as pandas and others write them."""
    columns, data = document.get("columns"), document.get("data")
    if (
        isinstance(columns, list)
        and isinstance(data, list)
        and data
        and all(isinstance(row, list) and len(row) == len(columns) for row in data)
    ):
        called = _different([str(column) for column in columns], "The document")
        listed = [dict(zip(called, row, strict=True)) for row in data]
        return _table(listed, "The document names its columns apart from its rows")
    schema = document.get("schema")
    if isinstance(schema, dict) and "pandas_version" in schema and isinstance(data, list):
        return _table(data, "The document is a table of pandas with its schema")
    parts = list(document.values())
    if parts and all(isinstance(part, list) for part in parts):
        is_even = len({len(part) for part in parts}) == 1 and parts[0]
        if is_even and any(not isinstance(each, dict) for part in parts for each in part):
            listed = [dict(zip(document, row, strict=True)) for row in zip(*parts, strict=True)]
            return _table(listed, "The document lists the values of each column")
    if len(parts) > 0 and all(isinstance(part, dict) and part for part in parts):
        return _nested(document)
    return None


def _nested(document: Mapping[str, Mapping[str, Any]]) -> Found | None:
    """An object of objects: columns with rows by number, or rows by number or by name."""
    inner = list(dict.fromkeys(key for part in document.values() for key in part))
    if all(key.isdigit() for key in inner):
        listed = [
            {column: part[key] for column, part in document.items() if key in part} for key in inner
        ]
        return _table(listed, "The document gives each column's values by row number")
    is_even = len({tuple(part) for part in document.values()}) == 1
    if all(key.isdigit() for key in document):
        return _table(list(document.values()), "The document gives its rows by number")
    if len(document) > 1 and is_even:
        name = next(n for n in ("key", "row key", "row key (2)") if n not in inner)
        listed = [{name: key} | dict(part) for key, part in document.items()]
        return _table(listed, f"The document gives its rows by name, which is the column “{name}”")
    return None


def _table(listed: Sequence[Mapping[str, Any]], why: str) -> Found:
    many = "1 row was" if len(listed) == 1 else f"{len(listed):,} rows were"
    return Found(tuple(enumerate(listed, start=1)), "Row", notes=(f"{why}: {many} read.",))


def _arrays(values: Sequence[Value]) -> Found:
    """Rows that are arrays; the first one names the columns where it holds different texts."""
    (_, first), *below = values
    # Numbers are texts of a class of their own here.
    is_header = bool(below) and all(type(name) is str and name.strip() for name in first)
    width = max(len(row) for _, row in values)
    called = _different(first, "The first array") if is_header else numbered_columns(width)
    for line, row in below if is_header else values:
        if len(row) > len(called):
            raise InputError(
                f"Line {line:,} has {count(len(row), 'value')}, but the first array has "
                f"{len(called):,}.",
                "Give each row as many values as there are columns.",
            )
    notes = () if is_header else ("The columns have no names: the first array is a row too.",)
    body = below if is_header else values
    return Found([(line, dict(zip(called, row, strict=False))) for line, row in body], notes=notes)


def _different(called: list[str], where: str) -> list[str]:
    for name in called:
        if called.count(name) > 1:
            raise InputError(f"{where} names two columns “{name[:80]}”.", "Rename one of them.")
    return called
