"""The prompt on the desk: which version it started from, its text as it is now, its variables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import streamlit as st

from workbench.actions import keeping
from workbench.actions.asking import same_wording
from workbench.domain.prompts import PromptText, PromptVersion
from workbench.errors import NotFound, TemplateError
from workbench.models.templates import variables_in
from workbench.ui.parts import drafts, session, trouble
from workbench.ui.parts.text import md, plain, short
from workbench.ui.playground import messages, tools
from workbench.ui.playground.messages import MESSAGES
from workbench.ui.playground.tools import TOOLS

FEATURE, EXPERIMENT, OPENED = "playground_feature", "playground_experiment", "playground_opened"
PROMPT, VERSION, NAME = "playground_prompt", "playground_version", "playground_name"
SYSTEM, USER = "playground_system", "playground_user"
_TEXTS = (NAME, SYSTEM, MESSAGES, USER, TOOLS)
_FIELDS = (PROMPT, VERSION, *_TEXTS)
_NEW = ""
_STARTER = "You are a helpful assistant. Answer briefly."


@dataclass(frozen=True)
class Edited:
    """The prompt as it stands. `saved` is the version with the same wording, if there is one.

    `used` are the variables of its templates, empty where they cannot be read (`is_broken`).
    """

    name: str
    text: PromptText
    saved: PromptVersion | None
    used: tuple[str, ...]
    is_broken: bool


def begin(feature_id: UUID) -> list[PromptVersion]:
    """Put the feature's prompt on the desk: what was asked for, the draft, or the newest one."""
    versions = _askable(feature_id)
    state = st.session_state
    if state.get(FEATURE) != str(feature_id):
        for key in [k for k in state if str(k).startswith("playground_") and k not in _KEPT]:
            del state[key]
        state[FEATURE] = str(feature_id)
    opened = state.pop(OPENED, None)
    found = next((v for v in versions if str(v.id) == opened), None)
    if found is not None:
        _load(found)
        drafts.drop(_scope(), start=_body())
    elif USER not in state:
        _restore(versions)
    return versions


def edit(versions: list[PromptVersion]) -> Edited:
    """Draw the editor and say what is in it."""
    names = list(dict.fromkeys(version.name for version in versions))
    if st.session_state.get(PROMPT) not in (*names, _NEW):
        st.session_state[PROMPT] = names[-1] if names else _NEW
    left, right = st.columns([3, 2])
    prompt = left.selectbox(
        "Prompt",
        [*names, _NEW],
        format_func=lambda name: plain(name) or "New prompt…",
        key=PROMPT,
        on_change=_choose_prompt,
        persist_state="session",
    )
    if prompt == _NEW:
        right.text_input(
            "Its name",
            key=NAME,
            on_change=_keep,
            placeholder="Reply draft",
            persist_state="session",
        )
    else:
        _version_picker(right, [v for v in versions if v.name == prompt][::-1])
    st.text_area(
        "System message",
        key=SYSTEM,
        height=150,
        on_change=_keep,
        help="Who the model is and what rules it follows. Leave it empty to send none.",
        persist_state="session",
    )
    messages.draw(_keep)
    st.text_area(
        "User message",
        key=USER,
        height=260,
        on_change=_keep,
        placeholder="Empty: the conversation's last message asks."
        if _on_desk().has_place
        else "Answer this message: {{ message }}",
        help=md("What the model is asked. A case's variables go in as {{ name }}."),
        persist_state="session",
    )
    tools.draw(_keep)
    labels = {SYSTEM: "System message", USER: "User message", NAME: "Name"}
    drafts.clashes(_scope(), labels | {MESSAGES: "Messages between them", TOOLS: "Tools"}, _use)
    name = prompt or " ".join(str(st.session_state.get(NAME) or "").split()) or "Prompt"
    text = _on_desk()
    used: tuple[str, ...] = ()
    is_broken = False
    try:
        used = variables_in(text)
    except TemplateError as error:
        trouble.show(messages.located(text, error))
        is_broken = True
    return Edited(name, text, same_wording(versions, name, text), used, is_broken)


def unknown(edited: Edited, available: Iterable[str]) -> list[str]:
    """The variables that the prompt uses and no case offers."""
    known = set(available)
    return [name for name in edited.used if name not in known]


def variables(edited: Edited, available: tuple[str, ...]) -> None:
    """What the prompt uses, what the cases offer, and what does not fit."""
    missing = unknown(edited, available)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption("Variables", width="content")
        for name in edited.used:
            if name in missing:
                st.markdown(f":red-badge[:material/error: {md(name)} is unknown]", width="content")
            else:
                st.markdown(
                    f":green-badge[:material/check: {md(name)}]", width="content", help="Used"
                )
        for name in available:
            if name not in edited.used:
                st.markdown(
                    f":gray-badge[{md(name)}]",
                    width="content",
                    help="The cases have it; the prompt leaves it out",
                )
    if missing:
        listed = ", ".join(f"“{md(name)}”" for name in missing)
        offered = ", ".join(md(name) for name in available) or "none"
        st.error(f"No case has {listed}. Available: {offered}.", icon=":material/error:")


