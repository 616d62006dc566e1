"""Separators and column names: believed by evidence, said, and kept where they are stated."""

from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import Reading
from workbench.exchange.tables.shape import ONE_COLUMN, Table

CASES = Path(__file__).parents[1] / "cases" / "15-pasted-lines-with-decimal-commas"


def csv(text: str, stated: Reading | None = None) -> Table:
    return reading.read("a.csv", text.encode(), stated)


def test_pasted_lines_with_decimal_commas_stay_lines() -> None:
    text = (CASES / "paste.txt").read_text()
    table = reading.read_pasted(text)
    assert (table.columns, len(table.rows)) == (("text",), 3)
    assert table.rows[0] == ("Was kostet 1,5 kg Tee?",)
    assert table.reading.separator == ONE_COLUMN


@pytest.mark.parametrize(
    "text",
    [
        "1,5\n2,5\n",
        "Price: 1,299 or 2,499?\nPrice: 3,000 or 4,000?",
        "What is A; B; C?\nWhat is D; E; F?",
        "See https://a.b/c?x=1,2;3\nSee https://a.b/c?x=4,5;6\n",
        "Compare a|b\nCompare c|d",
        "{name}, hello\n{x}, there",
        "Hello, world\nHi, there",
        "Use a||b here\nUse c||d here",
    ],
)
def test_pasted_sentences_are_one_case_a_line(text: str) -> None:
    assert [row[0] for row in reading.read_pasted(text).rows] == text.strip().split("\n")


def test_semicolons_separate_though_commas_are_as_frequent() -> None:
    for table in (
        reading.read("semicolons.csv", (CASES / "semicolons.csv").read_bytes()),
        reading.read_pasted((CASES / "semicolons.csv").read_text()),
    ):
        assert table.columns == ("Date, day", "Id", "Name", "State")
        assert table.rows[2] == ("April 9, 2030", "3", "Sam", "open")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("url,n\nhttp://x.y/?a=1;b=2,3\nhttp://x.y/?a=1;b=3,4\n", ("url", "n")),
        ("id;price;day\n1;1.234,50;31.12.2024\n2;2,00;1.1.2025\n", ("id", "price", "day")),
        ('id,price\n1,"1,234.50"\n2,"9.99"\n', ("id", "price")),
        ("id, name, age\n1, A, 2\n2, B, 3\n", ("id", "name", "age")),
        ("answer\n1,5\n2,7\n", ("answer",)),
        ("id|q\n1|a, b; c\n2|d, e; f\n", ("id", "q")),
        ("id,q,\n1,a,\n2,b,\n", ("id", "q")),
        ('"id\nnr",q\n1,a\n', ("id\nnr", "q")),
        ("\n\nsep=|\na|b\n1|2\n", ("a", "b")),
        ("country,2019,2020\nDE,1,2\n", ("country", "2019", "2020")),
    ],
)
def test_the_separator_of_a_file_is_found(text: str, columns: tuple[str, ...]) -> None:
    assert csv(text).columns == columns


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_kind_of_line_end_is_one(end: str) -> None:
    assert csv(f"id,q{end}1,a\n2,b\r3,c{end}").rows == (("1", "a"), ("2", "b"), ("3", "c"))


def test_blanks_beside_quoted_cells_do_no_harm_and_quoted_text_keeps_its_own() -> None:
    table = csv('a, "b, c"\n1, "x, y"\n2 ,"he said, ""hi, "" and" \n')
    assert table.columns == ("a", "b, c")
    assert table.rows == (("1", "x, y"), ("2 ", 'he said, "hi, " and'))
    assert table.notes == ("Blanks beside quoted cells were left out.",)


def test_a_quote_within_a_cell_is_a_character() -> None:
    assert csv('id,q\n1,5" pipe\n2,a"b"c\n').rows == (("1", '5" pipe'), ("2", 'a"b"c'))
    table = reading.read("a.tsv", b'id\tq\n1\t"Hi" she said\n2\tx\n')
    assert table.rows[0] == ("1", '"Hi" she said')
    assert table.notes == ("Double quotes were read as ordinary characters.",)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("1,What is it?\n2,Why is it?\n", ("1", "What is it?")),
        ("1,5\n2,7\n3,9\n", ("1", "5")),
        ("What is one plus one?\nWhat is two plus two?\n", ("What is one plus one?",)),
    ],
)
def test_a_first_line_that_is_like_the_others_is_a_row_and_said(
    text: str, first: tuple[str, ...]
) -> None:
    table = csv(text)
    assert table.rows[0] == first
    assert table.reading.header == 0
    assert "Line 1 was read as a row" in table.notes[0]


def test_lines_above_the_column_names_are_left_out_and_said() -> None:
    table = csv("Report;;\nMade;2024;\n;;\nid;q;n\n1;a;2\n2;b;3\n3;c;4\n")
    assert (table.columns, len(table.rows), table.reading.header) == (("id", "q", "n"), 3, 4)
    assert table.notes == ("2 lines above the column names were left out: “Report”.",)
    pasted = reading.read_pasted("My cells\nid\tq\n1\ta\n2\tb")
    assert (pasted.columns, len(pasted.rows)) == (("id", "q"), 2)


def test_what_is_stated_is_not_guessed_again() -> None:
    assert csv("a,b\n1,2\n", Reading(header=0)).rows == (("a", "b"), ("1", "2"))
    assert csv("x,y\na,b\n1,2\n", Reading(header=2)).columns == ("a", "b")
    assert csv("a,b\n1,2\n", Reading(separator=ONE_COLUMN)).columns == ("a,b",)
    assert csv("a,b;c\n1,2;3\n", Reading(separator=",")).columns == ("a", "b;c")
    stated = Reading(separator=",")
    assert len(reading.read_pasted("Was kostet 1,5 kg?\nWas 2,5 kg?", stated).columns) == 2
    with pytest.raises(InputError, match="no line 9"):
        csv("a,b\n1,2\n", Reading(header=9))


def test_a_long_cell_is_read_up_to_the_products_own_limit() -> None:
    table = csv(f'id,q\n1,"{"word " * 199_000}"\n')
    assert len(table.rows[0][1] or "") == 995_000


@pytest.mark.parametrize("text", ["id;q\n1;a; b\n2;c; d; e\n", "q;a\nx&amp;y;1\nz&lt;w;2\n"])
def test_a_separator_within_unquoted_cells_is_refused_by_line(text: str) -> None:
    with pytest.raises(InputError, match="Line 2 has 3 cells, but the header has 2 columns"):
        csv(text)
