"""What is written for spreadsheets and Markdown is shown there, and not run."""

import csv
import io

import pytest

from workbench.exchange.safe import spreadsheet
from workbench.exchange.tables import reading

_FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\n=1+1",
    "\0=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(A1)",
    "\ufeff=1+1",
    "\u22121+1",
    "'=1+1",
]

# What shows nothing, in front of a formula: white space of all widths, marks, joiners, controls.
_BEHIND = [
    f"{ahead}{sign}1+1"
    for ahead in (
        *"\u2003\u2028\u2029\u202f\u205f\u1680\u0085\u00a0\u3000\x1c\x1b\x7f\x9b",
        *"\u200b\u200c\u200d\u200e\u200f\u202e\u2060\u2064\u2066\ufeff\u00ad\u034f\u061c",
        *"\u115f\u1160\u3164\uffa0\u180e\ufe0f\u2800\U000e0020\U000e0100",
        "\u200b \u2060\u00a0",
    )
    for sign in ("=", "+", "-", "@", "\uff1d", "\ufe62", "\ufe6b", "\ufe63")
]
# The same characters where no sign follows.
_SHOWN = ["\u200bword", "\u2003word = 1", "\u200b", "\u3164x=1", "a\u200b=1", " 5 "]


@pytest.mark.parametrize("text", [*_FORMULAS, *_BEHIND])
def test_no_cell_and_no_header_is_a_formula(text: str) -> None:
    document = spreadsheet.csv_text([text], [[text]])
    assert list(csv.reader(io.StringIO(document, newline=""))) == [
        ["'" + text.replace("\0", "")],
        ["'" + text.replace("\0", "")],
    ]


def test_what_is_no_formula_is_written_as_it_is() -> None:
    for text in _SHOWN:
        assert spreadsheet.guarded(text) == text


@pytest.mark.parametrize("text", ["-5", "+3.2", "-.5", "1e-3", "-1.5E+10", "7"])
def test_plain_numbers_stay_numbers(text: str) -> None:
    assert spreadsheet.csv_text(["n"], [[text]]) == f"n\r\n{text}\r\n"


def test_values_are_written_plainly() -> None:
    document = spreadsheet.csv_text(["a", "b", "c", "d"], [[None, True, -0.5, "x, y"]])
    assert document == 'a,b,c,d\r\n,true,-0.5,"x, y"\r\n'


@pytest.mark.parametrize(
    "text", [*_FORMULAS, *_BEHIND, *_SHOWN, "''=1", "'-5", "-5", "it's", "'quoted'", "", "a\nb"]
)
def test_the_guard_can_be_taken_off_again(text: str) -> None:
    guarded = spreadsheet.guarded(text)
    assert spreadsheet.without_guard(guarded) == text.replace("\0", "")


def test_a_written_csv_reads_back_equal() -> None:
    rows = [["007", 'say "hi"\nand go', "a;b|c\td"], ["8", "é😀", "x"]]
    document = spreadsheet.csv_text(["id", "q", "r"], rows)
    assert reading.read("a.csv", document.encode()).rows == tuple(map(tuple, rows))
