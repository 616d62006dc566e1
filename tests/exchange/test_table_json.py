"""JSON of any layout: which part of it are the rows, and what is refused by line."""

import json
from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import NeedsChoice, Reading
from workbench.exchange.tables.shape import WHOLE, Table

CASES = Path(__file__).parents[1] / "cases"


def read(text: str, rows_at: str = "") -> Table:
    return reading.read("a.json", text.encode(), Reading(rows_at=rows_at))


@pytest.mark.parametrize("name", ["one_line.json", "pretty.json"])
def test_a_list_within_a_document_is_taken_and_said_whatever_the_layout(name: str) -> None:
    table = reading.read(name, (CASES / "11-wrapped-json" / name).read_bytes())
    assert table.columns == ("input", "expected_output")
    assert table.rows == (("first", "one"), ("second", "two"))
    assert table.notes == (
        "The 2 rows are the list “items” of the document; what stands beside it was left out: "
        "“name”.",
    )
    assert table.lists == ("items", WHOLE)


def test_columns_of_values_are_rows() -> None:
    data = (CASES / "11-wrapped-json" / "columns.json").read_bytes()
    table = reading.read("columns.json", data)
    assert (table.columns, table.rows) == (("question", "answer"), (("a", "x"), ("b", "y")))
    assert "lists the values of each column" in table.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}',
        '{"0": {"a": 1, "b": "x"}, "1": {"a": 2, "b": "y"}}',
        '{"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}',
        '{"schema": {"fields": [{"name": "a"}], "pandas_version": "1.4.0"},'
        ' "data": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}',
        '[["a", "b"], [1, "x"], [2, "y"]]',
        '["a", "b"]\n[1, "x"]\n[2, "y"]\n',
        '{"a": 1, "b": "x"}\n\n{"a": 2, "b": "y"},\n',
        '{"a": 1, "b": "x"}{"a": 2, "b": "y"}',
        '{\n "a": 1,\n "b": "x"\n}\n{\n "a": 2,\n "b": "y"\n}',
        '{"data": {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}, "n": 2}',
        '\ufeff[{"a": 1, "b": "x"},\r\n{"a": 2, "b": "y"}]',
    ],
)
def test_every_layout_gives_the_same_rows(text: str) -> None:
    table = read(text)
    assert (table.columns, table.rows) == (("a", "b"), (("1", "x"), ("2", "y")))


def test_one_of_several_lists_has_to_be_chosen() -> None:
    text = '{"items": [{"a": 1}], "more": {"others": [{"b": 1}, {"b": 2}]}}'
    with pytest.raises(NeedsChoice, match=r"“items” \(1\), “more.others” \(2\)") as caught:
        read(text)
    assert caught.value.options == ("items", "more.others", WHOLE)
    assert read(text, "more.others").rows == (("1",), ("2",))
    assert read(text, WHOLE).columns == ("items", "more")
    with pytest.raises(InputError, match="no list of objects at “nope”"):
        read(text, "nope")


def test_pages_of_one_list_are_put_together_where_the_list_is_stated() -> None:
    pages = '{"data": [{"a": 1}], "has_more": true}\n{"data": [{"a": 2}], "has_more": false}\n'
    assert read(pages, "data").rows == (("1",), ("2",))


def test_a_conversation_is_a_value_and_a_list_stays_a_list() -> None:
    chat = read('{"messages": [{"role": "user", "content": "hi"}]}')
    assert chat.rows == (([{"role": "user", "content": "hi"}],),)
    table = read('{"q": "a", "ideal": ["x", null, 1.50]}\n{"q": "b", "ideal": []}')
    assert table.rows == (("a", ["x", None, "1.50"]), ("b", []))


def test_a_number_of_many_digits_in_a_list_is_kept() -> None:
    digits = "1" * 5_000
    assert read(f'{{"q": [{digits}]}}\n{{"q": [1]}}').rows == (([digits],), ([1],))


def test_one_case_of_the_workbenchs_own_is_a_row_whatever_lists_it_holds() -> None:
    case = {"key": "a", "q": [{"x": 1}], "reference": None, "tags": [], "source": ""}
    text = json.dumps(case | {"held_out": False, "group": ""})
    assert read(text).columns[:2] == ("key", "q")


def test_rows_by_name_keep_the_name() -> None:
    table = read('{"case-1": {"q": "x"}, "case-2": {"q": "y"}}')
    assert (table.columns, table.rows[1]) == (("key", "q"), ("case-2", "y"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            (CASES / "26-doubled-json-keys" / "cases.jsonl").read_text(),
            "Line 1: the key “question”",
        ),
        ('{"a": 1}\n{"a": {"x": 1,\n"x": 2}}\n', "Line 3: the key “x” comes a second time"),
        ('[{"a": 1},\n{"a": [{"k": "{",\n"k": 2}]}]', "Line 3: the key “k” comes a second"),
        ('{"items": [{"a": 1, "\\u0061": 2}]}', "Line 1: the key “a” comes a second time"),
        ('{"q": "a"}\n{"q": \n{"q": "b"}\n', "Line 2 is not JSON"),
        ('{"q": "a"}\n{"q": \n', "Line 2 is not JSON"),
        ("{'a': 1}", "Line 1 is not JSON: Expecting property name enclosed in double quotes"),
        ('{"a": 1,}', "Line 1 is not JSON"),
        ('// cases\n{"a": 1}', "Line 1 is not JSON"),
        ('{"columns": ["a", "a"], "data": [[1, 2]]}', "two columns “a”"),
        ('[["a", "a"], [1, 2]]', "two columns “a”"),
        ('[["a", "b"], [1, 2, 3]]', "Line 1 has 3 values, but the first array has 2"),
        ("[]", "There is no JSON object to read"),
        ("[{}]", "There is no JSON object to read"),
    ],
)
def test_what_is_wrong_with_json_is_named_by_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert said in caught.value.message


def test_a_doubled_key_in_a_paste_is_refused_too() -> None:
    with pytest.raises(InputError, match="the key “q” comes a second time"):
        reading.read_pasted('{"q": 1, "q": 2}')


def test_numbers_are_as_the_file_has_them() -> None:
    text = '{"n": NaN, "i": -Infinity, "b": 12345678901234567890, "e": 1e400, "f": 1.50}'
    assert read(text).rows == (("NaN", "-Infinity", "12345678901234567890", "1e400", "1.50"),)
