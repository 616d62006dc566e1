"""Tables from outside: what is read, what is said about it, and what is refused."""

import gzip
import io
import json
import struct
import sys
import zipfile

import pytest

from tests import pace
from tests.liveness import longest_hold
from workbench.errors import InputError
from workbench.exchange.tables import child, reading

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Cases" sheetId="1" r:id="rId1"/>'
        '<sheet name="Other" sheetId="2" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_SHEET}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>'
    ),
}


def xlsx(rows: str) -> bytes:
    """A workbook whose first sheet has the given rows, as XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def refusal(name: str, data: bytes) -> str:
    """What the person is told; refusing may not take much work."""
    told: list[InputError] = []

    def read() -> None:
        with pytest.raises(InputError) as caught:
            reading.read(name, data)
        told.append(caught.value)

    assert pace.is_at_most(500, read)
    assert told[0].hint
    return told[0].message


def test_values_of_a_csv_stay_as_they_are_written() -> None:
    data = b"id,question,score\r\n007,What is up?,1.50\r\n008, spaced ,\r\n"
    table = reading.read("cases.csv", data)
    assert table.columns == ("id", "question", "score")
    assert table.rows == (("007", "What is up?", "1.50"), ("008", " spaced ", None))
    assert table.notes == ()


def test_cells_may_hold_line_breaks_code_and_quotes() -> None:
    code = 'Use this:\n```python\nprint("a, b")\n```\n\n- done'
    quoted = code.replace('"', '""')
    table = reading.read("a.csv", f'id,completion,label\n1,"{quoted}",safe\n2,x,y\n'.encode())
    assert table.rows == (("1", code, "safe"), ("2", "x", "y"))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    lines = (("id", "text"), ("1", "a"), ("2", "b"))
    data = "\n".join(separator.join(line) for line in lines).encode()
    assert reading.read("a.csv", data).rows == (("1", "a"), ("2", "b"))


def test_semicolons_separate_where_commas_are_decimal() -> None:
    assert reading.read("a.csv", b"id;score\n1;1,5\n2;2,5\n").rows[0] == ("1", "1,5")


def test_a_line_that_names_the_separator_is_obeyed() -> None:
    assert reading.read("a.csv", b"sep=;\r\nid;q\r\n1;x\r\n").columns == ("id", "q")


def test_a_single_column_is_read_with_its_commas() -> None:
    table = reading.read("a.csv", b"question\nHow are you, friend?\nWhat\n")
    assert table.rows == (("How are you, friend?",), ("What",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_encodings_are_recognised(encoding: str) -> None:
    table = reading.read("a.csv", "id,name\n1,Zoë\n2,Anna and Bob\n".encode(encoding))
    assert table.columns == ("id", "name")
    assert table.rows[0] == ("1", "Zoë")


def test_a_western_code_page_is_read_and_said() -> None:
    table = reading.read("a.csv", "id,name\n1,Zoë “Z”\n".encode("cp1252"))
    assert table.rows == (("1", "Zoë “Z”"),)
    assert "Read as Windows-1252 (Western Europe), because line 2" in table.notes[0]


def test_empty_rows_are_left_out_and_counted() -> None:
    table = reading.read("a.csv", b"\n\nid,q\n1,a\n,\n\n  ,\n2,b\n")
    assert table.rows == (("1", "a"), ("2", "b"))
    assert table.notes == ("3 empty rows were left out.",)


def test_column_names_are_made_unique_and_said() -> None:
    table = reading.read("a.csv", b"q,q,,q (2),q\n1,2,3,4,5\n")
    assert table.columns == ("q", "q (3)", "column 3", "q (2)", "q (4)")
    assert table.notes == (
        "A second column “q” is called “q (3)”.",
        "Column 3 had no name and is called “column 3”.",
        "A second column “q” is called “q (4)”.",
    )


def test_columns_without_name_and_values_are_left_out() -> None:
    table = reading.read("a.csv", b"id,q,,\n1,a,,\n2,b,,,,\n")
    assert table.columns == ("id", "q")
    assert table.rows == (("1", "a"), ("2", "b"))
    assert table.notes == ("2 columns with neither name nor values were left out.",)


def test_a_ragged_row_names_its_line() -> None:
    message = refusal("a.csv", b'id,q\n1,"two\nlines"\n2,b,c\n3,d\n')
    assert message == "a.csv: Line 4 has 3 cells, but the header has 2 columns."


def test_a_title_above_the_header_is_left_out_and_said() -> None:
    table = reading.read("a.csv", b"My export\nid;q\n1;a\n2;b\n")
    assert (table.columns, len(table.rows)) == (("id", "q"), 2)
    assert table.notes == ("1 line above the column names was left out: “My export”.",)


def test_an_unclosed_quote_names_the_line_where_it_opened() -> None:
    message = refusal("a.csv", b'id,q\n1,"fine\nstill"\n2,"open\n3,c\n4,d\n')
    assert message == "a.csv: The quote that opens on line 4 is never closed."


def test_an_unclosed_quote_that_a_later_one_closes_is_named_too() -> None:
    assert "quote that opens on line 2 closes on line 3" in refusal(
        "a.csv", b'id,q\n1,"open\n2,"b"\n'
    )


def test_nul_is_removed_and_surrogates_are_escaped() -> None:
    table = reading.read("a.jsonl", b'{"a": "x\\u0000y\\ud800", "b": "\\ud83d\\ude00"}\n')
    assert table.rows == (("xy\\ud800", "\U0001f600"),)
    assert reading.read("a.csv", b"id,q\n1,a\0b\n").rows == (("1", "ab"),)
    assert reading.read_pasted("one\ud800").rows == (("one\\ud800",),)


def test_json_values_become_text_without_losing_a_digit() -> None:
    lines = (
        b'{"id": "007", "n": 1.50, "big": 12345678901234567890, "ok": true, "none": null}\n\n'
        b'{"id": 8, "nested": {"a": [1.0, "\xc3\xa9", null]}}\n'
    )
    table = reading.read("a.jsonl", lines)
    assert table.columns == ("id", "n", "big", "ok", "none", "nested")
    assert table.rows[0] == ("007", "1.50", "12345678901234567890", "true", None, None)
    assert table.rows[1] == ("8", None, None, None, None, {"a": [1.0, "é", None]})


def test_an_array_of_objects_is_read() -> None:
    data = json.dumps([{"q": "a"}, {"q": "b\nc"}], indent=2).encode()
    assert reading.read("a.json", data).rows == (("a",), ("b\nc",))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jsonl", b'{"q": "a"}\n{"q": b}\n', "Line 2 is not JSON"),
        ("a.jsonl", b'{"q": "a"}\n[1]\n', "Line 2 is JSON, but not an object"),
        ("a.json", b'[{"q": "a"},\n{"q": "b"}\n{"q": "c"}]', "Line 3 is not JSON"),
        ("a.json", b'[{"q": "a"},\n2]', "Line 2 is JSON, but not an object"),
        ("a.json", b'[{"q": "a"}', "Line 1 is not JSON"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_named_by_line(name: str, data: bytes, message: str) -> None:
    assert message in refusal(name, data)


def test_the_first_sheet_of_a_workbook_is_read_as_it_reads() -> None:
    table = reading.read(
        "cases.xlsx",
        xlsx(
            f'<row r="1">{text_cell("A1", "id")}{text_cell("B1", "n")}{text_cell("C1", "day")}'
            f'{text_cell("D1", "ok")}</row><row r="2">{text_cell("A2", "007")}'
            '<c r="B2"><v>7</v></c><c r="C2" s="1"><v>45000</v></c><c r="D2" t="b"><v>1</v></c>'
            f'</row><row r="3">{text_cell("A3", "008")}<c r="B3"><v>0.1</v></c></row>'
        ),
    )
    assert table.columns == ("id", "n", "day", "ok")
    assert table.rows == (("007", "7", "2023-03-15", "true"), ("008", "0.1", None, None))
    assert table.notes == (
        "Only the sheet “Cases” was read, not “Other”.",
        "Dates are written year-month-day, such as 2024-12-31, whatever the sheet shows.",
    )


def test_a_parquet_file_is_read() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    columns = {"id": ["007", "8"], "n": [1, None], "ok": [True, False], "l": [["a"], None]}
    parquet.write_table(pyarrow.table(columns), file)
    table = reading.read("a.parquet", file.getvalue())
    assert table.columns == ("id", "n", "ok", "l")
    assert table.rows == (("007", "1", "true", ["a"]), ("8", None, "false", None))


def test_a_workbook_with_the_wrong_name_is_read_and_said() -> None:
    data = xlsx(f'<row r="1">{text_cell("A1", "q")}</row><row r="2">{text_cell("A2", "x")}</row>')
    assert reading.read("a.csv", data).notes[0] == (
        "The name ends in .csv, but the content is XLSX."
    )


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "It is empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n", "It is empty"),
        ("a.csv", b"id,q\n", "a header but no row"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1", "damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1", "has a password"),
        ("a.xlsx", b"just a word", "The content is not XLSX"),
        ("a.xlsx", b"PK\x03\x04 and nothing more", "damaged"),
        ("a.parquet", b"PAR1 nonsense PAR1", "cannot be read"),
        ("a.csv", gzip.compress(b"a,b\n" * 1000, mtime=0), "compressed (gzip)"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "It is not text"),
        ("a.exe", b"MZ", "does not read “.exe” files"),
        ("../../etc/passwd", b"root", "passwd: The workbench does not read files without"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    name: str, data: bytes, message: str
) -> None:
    assert message in refusal(name, data)


def test_a_workbook_that_unpacks_too_far_is_refused() -> None:
    bomb = xlsx(f'<row r="1">{text_cell("A1", "x" * 135_000_000)}</row>')
    assert len(bomb) < 1_500_000
    assert "unpacks to more than 128 MB" in refusal("a.xlsx", bomb)


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(xlsx(f'<row r="1">{text_cell("A1", "x" * 135_000_000)}</row>'))
    at = bomb.rfind(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 1000)
    assert "unpacks to more than 128 MB" in refusal("a.xlsx", bytes(bomb))


def test_a_workbook_with_a_far_away_cell_is_refused() -> None:
    far = text_cell("XFD1048576", "x")
    rows = f'<row r="1">{text_cell("A1", "id")}</row><row r="1048576">{far}</row>'
    assert "cells beyond 200 columns" in refusal("a.xlsx", xlsx(rows))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b",".join([b"c"] * 1_000_000) + b"\n1\n", "more than 200 columns"),
        ("a.csv", b"a,b\n1," + b"x" * 1_500_000, "Line 2 has a cell of more than 1,000,000"),
        ("a.csv", b'a,b\n1,2\n3,"' + b"x\n" * 700_000, "Line 3 has a cell of more than"),
        ("a.csv", b"a,b\n" + b"\n" * 1_000_000, "more than 200,000 empty rows"),
        ("a.csv", b"a\n" + b"1\n" * 200_001, "more than 200,000 rows"),
        ("a.jsonl", b'{"a": "' + b"x" * 1_500_000 + b'"}', "Line 1, column “a”, has a cell"),
        ("a.csv", bytes(100_000_000), "has 95 MB; at most 20 MB"),
    ],
    ids=["columns", "cell", "open quote", "empty rows", "rows", "json cell", "upload"],
)
def test_what_is_too_big_is_refused(name: str, data: bytes, message: str) -> None:
    if not data.strip(b"\0"):
        data = b"a\n" + b"x" * (len(data) - 2)
    assert message in refusal(name, data)


def test_a_hundred_thousand_rows_are_read_whole() -> None:
    lines = "".join(f'{n:06},"Why {n}, exactly?",r{n},t,"a\nb",0.5\n' for n in range(100_000))
    table = reading.read("a.csv", f"id,question,reference,tag,note,score\n{lines}".encode())
    assert len(table.rows) == 100_000
    assert table.rows[-1] == ("099999", "Why 99999, exactly?", "r99999", "t", "a\nb", "0.5")


@pytest.mark.skipif(sys.platform != "linux", reason="the CPU clock of a thread is asked for")
def test_others_have_their_turn_while_millions_of_cells_come_back_from_the_child() -> None:
    said = child.END.join(("1", "é", "")).join(("", child.END)) * 700_000
    cells = said.removesuffix(child.END).encode("utf-8", "surrogatepass")
    found: list[object] = []
    assert longest_hold(lambda: found.append(reading._rows(cells, 3))) < 0.2
    assert found[0] == (("1", "é", None),) * 700_000


@pytest.mark.parametrize("width", [1, 7, 200])
def test_cells_taken_apart_in_pieces_are_the_rows_that_were_sent(width: int) -> None:
    sent = [tuple(f"é{n}" * (n % 9) or None for n in range(i, i + width)) for i in range(3_000)]
    cells = child.END.join(cell or "" for row in sent for cell in row)
    assert reading._rows(cells.encode("utf-8", "surrogatepass"), width) == tuple(sent)
