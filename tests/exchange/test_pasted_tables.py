"""Tables that are pasted: spreadsheet cells, CSV, Markdown, JSON and plain lines."""

import contextlib

import pytest

from tests import pace
from workbench.errors import InputError
from workbench.exchange.tables import reading


def test_cells_pasted_from_a_spreadsheet_are_a_table() -> None:
    table = reading.read_pasted('id\tquestion\tnote\n007\t"two\nlines"\tx\n8\tplain\n')
    assert table.columns == ("id", "question", "note")
    assert table.rows == (("007", "two\nlines", "x"), ("8", "plain", None))
    assert len(table.notes) == 1


def test_pasted_cells_that_begin_with_a_quotation_are_text() -> None:
    table = reading.read_pasted('id\tq\n1\t"Hello" she said\n')
    assert table.rows == (("1", '"Hello" she said'),)
    assert table.notes == ("Double quotes were read as ordinary characters.",)


def test_pasted_csv_is_a_table() -> None:
    assert reading.read_pasted("id,q\n1,a\n").rows == (("1", "a"),)


def test_a_ragged_row_of_pasted_csv_names_its_line() -> None:
    with pytest.raises(InputError, match="Line 3 has 3 cells"):
        reading.read_pasted("id,q\n1,a\n2,b,c\n")


def test_a_pasted_markdown_table_is_a_table() -> None:
    table = reading.read_pasted(
        "| id | question |\n|:---|---:|\n| 1 | a \\| b<br>c |\n| 2 | \\<br> |\n\nThe end.\n"
    )
    assert table.columns == ("id", "question")
    assert table.rows == (("1", "a | b\nc"), ("2", "<br>"))
    assert table.notes == ("Lines after the table that were left out: 1.",)


def test_pasted_lines_are_one_column_called_text() -> None:
    table = reading.read_pasted("Hello, world\nHi, there\n\nWhat is 1 + 1?\n")
    assert table.columns == ("text",)
    assert table.rows == (("Hello, world",), ("Hi, there",), ("What is 1 + 1?",))


def test_pasted_json_lines_are_a_table() -> None:
    assert reading.read_pasted('{"q": "a"}\n{"q": "b"}').rows == (("a",), ("b",))


def test_nothing_pasted_is_refused() -> None:
    with pytest.raises(InputError, match="no text to read"):
        reading.read_pasted(" \n\t\n")


def test_a_long_paste_is_read_like_a_short_one() -> None:
    table = reading.read_pasted("id\tq\n" + "".join(f"{n}\tvalue é {n}\n" for n in range(20_000)))
    assert len(table.rows) == 20_000
    assert table.rows[-1] == ("19999", "value é 19999")


@pytest.mark.parametrize(
    "text",
    [
        "|" * 120_000 + "\n" + "|-" * 4_000,
        '"' * 127_000,
        " " * 120_000 + "\n-|-",
        '[{"a":' * 20_000,
        "| a |\n|-|" + " " * 100_000 + "x",
        '"a""' * 30_000,
        'a,b\n1, "' + ' "" ,' * 20_000,
        "a b c " * 20_000 + "\n" + "d e f " * 500,
    ],
    ids=["pipes", "quotes", "spaces", "brackets", "rule", "doubled", "blanks", "words"],
)
def test_no_short_paste_takes_long(text: str) -> None:
    def read() -> None:
        with contextlib.suppress(InputError):
            reading.read_pasted(text)

    assert pace.is_at_most(200, read)
