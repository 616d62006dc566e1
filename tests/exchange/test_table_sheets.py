"""Workbooks: read as the sheet shows them, and what is lost on the way is counted and said."""

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from tests.exchange.test_tables import text_cell, xlsx
from workbench.errors import InputError
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import Reading
from workbench.exchange.tables.shape import Table

CASES = Path(__file__).parents[1] / "cases"


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def one_cell(value: Any, form: str = "", kind: str = "") -> Table:
    """A sheet with one column and row, the value in its format."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["v"])
    sheet.append([value])
    cell = sheet["A2"]
    if form:
        cell.number_format = form
    if kind:
        cell.data_type = kind
    sheet.append(["last"])
    return reading.read("a.xlsx", saved(book))


def test_a_hidden_sheet_is_not_read_but_named() -> None:
    table = reading.read("book.xlsx", (CASES / "20-hidden-first-sheet/book.xlsx").read_bytes())
    assert (table.columns, table.rows) == (
        ("question", "expected"),
        (("Where is it?", "On its way"),),
    )
    assert table.notes == ("Only the sheet “Cases” was read, not “Lists” (hidden).",)
    assert table.sheets == ("Lists", "Cases")


def test_a_stated_sheet_is_read_also_where_it_is_hidden() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["x"])
    hidden = book.create_sheet("Secret")
    hidden.append(["b"])
    hidden.append(["y"])
    hidden.sheet_state = "veryHidden"
    data = saved(book)
    assert reading.read("a.xlsx", data).columns == ("a",)
    assert reading.read("a.xlsx", data, Reading(sheet="secret")).columns == ("b",)
    with pytest.raises(InputError, match="no sheet “zzz”") as caught:
        reading.read("a.xlsx", data, Reading(sheet="zzz"))
    assert "“Sheet”, “Secret”" in caught.value.hint


def test_an_empty_sheet_in_front_is_passed_over_and_named() -> None:
    book = openpyxl.Workbook()
    data = book.create_sheet("Data")
    data.append(["q"])
    data.append(["x"])
    table = reading.read("a.xlsx", saved(book))
    assert table.rows == (("x",),)
    assert table.notes == ("Only the sheet “Data” was read, not “Sheet”.",)


def test_formulas_without_a_value_and_errors_are_counted() -> None:
    table = reading.read("sums.xlsx", (CASES / "21-formula-without-value/sums.xlsx").read_bytes())
    assert [row[2] for row in table.rows] == [None, "7", None]
    assert table.notes == (
        "2 formulas have no stored value or an error (#N/A): those cells are empty (C2, C4).",
    )
    assert "1 formula has no stored value: that cell is empty (A2)." in one_cell("=1+1").notes
    assert "1 cell has an error (#DIV/0!): that cell is empty (A2)." in (
        one_cell("#DIV/0!", kind="e").notes
    )


def test_a_formula_whose_text_is_empty_has_lost_nothing() -> None:
    rows = (
        f'<row r="1">{text_cell("A1", "id")}{text_cell("B1", "q")}</row>'
        f'<row r="2">{text_cell("A2", "1")}<c r="B2" t="str"><f>""</f><v></v></c></row>'
    )
    table = reading.read("a.xlsx", xlsx(rows))
    assert table.rows == (("1", None),)
    assert not [note for note in table.notes if "formula" in note]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (501, "00000", "00501"),
        (1234567, "00000", "1234567"),
        (123456789, "000-00-0000", "123-45-6789"),
        (5551234567, "(000) 000-0000", "(555) 123-4567"),
        (7, '"K-"000', "K-007"),
        (0.125, "0%", "12.5%"),
        (0.07, "0.0%", "7%"),
        (5, "0.00", "5"),
        (0.1 + 0.2, "", "0.3"),
        (1 / 3, "", "0.333333333333333"),
        (0.00001, "", "0.00001"),
        (1234567, "#,##0", "1234567"),
        (-5, "0;(0)", "-5"),
        (True, "", "true"),
        (datetime.datetime(2024, 3, 1, 13, 5), "", "2024-03-01 13:05:00"),
        (datetime.date(2024, 3, 1), "dd.mm.yyyy", "2024-03-01"),
        (datetime.time(13, 5), "", "13:05:00"),
        (datetime.timedelta(hours=26, minutes=30), "", "26:30:00"),
        (datetime.timedelta(minutes=2, seconds=5), "[h]:mm", "0:02:05"),
        (-1, "yyyy-mm-dd", "-1"),
        ("00501", "", "00501"),
        (1e20, "", "100000000000000000000"),
    ],
)
def test_a_cell_reads_as_the_sheet_shows_it(value: Any, form: str, shown: str) -> None:
    assert one_cell(value, form).rows[0] == (shown,)


def number(written: str) -> Table:
    """A sheet with one number as a file has it."""
    rows = f'<row r="1">{text_cell("A1", "n")}</row><row r="2"><c r="A2"><v>{written}</v></c></row>'
    return reading.read("a.xlsx", xlsx(rows))


@pytest.mark.parametrize(
    "written", ["1234567890123456", "9007199254740993", "12345678901234567890", "-1234567890123456"]
)
def test_no_digit_of_a_long_whole_number_is_lost(written: str) -> None:
    table = number(written)
    assert table.rows == ((written,),)
    assert "1 whole number of more than 15 digits: read as the file holds" in table.notes[-1]


def test_digits_that_the_file_itself_has_lost_are_said() -> None:
    table = number("1.234567890123457E+18")
    assert table.rows == (("1234567890123457000",),)
    assert "the last digits may be lost" in table.notes[-1]


def test_a_unit_that_only_the_format_shows_is_said() -> None:
    for form in ('0 "kg"', '"$"#,##0.00', "#,##0.00\\ [$€-407]"):
        table = one_cell(3, form)
        assert table.rows[0] == ("3",)
        assert table.notes == (
            "1 number: the sheet shows more than the number, such as a currency or a unit; only "
            "the number was read.",
        )


def test_merged_hidden_and_titled_cells_are_read_and_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Report of March", None, None],
        [],
        ["id", "q", "cat"],
        [1, "a", "A"],
        [2, "b", None],
        [3, "c", "B"],
        [4, "d", None],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("C4:C5")
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["B"].hidden = True
    table = reading.read("a.xlsx", saved(book))
    assert table.columns == ("id", "q", "cat")
    assert [row[2] for row in table.rows] == ["A", "A", "B", None]
    assert table.notes == (
        "1 row above the column names was left out: “Report of March”.",
        "1 merged area: the value was written into each of the rows.",
        "1 row is hidden in the sheet, by hand or by a filter, and read all the same.",
        "1 column is hidden in the sheet, and read all the same.",
    )


def test_the_header_of_a_sheet_can_be_stated() -> None:
    book = openpyxl.Workbook()
    for row in (["x", "y"], ["id", "q"], ["1", "a"]):
        book.active.append(row)
    data = saved(book)
    assert reading.read("a.xlsx", data, Reading(header=2)).columns == ("id", "q")
    assert len(reading.read("a.xlsx", data, Reading(header=0)).rows) == 3


def test_a_wide_sheet_that_is_not_read_is_no_reason_to_refuse() -> None:
    book = openpyxl.Workbook()
    book.active.append(["q"])
    book.active.append(["x"])
    lists = book.create_sheet("Lists")
    lists.append([str(number) for number in range(400)])
    lists.sheet_state = "hidden"
    assert reading.read("a.xlsx", saved(book)).rows == (("x",),)


def test_a_workbook_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]>'
    rows = f'<row r="1">{text_cell("A1", "q")}</row><row r="2"><c r="A2"><f>1</f></c></row>'
    whole = xlsx(rows)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.namelist():
            text = old.read(entry).decode()
            new.writestr(entry, bomb + text if "sheet1" in entry else text)
    with pytest.raises(InputError):
        reading.read("a.xlsx", file.getvalue())


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
def test_text_with_the_name_of_a_workbook_is_read_and_said(name: str) -> None:
    table = reading.read(name, b"id,q\n1,a\n")
    assert table.rows == (("1", "a"),)
    assert "but the content is text" in table.notes[0]


def test_numbers_of_four_bytes_keep_their_digits_in_parquet() -> None:
    file = io.BytesIO()
    columns = {
        "f": pyarrow.array([0.1, 7.0, None], pyarrow.float32()),
        "d": [0.1, 0.30000000000000004, 7.0],
        "l": pyarrow.array([[0.1], [], None], pyarrow.list_(pyarrow.float32())),
        "t": [datetime.timedelta(hours=26)] * 3,
        "s": [{"day": datetime.date(2024, 1, 1)}] * 3,
        "i": [2**60] * 3,
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    table = reading.read("a.parquet", file.getvalue())
    assert [row[0] for row in table.rows] == ["0.1", "7.0", None]
    assert [row[1] for row in table.rows] == ["0.1", "0.30000000000000004", "7.0"]
    assert table.rows[0][2:] == ([0.1], "26:00:00", {"day": "2024-01-01"}, "1152921504606846976")