def actions(edited: Edited, feature_id: UUID) -> None:
    """Save as a version, or go back to the saved text."""
    state = st.session_state
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if edited.saved is not None:
            st.markdown(
                f":gray-badge[:material/check: Saved as {short(edited.saved.label)}]",
                width="content",
            )
        else:
            st.badge("Not saved yet", icon=":material/edit:", color="orange")
            st.space("stretch")
            if state.get(PROMPT):
                st.button(
                    "Discard the edits",
                    key="playground_discard",
                    type="tertiary",
                    on_click=_choose_version,
                )
            with st.popover("Save as version", icon=":material/save:", disabled=edited.is_broken):
                note = st.text_input(
                    "What changed?", key="playground_save_note", placeholder="Shorter, no promises"
                )
                expects = st.text_input(
                    "What should that do?",
                    key="playground_save_expects",
                    placeholder="Fewer promises, as friendly as before",
                    help="A change is a bet. What you write here stands beside what the next run "
                    "shows.",
                )
                if st.button("Save", key="playground_save", type="primary"):
                    what = feature_id, edited.name, edited.text, note, expects
                    kept = keeping.prompt(session.store(), session.who(), *what)
                    state[OPENED] = str(kept.id)
                    st.toast(f"Saved as {short(kept.label)}.", icon=":material/check:")
                    st.rerun()
    if session.remembered("aside", _aside(), _is_aside):
        st.button(
            "Bring back the text that was not saved",
            key="playground_bring_back",
            icon=":material/undo:",
            type="tertiary",
            on_click=_bring_back,
        )


_KEPT = (FEATURE, EXPERIMENT, OPENED, "playground_answers")


def _version_picker(place: "st.delta_generator.DeltaGenerator", shown: list[PromptVersion]) -> None:
    labels = {str(v.id): f"v{v.number}" + (f" · {v.note}" if v.note else "") for v in shown}
    if st.session_state.get(VERSION) not in labels:
        st.session_state[VERSION] = next(iter(labels))
    place.selectbox(
        "Start from version",
        list(labels),
        format_func=lambda version_id: plain(labels.get(version_id, "?")),
        key=VERSION,
        on_change=_choose_version,
        persist_state="session",
    )


def _scope() -> str:
    return drafts.scope("playground", st.session_state.get(FEATURE))


def _versions() -> list[PromptVersion]:
    return _askable(UUID(st.session_state[FEATURE]))


def _askable(feature_id: UUID) -> list[PromptVersion]:
    read = session.store().prompts.versions
    every = session.remembered("prompts", feature_id, lambda: read(feature_id), feature=feature_id)
    return [v for v in every if not v.is_outside]


def _load(version: PromptVersion) -> None:
    st.session_state[PROMPT] = version.name
    st.session_state[VERSION] = str(version.id)
    _put(version.text)


def _put(text: PromptText) -> None:
    st.session_state[SYSTEM], st.session_state[USER] = text.system, text.user
    messages.put(messages.as_text(text))
    tools.put(tools.as_text(text.tools))


def _on_desk() -> PromptText:
    system, user = (st.session_state.get(key) or "" for key in (SYSTEM, USER))
    return PromptText(system, user, messages.current(), tools.current())


def _restore(versions: list[PromptVersion]) -> None:
    if versions:
        _load(versions[-1])
    else:
        _start_anew()
    draft = drafts.get(_scope(), start=_body())
    if draft is not None:
        _show(draft.body)


def _start_anew() -> None:
    datasets = session.store().datasets
    first = next((datasets.cases(v.id)[:1] for v in datasets.of(session.feature_id())), [])
    offered = [name for case in first for name in case.variables]
    st.session_state[PROMPT] = _NEW
    asks = "\n\n".join(f"{{{{ {name} }}}}" for name in offered)
    starter = PromptText(_STARTER, asks)
    _put(starter.with_place() if any(case.messages for case in first) else starter)


def _body() -> dict[str, str]:
    return {key: st.session_state.get(key) or "" for key in _FIELDS}


def _keep() -> None:
    # What is written for another prompt or version is never mixed with this.
    kept = drafts.keep(_scope(), _body(), apart=(PROMPT, VERSION))
    _show({key: kept.body[key] for key in _TEXTS})


def _show(body: Mapping[str, Any]) -> None:
    """Put on the desk what `body` has of its fields; messages and tools in fresh widgets, where
    they are others than those on it."""
    for key in (PROMPT, VERSION, NAME, SYSTEM, USER):
        if key in body:
            st.session_state[key] = str(body[key])
    for key, put in ((MESSAGES, messages.put), (TOOLS, tools.put)):
        if key in body and str(body[key]) != st.session_state.get(key, ""):
            put(str(body[key]))


def _use(field: str, text: str) -> None:
    _show({field: text})


def _choose_prompt() -> None:
    _set_aside()
    name = st.session_state[PROMPT]
    found = [version for version in _versions() if version.name == name]
    if found:
        _load(found[-1])
    else:
        _start_anew()
    drafts.drop(_scope(), start=_body())


def _choose_version() -> None:
    _set_aside()
    try:
        _load(session.store().prompts.get(UUID(st.session_state[VERSION])))
    except (NotFound, ValueError):
        return
    drafts.drop(_scope(), start=_body())


def _aside() -> str:
    """What an unsaved text that made room for another is kept under."""
    return f"{_scope()}:aside"


def _is_aside() -> bool:
    return session.store().drafts.get(_aside()) is not None


def _set_aside() -> None:
    text = _on_desk()
    if (text.user.strip() or text.messages or text.tools) and same_wording(
        _versions(), "", text
    ) is None:
        body = {key: _body()[key] for key in (SYSTEM, MESSAGES, USER, TOOLS)}
        session.store().drafts.keep(_aside(), body)


def _bring_back() -> None:
    draft = session.store().drafts.get(_aside())
    if draft is not None:
        session.store().drafts.drop(_aside())
        # What was written since takes its place.
        _set_aside()
        _show({key: draft.body.get(key, "") for key in _TEXTS if key != NAME})
        _keep()
