"""What a prompt says between its system and its user message: examples, the case's conversation."""

import json
from collections.abc import Callable

import streamlit as st

from workbench.domain.prompts import CONVERSATION, MessageTemplate, PromptText, messages_of
from workbench.errors import TemplateError
from workbench.models.templates import variables_of
from workbench.ui.parts.text import md

MESSAGES = "playground_between"
"""The messages as JSON: one field of the draft, as the two texts beside it are."""
_ROUND = "playground_between_round"
_PLACE = MessageTemplate(CONVERSATION)
_EXAMPLE = (MessageTemplate("user"), MessageTemplate("assistant"))


def current() -> tuple[MessageTemplate, ...]:
    """The messages on the desk."""
    return messages_of(json.loads(st.session_state.get(MESSAGES) or "[]"))


def as_text(text: PromptText) -> str:
    """A prompt's messages as the field holds them: nothing where it has none."""
    return json.dumps(text.plain(), ensure_ascii=False) if text.messages else ""


def put(held: str) -> None:
    """Put these messages on the desk, in fresh fields."""
    st.session_state[MESSAGES] = held
    st.session_state[_ROUND] = int(st.session_state.get(_ROUND, 0)) + 1


def draw(keep: Callable[[], None]) -> None:
    """Each message with a way to take it out, and the ways to add one. `keep` keeps the draft."""
    shown = current()
    for place, message in enumerate(shown):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if message.is_place:
                st.markdown(
                    ":blue-badge[:material/forum: The case's conversation so far goes here]",
                    width="stretch",
                )
            else:
                st.text_area(
                    f"Example: what the {md(message.role)} says",
                    value=message.content,
                    key=_key(place),
                    height=75,
                    on_change=_typed,
                    args=(keep,),
                    persist_state="session",
                )
            st.button(
                "Take it out",
                key=f"{_key(place)}_out",
                icon=":material/close:",
                type="tertiary",
                on_click=_change,
                args=(keep, (*shown[:place], *shown[place + 1 :])),
            )
    with st.container(horizontal=True, gap="small"):
        at = next((i for i, message in enumerate(shown) if message.is_place), len(shown))
        st.button(
            "Add an example",
            key="playground_example",
            icon=":material/add:",
            type="tertiary",
            help="A question and how it should be answered, before the real one is asked.",
            on_click=_change,
            args=(keep, (*shown[:at], *_EXAMPLE, *shown[at:])),
        )
        if _PLACE not in shown:
            st.button(
                "Add the case's conversation",
                key="playground_place",
                icon=":material/forum:",
                type="tertiary",
                help="For cases that go on with a conversation. The user message may then be empty:"
                " the conversation's last message asks.",
                on_click=_change,
                args=(keep, (*shown, _PLACE)),
            )


def located(text: PromptText, error: TemplateError) -> TemplateError:
    """What is wrong with a prompt, with the field that it is in: each counts its lines anew."""
    between = [f"Example: what the {message.role} says" for message in text.messages]
    fields = ("System message", *between, "User message")
    for field, template in zip(fields, text.templates(), strict=True):
        try:
            variables_of(template)
        except TemplateError as found:
            return TemplateError(f"{field}: {found.message}", found.hint)
    return error


def _key(place: int) -> str:
    return f"playground_message_{st.session_state.get(_ROUND, 0)}_{place}"


def _typed(keep: Callable[[], None]) -> None:
    found = (
        message
        if message.is_place
        else MessageTemplate(message.role, st.session_state.get(_key(place)) or "")
        for place, message in enumerate(current())
    )
    st.session_state[MESSAGES] = as_text(PromptText("", "", tuple(found)))
    keep()


def _change(keep: Callable[[], None], messages: tuple[MessageTemplate, ...]) -> None:
    put(as_text(PromptText("", "", messages)))
    keep()
