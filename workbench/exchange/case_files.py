"""Cases as a file, and what such a file says beyond its text: importing gives the cases that were
exported.

A table's cells are text. What text alone can't say is marked: a column whose cells are JSON ends in
“[json]” (lists, and tags that hold a separator), and a lone apostrophe is a variable that the case
does not have. An apostrophe before a formula's sign is a spreadsheet's guard.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from workbench.domain import names, values
from workbench.domain.datasets import CaseDraft
from workbench.errors import InputError
from workbench.exchange import spreadsheet_safe
from workbench.exchange.spreadsheet_safe import ABSENT, Cell
from workbench.exchange.table_shape import Table

JSON_MARK = " [json]"
_SEPARATORS = ",;|\n\r"


class Absent(str):
    """An empty cell where the case does not even have the variable."""

    __slots__ = ()


ABSENT_CELL = Absent()


def csv_text(cases: Sequence[CaseDraft]) -> str:
    """One case a row: key, variables, reference, tags, source, held out, group."""
    variables = list(dict.fromkeys(name for case in cases for name in case.variables))
    columns: list[tuple[str, list[Cell]]] = [("key", [case.key for case in cases])]
    taken: set[str] = set()
    for name in variables:
        header = names.suggested(name, taken)
        taken.add(header)
        held = [case.variables.get(name) for case in cases]
        columns.append(column(header, held, ABSENT))
    columns += [
        column("reference", [case.reference for case in cases]),
        tags_column("tags", [case.tags for case in cases]),
        ("source", [case.source for case in cases]),
        ("held_out", [case.held_out for case in cases]),
        ("group", [case.group for case in cases]),
    ]
    return spreadsheet_safe.csv_text(
        [header for header, _ in columns], zip(*(cells for _, cells in columns), strict=True)
    )


def jsonl_text(cases: Iterable[CaseDraft]) -> str:
    """One case a line, exactly as it is kept: its variables beside its other parts."""
    return "".join(f"{json.dumps(_record(case), ensure_ascii=False)}\n" for case in cases)


def _record(case: CaseDraft) -> dict[str, Any]:
    taken: set[str] = set()
    found: dict[str, Any] = {"key": case.key}
    for name, value in case.variables.items():
        header = names.suggested(name, taken)
        taken.add(header)
        found[header] = value
    return {
        **found,
        "reference": case.reference,
        "tags": list(case.tags),
        "source": case.source,
        "held_out": case.held_out,
        "group": case.group,
    }


def tags_column(header: str, tags: Sequence[Sequence[str]]) -> tuple[str, list[Cell]]:
    """The tags of each row with commas between them; as JSON where a tag holds a separator."""
    is_plain = not any(mark in tag for row in tags for tag in row for mark in _SEPARATORS)
    if is_plain:
        return header, [", ".join(row) for row in tags]
    return header + JSON_MARK, [values.text(list(row)) for row in tags]


def column(header: str, held: Sequence[Any], absent: str | None = None) -> tuple[str, list[Cell]]:
    """A column as it is, or of JSON where one of its values is a list or a group of keys."""
    if not any(isinstance(value, list | dict) for value in held):
        return header, [absent if value is None else value for value in held]
    as_json = [absent if value is None else json.dumps(value, ensure_ascii=False) for value in held]
    return header + JSON_MARK, list(as_json)


def read_back(table: Table) -> Table:
    """A table of text as it was before it was written for a spreadsheet.

    Takes the guards off, reads the columns that are marked as JSON, and says so. For tables whose
    cells are text of a spreadsheet (CSV, XLSX, pasted cells), not for JSON. Raises InputError
    naming the row of a cell that is not JSON.
    """
    is_json = [column.endswith(JSON_MARK) for column in table.columns]
    n_guards = 0
    rows = []
    for number, row in enumerate(table.rows, start=1):
        cells: list[Any] = []
        for place, cell in enumerate(row):
            found: Any = cell
            if isinstance(cell, str) and cell[:1] == "'":
                found = ABSENT_CELL if cell == ABSENT else spreadsheet_safe.without_guard(cell)
                n_guards += len(found) < len(cell) and found is not ABSENT_CELL
            if is_json[place] and isinstance(found, str) and found:
                found = _parsed(found, number, table.columns[place])
            cells.append(found)
        rows.append(tuple(cells))
    columns = tuple(spreadsheet_safe.without_guard(column) for column in table.columns)
    notes = list(table.notes)
    if n_guards:
        were = "1 cell has" if n_guards == 1 else f"{n_guards:,} cells have"
        notes.append(
            f"{were} an apostrophe before the sign of a formula, which keeps spreadsheets from "
            "running it: it was taken off."
        )
    return Table(columns, tuple(rows), tuple(notes))


def _parsed(cell: str, row: int, column: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"Row {row:,}: the cell of “{column[:60]}” is not JSON.",
            f"Write text in double quotes, or rename the column without “{JSON_MARK.strip()}”.",
        ) from error


def plain_name(column: str) -> str:
    """The column's name without the mark of JSON."""
    return column.removesuffix(JSON_MARK)
