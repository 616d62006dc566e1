"""Cases as a file, and what such a file says beyond its text: importing gives the cases that were
exported.

A table's cells are text. What text alone can't say is marked: a column whose cells are JSON ends in
“[json]” (lists, and tags that hold a separator), and a lone apostrophe is a variable that the case
does not have. An apostrophe before a formula's sign is a spreadsheet's guard.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from workbench.domain import attachments, conversations, names, tool_replies, values
from workbench.domain.attachments import Attachment
from workbench.domain.datasets import CaseDraft
from workbench.errors import InputError
from workbench.exchange.archives import zips
from workbench.exchange.safe import spreadsheet
from workbench.exchange.safe.spreadsheet import ABSENT, Absent, Cell
from workbench.exchange.tables.shape import MARK, Table

_MESSAGES, _FILES, _REPLIES, _USER = "messages", "attachments", "tool_replies", "simulated_user"
JSON_MARK = " [json]"
_SEPARATORS = ",;|\n\r"


ABSENT_CELL = Absent()
"""As an importer is told of it: empty, and no variable."""


def csv_text(cases: Sequence[CaseDraft]) -> str:
    """One case a row: key, variables, reference, tags, source, held out, group."""
    variables = list(dict.fromkeys(name for case in cases for name in case.variables))
    columns: list[tuple[str, list[Cell]]] = [("key", [case.key for case in cases])]
    has_conversations = any(case.messages for case in cases)
    has_files = any(case.attachments for case in cases)
    taken = {_MESSAGES} if has_conversations else set()
    taken |= {_REPLIES} if any(case.tool_replies for case in cases) else set()
    taken |= {_FILES} if has_files else set()
    taken |= {_USER} if any(case.user for case in cases) else set()
    for name in variables:
        header = names.suggested(name, taken)
        taken.add(header)
        held = [case.variables.get(name) for case in cases]
        columns.append(column(header, held, ABSENT))
    if any(case.tool_replies for case in cases):
        replies = [tool_replies.plain(case.tool_replies) or None for case in cases]
        columns.append(column(_REPLIES, replies))
    if any(case.user for case in cases):
        columns.append(column(_USER, [case.user and case.user.plain() for case in cases]))
    if has_conversations:
        said = [conversations.plain(case.messages) or None for case in cases]
        columns.append(column(_MESSAGES, said))
    if has_files:
        held = [attachments.plain(case.attachments) or None for case in cases]
        columns.append(column(_FILES, held))
    columns += [
        column("reference", [case.reference for case in cases]),
        tags_column("tags", [case.tags for case in cases]),
        ("source", [case.source for case in cases]),
        ("held_out", [case.held_out for case in cases]),
        ("group", [case.group for case in cases]),
    ]
    return spreadsheet.csv_text(
        [header for header, _ in columns], zip(*(cells for _, cells in columns), strict=True)
    )


def jsonl_text(cases: Iterable[CaseDraft]) -> str:
    """One case a line, exactly as it is kept: its variables beside its other parts."""
    return "".join(f"{json.dumps(_record(case), ensure_ascii=False)}\n" for case in cases)


def archive(cases: Sequence[CaseDraft], data: Callable[[Attachment], bytes]) -> bytes:
    """The cases as JSONL in a ZIP archive, with the files that they attach; `data` gives a file's
    bytes."""
    files = {one.file_name: one for case in cases for one in case.attachments}
    packed = {f"{_FILES}/{name}": data(files[name]) for name in sorted(files)}
    return zips.pack({"cases.jsonl": jsonl_text(cases).encode(), **packed})


def _record(case: CaseDraft) -> dict[str, Any]:
    taken = {_MESSAGES} if case.messages else set()
    taken |= {_REPLIES} if case.tool_replies else set()
    taken |= {_FILES} if case.attachments else set()
    taken |= {_USER} if case.user else set()
    found: dict[str, Any] = {"key": case.key}
    for name, value in case.variables.items():
        header = names.suggested(name, taken)
        taken.add(header)
        found[header] = value
    if case.messages:
        found[_MESSAGES] = conversations.plain(case.messages)
    if case.tool_replies:
        found[_REPLIES] = tool_replies.plain(case.tool_replies)
    if case.user:
        found[_USER] = case.user.plain()
    if case.attachments:
        found[_FILES] = attachments.plain(case.attachments)
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


def read_back(table: Table, *, is_json: bool) -> Table:
    """A table with the values that its cells stand for.

    Of JSON's tables: lists and objects, and which keys a row lacks in a file of the workbench's
    own. Of tables of text: the columns that are marked as JSON, and texts without their guards; a
    note says so. Raises InputError naming the row of a cell that is not JSON.
    """
    if not is_json:
        return _without_guards(table)
    is_own = set(names.PARTS) <= set(table.columns)
    lacking = ABSENT_CELL if is_own else None
    rows = tuple(
        tuple([_unmarked(cell, lacking) if cell and cell[0] == MARK else cell for cell in row])
        for row in table.rows
    )
    return replace(table, rows=rows)


def _unmarked(cell: str, lacking: object) -> Any:
    return lacking if cell == MARK else _EXACT.decode(cell[1:])


def _exact(text: str) -> float | int | str:
    """A number, or its text where JSON would write another one (1.50, 1e400, 5,000 digits)."""
    try:
        number = int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        # Python turns no more than 4,300 digits into a number.
        return text
    return number if repr(number) == text else text


_EXACT = json.JSONDecoder(parse_float=_exact, parse_int=_exact, parse_constant=str)


def _without_guards(table: Table) -> Table:
    is_json = [column.endswith(JSON_MARK) for column in table.columns]
    n_guards = 0
    rows = []
    for number, row in enumerate(table.rows, start=1):
        cells: list[Any] = list(row)
        for place, cell in enumerate(row):
            if cell is None:
                continue
            found: Any = cell
            if cell[0] == "'":
                found = ABSENT_CELL if cell == ABSENT else spreadsheet.without_guard(cell)
                n_guards += found is not ABSENT_CELL and len(found) < len(cell)
            if is_json[place] and found:
                found = _parsed(found, number, table.columns[place])
            cells[place] = found
        rows.append(tuple(cells))
    notes = list(table.notes)
    if n_guards:
        were = "1 cell has" if n_guards == 1 else f"{n_guards:,} cells have"
        notes.append(
            f"{were} an apostrophe before the sign of a formula, which keeps spreadsheets from "
            "running it: it was taken off."
        )
    columns = tuple(map(spreadsheet.without_guard, table.columns))
    return replace(table, columns=columns, rows=tuple(rows), notes=tuple(notes))


def _parsed(cell: str, row: int, column: str) -> Any:
    try:
        return _EXACT.decode(cell)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"Row {row:,}: the cell of “{column[:60]}” is not JSON.",
            f"Write text in double quotes, or rename the column without “{JSON_MARK.strip()}”.",
        ) from error


def plain_name(column: str) -> str:
    """The column's name without the mark of JSON."""
    return column.removesuffix(JSON_MARK)
