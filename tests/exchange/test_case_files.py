"""Cases that are exported and imported again are the same cases, whatever they hold."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.test_tables import text_cell, xlsx
from workbench.domain.conversations import SPEAKERS, Message
from workbench.domain.datasets import CaseDraft, checked
from workbench.errors import InputError
from workbench.exchange.tables import case_files, reading
from workbench.exchange.tables.mapping import guess_mapping, to_cases
from workbench.exchange.tables.shape import Table

HERE = Path(__file__).parent.parent / "cases/19-dataset-csv-round-trip"
HOSTILE = [
    *("=1+1", "- item", "-5 is negative", "@home", "+49 30", "plain", "'", "''", "'=1", "''=1"),
    *(
        "'-5",
        "-5",
        "it's",
        'say "hi"',
        "a\nb",
        "a\r\nb",
        "a\rb",
        "\t=1",
        " =1",
        "\uff1d1",
        "\uff0b1",
    ),
    *("\uff0d1", "\uff20x", "\u22121", "\ufeff=1", " spaces ", "\u3000", "\u00a0=1", "é😀", "null"),
    *(
        "true",
        "007",
        "1.50",
        "1e400",
        '["a"]',
        '{"a": 1}',
        "[]",
        "a,b;c|d\te",
        "sep=;",
        "#",
        "<br>",
    ),
]
_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(_SIGNS, max_size=8),
    st.text("'=+-@\uff1d\uff0d\u2212\t\r\n \"\\,;|[]{}0a", max_size=6),
)
_PARTS = st.recursive(
    st.one_of(_TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)).filter(
        lambda part: part not in (float("inf"), float("-inf"))
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_VALUES = st.one_of(
    _TEXTS, _TEXTS, st.lists(_PARTS, max_size=3), st.dictionaries(_TEXTS, _PARTS, max_size=2)
)
_NAMES = st.sampled_from(["message", "case_id", "expected", "category", "url", "items"])
_CASES = st.lists(
    st.builds(
        CaseDraft,
        st.just(""),
        st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=3),
        st.none() | _VALUES,
        st.lists(_TEXTS, max_size=3).map(tuple),
        _TEXTS,
        st.booleans(),
        _TEXTS,
        st.lists(
            st.builds(Message, st.sampled_from(SPEAKERS), _TEXTS.filter(str.strip)), max_size=3
        ).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def kept(cases: Sequence[CaseDraft]) -> tuple[CaseDraft, ...]:
    """The cases with hostile keys of their own, as the store keeps them."""
    keyed = [replace(case, key=f"{HOSTILE[i]}{i}") for i, case in enumerate(cases)]
    return checked(keyed)


def imported(table: Table) -> tuple[CaseDraft, ...]:
    """What the import makes of a table, by its own guess."""
    return checked(to_cases(table, guess_mapping(table)))


def same(cases: Sequence[CaseDraft], others: Sequence[CaseDraft]) -> bool:
    """Whether a dataset would not change by it."""
    return [case.fingerprint() for case in cases] == [case.fingerprint() for case in others]


@settings(max_examples=120, deadline=None, database=None, derandomize=True)
@given(_CASES)
def test_what_is_exported_as_text_comes_back_equal(cases: list[CaseDraft]) -> None:
    before = kept(cases)
    csv, jsonl = case_files.csv_text(before), case_files.jsonl_text(before)
    assert same(imported(reading.read_pasted(csv)), before)
    assert same(imported(reading.read_pasted(jsonl)), before)


@settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(_CASES)
def test_what_is_exported_as_a_file_comes_back_equal(cases: list[CaseDraft]) -> None:
    before = kept(cases)
    csv = case_files.csv_text(before).encode("utf-8-sig")
    assert same(imported(reading.read("a.csv", csv)), before)
    jsonl = case_files.jsonl_text(before).encode()
    assert same(imported(reading.read("a.jsonl", jsonl)), before)


def test_six_messages_of_a_file_survive_a_csv() -> None:
    first = imported(reading.read("cases.jsonl", (HERE / "cases.jsonl").read_bytes()))
    table = reading.read("a.csv", case_files.csv_text(first).encode("utf-8-sig"))
    assert same(imported(table), first)
    assert [case.variables["message"] for case in first][:2] == ["=1+1", "- item one"]
    assert "5 cells have an apostrophe before the sign of a formula" in " ".join(table.notes)


@pytest.mark.parametrize("tag", ["a, b", "a;b", "a|b", "a\nb", '"a"', "=a", "'"])
def test_a_tag_with_a_separator_stays_one_tag(tag: str) -> None:
    case = CaseDraft("k", {"q": "x"}, tags=(tag, "other"))
    (back,) = imported(
        reading.read_pasted(case_files.csv_text([case, CaseDraft("l", {"q": "y"})]))
    )[:1]
    assert back.tags == (tag, "other")


def test_a_case_that_lacks_a_variable_still_lacks_it() -> None:
    before = checked([CaseDraft("k", {"a": "", "b": "x"}), CaseDraft("l", {"b": "'"})])
    for text in (case_files.csv_text(before), case_files.jsonl_text(before)):
        assert imported(reading.read_pasted(text)) == before


def test_a_workbook_that_a_spreadsheet_made_of_the_csv_loses_its_guards() -> None:
    cells = "".join(
        f'<row r="{i}">{text_cell(f"A{i}", text)}</row>'
        for i, text in enumerate(["message", "'- item one", "it's"], start=1)
    )
    table = reading.read("a.xlsx", xlsx(cells))
    assert table.rows == (("- item one",), ("it's",))


def test_texts_of_json_keep_their_apostrophes() -> None:
    assert reading.read("a.jsonl", b'{"q": "\'=1"}').rows == (("'=1",),)
    assert reading.read_pasted('{"q": "\'=1"}').rows == (("'=1",),)


def test_text_of_a_foreign_csv_that_looks_like_a_list_stays_text() -> None:
    table = reading.read("a.csv", b'q,r\n"[""a""]",x\n')
    assert table.rows == (('["a"]', "x"),)


def test_a_cell_that_is_no_json_in_a_column_of_json_is_named_by_its_row() -> None:
    with pytest.raises(InputError, match="Row 2: the cell of “items \\[json\\]” is not JSON"):
        reading.read("a.csv", b'items [json]\n"[1]"\ntea\n')
