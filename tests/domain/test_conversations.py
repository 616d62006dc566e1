"""A conversation as files hold it and as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import conversations
from workbench.domain.conversations import Message
from workbench.domain.datasets import CaseDraft, checked
from workbench.domain.prompts import CONVERSATION, MessageTemplate, PromptText, refuse_unfit
from workbench.errors import InputError

ASKED = (Message("user", "Where is it?"), Message("assistant", "Which order?\nSay its number."))


def test_a_conversation_is_written_as_people_write_it() -> None:
    assert conversations.written(ASKED) == (
        "User: Where is it?\nAssistant: Which order?\nSay its number."
    )


@given(
    st.lists(
        st.builds(
            Message,
            st.sampled_from(("user", "assistant")),
            st.one_of(
                st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
                st.sampled_from(("a\nUser: b", "[1]", "x\n\n", " y", "[{}]", "a\r\nb", "a\x0bb")),
            ).filter(str.strip),
        ),
        max_size=4,
    )
)
def test_what_is_written_reads_as_the_same_conversation(messages: list[Message]) -> None:
    assert conversations.read(conversations.written(messages)) == tuple(messages)


def test_words_before_any_speaker_are_the_users() -> None:
    assert conversations.read("Hello?\nAssistant: Hi.") == (
        Message("user", "Hello?"),
        Message("assistant", "Hi."),
    )


def test_who_says_nothing_is_left_out() -> None:
    assert conversations.read("User:\nAssistant: Hi.\nUser: ") == (Message("assistant", "Hi."),)


def test_messages_in_text_parts_are_put_together() -> None:
    parts = [{"type": "text", "text": "Where "}, {"type": "text", "text": "is it?"}]
    assert conversations.of([{"role": "user", "content": parts, "refusal": None}]) == (ASKED[0],)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("text", "a list of messages"),
        ([1], "Message 1 of a conversation is no message"),
        ([{"role": "system", "content": "x"}], "said by “system”"),
        ([{"role": "user", "content": " "}], "Message 1 of a conversation is empty"),
        ([{"role": "user"}], "more than text"),
        ([{"role": "assistant", "content": "x", "tool_calls": [{}]}], "more than text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "more than text"),
        ([{"role": "user", "content": "x"}] * 201, "201 messages"),
    ],
)
def test_what_is_no_conversation_says_why(given: object, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        conversations.of(given)


def test_a_case_may_be_a_conversation_alone() -> None:
    assert checked([CaseDraft("a", messages=ASKED)])[0].messages == ASKED


def test_a_case_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="neither variables nor a conversation"):
        checked([CaseDraft("a")])


def test_other_words_before_make_another_input() -> None:
    plain, said = CaseDraft("a", {"x": "1"}), CaseDraft("a", {"x": "1"}, messages=ASKED)
    assert plain.input_fingerprint() != said.input_fingerprint()
    assert plain.fingerprint() != said.fingerprint()


def test_a_prompt_without_messages_is_what_it_was() -> None:
    assert (
        PromptText("Be kind.", "{{ x }}").fingerprint()
        == "e8782ffecc04d6b974a13b47067764699f21e366ddbc08ea43da507b8fbbca67"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (PromptText("s", ""), "The user message is empty"),
        (PromptText("s", "u", (MessageTemplate(CONVERSATION),) * 2), "two places"),
        (PromptText("s", "u", (MessageTemplate("user", " "),)), "Message 1 between .* is empty"),
        (
            PromptText("", "", (MessageTemplate(CONVERSATION), MessageTemplate("assistant", "x"))),
            "ends with an example",
        ),
    ],
)
def test_a_prompt_that_can_not_ask_says_why(text: PromptText, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        refuse_unfit(text)


def test_a_conversation_may_ask_alone() -> None:
    refuse_unfit(PromptText("", "").with_place())
