"""Reading a workbook's sheet as the person who made it sees it, and saying where that fails."""

import datetime
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from workbench.errors import InputError
from workbench.exchange.tables import sheet_parts as parts
from workbench.exchange.tables import values as tables_values
from workbench.exchange.tables.shape import (
    MAX_COLUMNS,
    OF_CASES,
    Limits,
    NeedsChoice,
    Reading,
    Table,
    build,
    clean,
    refuse_too_many,
)
from workbench.exchange.tables.text import headed

_SHOWN = 6
# Rows above the table and its header that are looked through.
_ABOVE = 10


def read(data: bytes, stated: Reading, limits: Limits = OF_CASES, *, is_xlsx: bool = True) -> Table:
    """The sheet that was stated or the first one in sight that holds something, as values.

    Formulas are as last calculated. Raises InputError.
    """
    import python_calamine

    if data.startswith(b"PK"):
        parts.refuse_bomb(data)
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
            sheets = parts.sheet_parts(data) if is_xlsx else None
            sheet, names, notes = _chosen(workbook, stated.sheet, sheets)
            xml = sheets.get(sheet) if sheets else None
            if xml is not None and parts.has_far_cell(xml):
                raise InputError(
                    f"The sheet has cells beyond {MAX_COLUMNS} columns or 300,000 rows.",
                    "Delete what lies to the right of and below the table.",
                )
            grid = workbook.get_sheet_by_name(sheet)
            refuse_too_many(grid.width, MAX_COLUMNS, "columns")
            refuse_too_many(grid.height, limits.rows + _ABOVE, "rows")
            if not grid.height:
                raise InputError(f"The sheet “{clean(sheet)}” is empty.", "Put the table there.")
            seen = (
                parts.Sheet()
                if xml is None
                else parts.look(xml, parts.formats(data), tables_values.tells)
            )
            how = replace(stated, sheet=sheet)
            table = _table(_Grid(grid, seen), how, names, notes, limits, is_xlsx)
    except python_calamine.PasswordError as error:
        raise InputError("The workbook has a password.", "Save it without one.") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise InputError(
            "The workbook is damaged and cannot be read.", "Save it again, or save it as CSV."
        ) from error
    return replace(table, sheets=names)


def _table(
    grid: "_Grid",
    how: Reading,
    names: tuple[str, ...],
    notes: list[str],
    limits: Limits,
    is_xlsx: bool,
) -> Table:
    try:
        return grid.table(how, notes, limits, is_xlsx)
    except InputError as error:
        if len(names) < 2:
            raise
        message = f"Sheet “{clean(how.sheet)}”: {error.message}"
        hint = f"{error.hint} Or choose another sheet."
        raise NeedsChoice(message, hint, "sheet", names) from error


