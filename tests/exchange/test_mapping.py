"""From a table's columns to cases."""

import json

import pytest

from workbench.errors import InputError
from workbench.exchange.tables.mapping import (
    ColumnMapping,
    guess_mapping,
    stated,
    suggested_names,
    to_cases,
)
from workbench.exchange.tables.shape import Table


def test_columns_are_guessed_by_their_names() -> None:
    columns = (
        *("Case ID", "question", "Expected answer", "Category", "Source", "held-out", "tone"),
        "Document ID",
    )
    assert guess_mapping(Table(columns, ())) == ColumnMapping(
        key="Case ID",
        reference="Expected answer",
        tags=("Category",),
        source="Source",
        held_out="held-out",
        variables=("question", "tone"),
        group="Document ID",
    )


def test_a_better_name_for_the_reference_wins() -> None:
    guess = guess_mapping(Table(("answer", "reference", "q"), ()))
    assert guess.reference == "reference"
    assert guess.variables == ("answer", "q")


def test_a_variable_of_the_prompt_stays_a_variable() -> None:
    guess = guess_mapping(Table(("id", "topic", "answer"), ()), known_variables=("Topic", "answer"))
    assert guess.variables == ("topic", "answer")
    assert guess.tags == ()
    assert guess.reference is None


def test_rows_become_cases() -> None:
    table = Table(
        ("id", "q", "ideal", "tags", "level", "source", "held_out"),
        (
            ("007", "Why?", "So.", "a, b|a;c", "hard", " web ", "yes"),
            (None, "How?", None, None, None, None, None),
        ),
    )
    mapping = ColumnMapping("id", "ideal", ("tags", "level"), "source", "held_out", ("q",))
    first, second = to_cases(table, mapping)
    assert (first.key, first.reference, first.source) == ("007", "So.", "web")
    assert first.variables == {"q": "Why?"}
    assert first.tags == ("a", "b", "c", "hard")
    assert first.held_out
    assert (second.key, second.reference, second.tags) == ("case-002", None, ())
    assert not second.held_out


def test_a_numbered_key_never_meets_a_given_one() -> None:
    table = Table(("id", "q"), (("case-002", "a"), (None, "b")))
    keys = [case.key for case in to_cases(table, guess_mapping(table))]
    assert keys == ["case-002", "case-002-new"]


def test_a_key_used_twice_names_both_rows() -> None:
    table = Table(("id", "q"), (("1", "a"), ("2", "b"), ("1", "c")))
    with pytest.raises(InputError, match="Rows 1 and 3 have the same key, “1”"):
        to_cases(table, guess_mapping(table))


def test_a_held_out_value_that_says_neither_is_refused() -> None:
    table = Table(("q", "held_out"), (("a", "no"), ("b", "perhaps")))
    with pytest.raises(InputError, match="Row 2 says “perhaps”"):
        to_cases(table, guess_mapping(table))


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no column “z”"):
        to_cases(Table(("q",), (("a",),)), ColumnMapping(variables=("z",)))


def test_cases_need_an_input() -> None:
    with pytest.raises(InputError, match="No column is left"):
        to_cases(Table(("id",), (("a",),)), ColumnMapping(key="id"))


def test_a_column_gets_the_name_that_the_prompts_ask_for() -> None:
    columns = ("Message", "Order ID", "order-id", "Ünter", "class", "note [json]")
    assert suggested_names(columns, ("message", "order_id")) == {
        "Message": "message",
        "Order ID": "order_id",
        "order-id": "order_id_2",
        "Ünter": "unter",
        "class": "class",
        "note [json]": "note",
    }


def test_a_suggested_name_is_none_that_was_given_away() -> None:
    assert suggested_names(("a", "b"), (), ("a",)) == {"a": "a_2", "b": "b"}


def test_what_was_said_of_a_column_goes_before_the_guess() -> None:
    columns = ("id", "question", "answer", "topic", "more [json]", "extra")
    found = stated(
        Table(columns, ()),
        (),
        {"question": "key", "answer": "", "topic": "subject", "more": "tags"},
    )
    assert (found.key, found.reference, found.tags) == ("question", None, ("more [json]",))
    assert found.variables == ("id", "topic", "extra")
    assert found.names == {"id": "id", "topic": "subject", "extra": "extra"}
    parts = {column: found.part(column) for column in columns}
    assert {column: part for column, part in parts.items() if part} == {
        "question": "key",
        "more [json]": "tags",
    }


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"body": "message"}, "The table has no column “body”"),
        ({"a": "1st"}, "“1st” cannot be the name of a variable"),
        ({"a": "key", "b": "key"}, "Two columns can't both be the key"),
        ({"a": "x", "b": "x"}, "Two columns are called “x”"),
        ({"a": "", "b": "reference"}, "No column is left as the input"),
    ],
)
def test_what_was_said_of_columns_and_can_not_be_is_refused(
    said: dict[str, str], problem: str
) -> None:
    table = Table(("a", "b"), (("1", "2"),))
    with pytest.raises(InputError, match=problem):
        to_cases(table, stated(table, (), said))


SAID = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "Which?"}]
ASKS = {"role": "user", "content": "TB-2118"}


def test_a_column_of_messages_is_the_conversation_whatever_it_is_called() -> None:
    table = Table(("id", "log"), (("a", [*SAID, ASKS]), ("b", None)))
    first, second = to_cases(table, guess_mapping(table))
    assert [message.content for message in first.messages] == ["Where is it?", "Which?", "TB-2118"]
    assert (first.variables, second.messages) == ({}, ())


def test_a_column_of_messages_as_json_text_is_the_conversation() -> None:
    table = Table(("q", "log"), (("x", json.dumps([*SAID, ASKS])),))
    (case,) = to_cases(table, guess_mapping(table))
    assert (len(case.messages), case.variables) == (3, {"q": "x"})


def test_a_transcript_is_a_conversation_where_its_column_is_called_so() -> None:
    text = "User: Where is it?\nAssistant: Which?\nUser: TB-2118"
    for name, n in (("Conversation", 3), ("note", 0)):
        table = Table(("q", name), (("x", text),))
        (case,) = to_cases(table, guess_mapping(table))
        assert len(case.messages) == n


def test_the_answer_that_ends_a_logged_conversation_becomes_the_reference() -> None:
    table = Table(("q", "messages"), (("x", SAID),))
    (case,) = to_cases(table, guess_mapping(table))
    assert (case.reference, len(case.messages)) == ("Which?", 1)


def test_a_reference_of_the_table_leaves_the_conversation_whole() -> None:
    table = Table(("messages", "reference"), ((SAID, "Soon."),))
    (case,) = to_cases(table, guess_mapping(table))
    assert (case.reference, len(case.messages)) == ("Soon.", 2)


def test_a_logged_system_message_becomes_a_variable() -> None:
    table = Table(("messages",), (([{"role": "system", "content": "Be brief."}, ASKS],),))
    (case,) = to_cases(table, guess_mapping(table))
    assert case.variables == {"system_message": "Be brief."}


def test_a_message_that_is_more_than_text_is_named_by_its_row() -> None:
    table = Table(("messages",), (([ASKS],), ([{"role": "tool", "content": "{}"}],)))
    with pytest.raises(InputError, match="Row 2: Message 1 of a conversation is said by “tool”"):
        to_cases(table, guess_mapping(table))


def test_a_column_can_be_said_to_be_the_conversation() -> None:
    table = Table(("q", "note"), (("x", "Hello?"),))
    (case,) = to_cases(table, stated(table, (), {"note": "messages"}))
    assert [message.content for message in case.messages] == ["Hello?"]
