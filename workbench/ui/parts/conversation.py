"""A conversation, as people read one: who says what, what is called and replied, in order."""

import json
from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.domain import looked_at as texts
from workbench.domain.conversations import Message
from workbench.domain.datasets import Case
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.tools import ToolCall
from workbench.domain.trials import Trial
from workbench.runs import looking
from workbench.ui.parts import attached, session
from workbench.ui.parts.text import md, output

_WHO = {
    "system": (":material/settings:", "System"),
    "user": (":material/person:", "User"),
    "assistant": (":material/smart_toy:", "Assistant"),
}

_JUDGED = ":material/visibility: Judged:"


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


def of_trial(trial_id: UUID) -> tuple[Trial, Case]:
    """A trial of the open feature with its case, opened as it was there, as `looked_at` wants them:
    read once while neither changes."""

    def read() -> tuple[Trial, Case]:
        store = session.store()
        trial = store.trials.get(trial_id)
        variant = store.variants.get(trial.variant_id)
        return trial, looking.opened(variant, store.datasets.case(trial.case_id))

    return session.remembered("conversation_of", trial_id, read, feature=session.feature_id())


def looked_at(what: LooksAt, trial: Trial, case: Case) -> None:
    """What a criterion judges of a trial, with a line above that says what it is: always, but for
    the answer of a trial that has no other."""
    if what is LooksAt.ANSWER and not trial.transcript:
        output(trial.output or "")
        return
    found = texts.looked_at(what, trial, case)
    if what is LooksAt.ANSWER:
        st.caption(f"{_JUDGED} the last answer. What came before it is shown to make sense of it.")
        said(trial)
        return
    st.caption(f"{_JUDGED} {md(what.label)}.")
    if found.text is None:
        st.caption(f":orange[:material/visibility_off:] {md(found.why)}")
    elif what is LooksAt.REASONING:
        output(found.text)
    elif what is LooksAt.TRANSCRIPT:
        draw((*case.messages, *texts.said_in(trial)))
    else:
        answers = tuple(texts.answers(texts.said_in(trial)))
        for number, answer in enumerate(answers, 1):
            if len(answers) > 1:
                st.caption(f":material/smart_toy: Answer {number} of {len(answers)}")
            output(answer)


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