def _chosen(
    workbook: Any, stated: str, xml: Mapping[str, bytes] | None
) -> tuple[str, tuple[str, ...], list[str]]:
    """The name of the sheet to read, those of all, and what to say about the others."""
    import python_calamine

    sheets = [
        sheet
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    visible = python_calamine.SheetVisibleEnum.Visible
    hidden = [sheet.name for sheet in sheets if sheet.visible != visible]
    names = tuple(sheet.name for sheet in sheets)
    if not names:
        raise InputError("The workbook has no sheet with cells.", "Save it again, or as CSV.")
    if stated:
        wanted = stated.strip().casefold()
        found = [name for name in names if name == stated or name.strip().casefold() == wanted]
        if not found:
            there = ", ".join(f"“{clean(name)}”" for name in names[:_SHOWN])
            raise InputError(f"There is no sheet “{clean(stated)[:60]}”.", f"There are: {there}.")
        return found[0], names, []
    seen = [name for name in names if name not in hidden] or list(names)
    # A sheet without cells, such as the one that a new workbook begins with, is not meant.
    filled = (
        name
        for name in seen
        if (parts.has_cells(xml.get(name, b"")) if xml else workbook.get_sheet_by_name(name).height)
    )
    chosen = next(filled, seen[0]) if len(seen) > 1 else seen[0]
    notes = []
    if len(names) > 1:
        others = [
            f"“{clean(name)}”" + (" (hidden)" if name in hidden else "")
            for name in names
            if name != chosen
        ]
        more = f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else ""
        notes.append(
            f"Only the sheet “{clean(chosen)}” was read, not {', '.join(others[:_SHOWN])}{more}."
        )
    return chosen, names, notes


class _Grid:
    """The cells of a sheet as text, with what is counted on the way."""

    def __init__(self, grid: Any, seen: parts.Sheet) -> None:
        self._grid = grid
        self._seen = seen
        start: tuple[int, int] = grid.start or (0, 0)
        self._top, self._left = start
        self._areas: Sequence[Any] = grid.merged_cell_ranges or ()
        self._n = dict.fromkeys(("percent", "bare", "date", "long", "cut"), 0)

    def table(self, how: Reading, notes: list[str], limits: Limits, is_xlsx: bool) -> Table:
        """The table with what there is to say about its cells."""
        rows: Iterator[tuple[int, list[str]]] = self._rows()
        names, rows, how = headed(rows, how, notes, "Row")
        first = how.header or 0
        table = build(
            names, self._unmerged(rows, first), (), unit="Row", limits=limits, reading=how
        )
        said = [*notes, *table.notes, *self._said(first, table)]
        if not is_xlsx:
            said.append(
                "Of this kind of workbook only the values are read: leading zeros, percentages, "
                "errors and hidden rows that a sheet shows are seen in .xlsx alone."
            )
        return replace(table, notes=tuple(said))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        raw = self._seen.raw
        for row, values in enumerate(self._grid.to_python(), start=self._top):
            cells = [
                clean(value)
                if type(value) is str
                else tables_values.number(value)
                if type(value) is float and -1e15 < value < 1e15 and (row, column) not in raw
                else self._cell(row, column, value)
                for column, value in enumerate(values, start=self._left)
            ]
            yield row + 1, cells

    def _cell(self, row: int, column: int, value: object) -> str:
        """A value that is no text: as its format shows it, where that is more than the value."""
        raw, code = self._seen.raw.get((row, column), ("", ""))
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            if raw.startswith("-"):
                # Before the first day of all: the sheet itself shows nothing but #####.
                return raw
            self._n["date"] += isinstance(value, datetime.date)
        if isinstance(value, bool) or not isinstance(value, float | int):
            return tables_values.text_of(value)
        if code:
            shown, kind = tables_values.formatted(value, raw, code)
            if kind in self._n:
                self._n[kind] += 1
            if shown:
                return shown
        if abs(value) < 10**15 or not float(value).is_integer():
            return tables_values.text_of(value)
        self._n["long" if raw.lstrip("-").isdigit() else "cut"] += 1
        return raw if raw.lstrip("-").isdigit() else tables_values.plain(Decimal(repr(value)))

    def _unmerged(
        self, rows: Iterator[tuple[int, list[str]]], first: int
    ) -> Iterator[tuple[int, list[str]]]:
        """The rows below `first`, with the values of merged areas that reach down into them."""
        starts = {}
        for (top, left), (bottom, _) in self._areas:
            if top >= first and bottom < self._top + self._grid.height:
                starts.update(dict.fromkeys(((r, left) for r in range(top + 1, bottom + 1)), top))
        values: dict[tuple[int, int], str] = {}
        tops = {(top, left) for (_, left), top in starts.items()}
        if not starts:
            yield from rows
            return
        for number, cells in rows:
            for place in range(len(cells)):
                at = (number - 1, self._left + place)
                if at in tops:
                    values[at] = cells[place]
                elif at in starts and not cells[place]:
                    cells[place] = values.get((starts[at], at[1]), "")
            yield number, cells

    def _said(self, first: int, table: Table) -> Iterator[str]:
        """What a person should know of the cells below the header."""
        last = table.places[-1]
        yield from self._lost(first)
        areas = [area for area in self._areas if first <= area[0][0] < last]
        deep = sum(top[0] < bottom[0] for top, bottom in areas)
        wide = sum(top[1] < bottom[1] for top, bottom in areas)
        if deep:
            yield f"{_many(deep, 'merged area')}: the value was written into each of the rows."
        if wide:
            yield f"{_many(wide, 'merged area')} over several columns: the value is in the first."
        hidden = sum(number - 1 in self._seen.hidden_rows for number in table.places)
        if hidden:
            were = "1 row is" if hidden == 1 else f"{hidden:,} rows are"
            yield f"{were} hidden in the sheet, by hand or by a filter, and read all the same."
        columns = sum(
            self._left <= column < self._left + self._grid.width
            for column in self._seen.hidden_columns
        )
        if columns:
            were = "1 column is" if columns == 1 else f"{columns:,} columns are"
            yield f"{were} hidden in the sheet, and read all the same."
        n = self._n
        if n["percent"]:
            yield "Percentages are written as the sheet shows them, such as 12.5%."
        if n["date"]:
            yield "Dates are written year-month-day, such as 2024-12-31, whatever the sheet shows."
        if n["bare"]:
            yield (
                f"{_many(n['bare'], 'number')}: the sheet shows more than the number, such as a "
                "currency or a unit; only the number was read."
            )
        if n["long"]:
            yield (
                f"{_many(n['long'], 'whole number')} of more than 15 digits: read as the file "
                "holds them, though a spreadsheet shows only 15."
            )
        if n["cut"]:
            yield (
                f"{_many(n['cut'], 'whole number')} of more than 15 digits, which is all that a "
                "spreadsheet keeps of a number: the last digits may be lost. Keep them as text."
            )

    def _lost(self, first: int) -> Iterator[str]:
        """Cells that are empty here, though they are not in the sheet."""
        formulas = [place for place in self._seen.valueless if place[0] >= first]
        errors = {at: said for at, said in self._seen.errors.items() if at[0] >= first}
        wrong = sorted(at for at, (_, is_formula) in errors.items() if is_formula)
        typed = sorted(at for at, (_, is_formula) in errors.items() if not is_formula)
        for places, what in (
            (sorted([*formulas, *wrong]), "formula"),
            (typed, "cell"),
        ):
            if not places:
                continue
            verb = "has" if len(places) == 1 else "have"
            shown = dict.fromkeys(errors[at][0] for at in places if at in errors)
            lost = ["no stored value"] if any(at not in errors for at in places) else []
            lost += [f"an error ({', '.join(shown)})"] if shown else []
            empty = "that cell is" if len(places) == 1 else "those cells are"
            named = ", ".join(_name(place) for place in places[:_SHOWN])
            more = ", …" if len(places) > _SHOWN else ""
            said = f"{verb} {' or '.join(lost)}"
            yield f"{_many(len(places), what)} {said}: {empty} empty ({named}{more})."


def _many(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"


def _name(place: tuple[int, int]) -> str:
    row, column = place
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
