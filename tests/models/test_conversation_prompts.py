"""A prompt of several messages, with a place for the case's own conversation."""

import pytest

from workbench.domain.conversations import Message
from workbench.domain.prompts import CONVERSATION, MessageTemplate, PromptText
from workbench.errors import TemplateError
from workbench.models.templates import render, variables_in

SAID = (Message("user", "Where is {{ it }}?"), Message("assistant", "Which order?"))
PLACE = MessageTemplate(CONVERSATION)
EXAMPLES = (MessageTemplate("user", "{{ a }}?"), MessageTemplate("assistant", "No {{ b }}."))


def test_examples_stand_between_the_system_and_the_user_message() -> None:
    messages = render(PromptText("Be kind.", "{{ q }}", EXAMPLES), {"a": "1", "b": "2", "q": "3"})
    assert [(m.role, m.content) for m in messages] == [
        ("system", "Be kind."),
        ("user", "1?"),
        ("assistant", "No 2."),
        ("user", "3"),
    ]


def test_the_conversation_goes_in_its_place_as_it_is() -> None:
    text = PromptText("Be kind.", "{{ q }}", (*EXAMPLES, PLACE))
    messages = render(text, {"a": "1", "b": "2", "q": "3"}, SAID)
    assert messages[3:] == (*SAID, Message("user", "3"))


def test_a_conversation_that_ends_with_the_user_asks_alone() -> None:
    assert render(PromptText("", "", (PLACE,)), {}, SAID[:1]) == SAID[:1]


def test_a_place_without_a_conversation_adds_nothing() -> None:
    assert render(PromptText("", "Hi", (PLACE,)), {}) == (Message("user", "Hi"),)


def test_a_conversation_without_a_place_is_never_left_out() -> None:
    with pytest.raises(TemplateError, match="no place for it"):
        render(PromptText("", "Hi"), {}, SAID)


@pytest.mark.parametrize("said", [(), SAID])
def test_messages_that_do_not_end_with_the_user_ask_nothing(said: tuple[Message, ...]) -> None:
    with pytest.raises(TemplateError, match="Nothing is asked"):
        render(PromptText("Be kind.", "", (PLACE,)), {}, said)


def test_a_conversation_of_over_a_mebibyte_is_refused() -> None:
    with pytest.raises(TemplateError, match="longer than 1 MiB"):
        render(PromptText("", "Hi", (PLACE,)), {}, (Message("user", "x" * (1024 * 1024 + 1)),))


def test_the_variables_of_a_prompt_are_those_of_all_its_messages() -> None:
    assert variables_in(PromptText("{{ s }}", "{{ q }}", EXAMPLES)) == ("a", "b", "q", "s")
