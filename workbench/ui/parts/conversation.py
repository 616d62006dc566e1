"""A conversation, as people read one: who says what, what is called and replied, in order."""

import json
from collections.abc import Sequence

import streamlit as st

from workbench.domain.conversations import Message
from workbench.domain.tools import ToolCall
from workbench.domain.trials import Trial
from workbench.ui.parts import attached
from workbench.ui.parts.text import md, output

_WHO = {
    "system": (":material/settings:", "System"),
    "user": (":material/person:", "User"),
    "assistant": (":material/smart_toy:", "Assistant"),
}


def draw(messages: Sequence[Message]) -> None:
    """Each message below its speaker, calls of tools as calls."""
    called = {call.id: call.name for message in messages for call in message.calls}
    for message in messages:
        if message.role == "tool":
            st.caption(f":material/reply: {md(called.get(message.call_id, 'A tool'))} replies")
            output(message.content)
            continue
        icon, name = _WHO[message.role]
        if message.content or not message.calls:
            st.caption(f"{icon} {name}")
            output(message.content)
        attached.draw(message.attachments)
        for call in message.calls:
            _call(call)


def said(trial: Trial) -> None:
    """What a model said in a trial: its output, and before it the tools that it called and what
    they replied."""
    if not trial.transcript:
        output(trial.output or "")
        return
    draw(trial.transcript)
    if trial.output is not None and trial.transcript[-1].calls:
        st.caption(
            ":material/last_page: The trial ends with this call: the case has no reply to it, or "
            "the prompt allows no further request."
        )
    ended = _how_it_ended(trial)
    if ended:
        st.caption(f":material/last_page: {ended}")


def _how_it_ended(trial: Trial) -> str:
    """How a conversation with a simulated user came to its end; empty for other trials, and for
    those that failed, which say why."""
    said = trial.transcript
    if trial.output is None or all(message.role != "user" for message in said) or said[-1].calls:
        return ""
    if said[-1].role == "user":
        return "The simulated user ended the conversation: they have what they wanted."
    return "The conversation ends here: the simulated user has answered as often as the case says."


def _call(call: ToolCall) -> None:
    try:
        arguments = call.read()
    except ValueError as error:
        st.caption(f":material/build: Calls **{md(call.name)}** with arguments that can't be read")
        output(call.arguments)
        st.caption(f":orange[:material/warning:] {md(str(error))}")
        return
    if not arguments:
        st.caption(f":material/build: Calls **{md(call.name)}** without arguments")
        return
    st.caption(f":material/build: Calls **{md(call.name)}** with")
    output(json.dumps(arguments, indent=2, ensure_ascii=False))
