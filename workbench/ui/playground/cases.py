"""What the playground asks about: cases of a dataset, never held-out ones, or a typed input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.actions.asking import MOST_CASES, TYPED, TYPED_SOURCE
from workbench.actions.datasets import attach
from workbench.domain import attachments, conversations, tool_replies, values
from workbench.domain.attachments import MOST_BYTES, Attachments
from workbench.domain.conversations import Conversation
from workbench.domain.datasets import Case, CaseDraft, DatasetVersion
from workbench.domain.tool_replies import Replies
from workbench.domain.values import Value
from workbench.errors import InputError, TemplateError, WorkbenchError
from workbench.models.attached import put
from workbench.models.templates import MESSAGES, render
from workbench.store.keys import new_id
from workbench.ui.parts import conversation, pages, session, trouble
from workbench.ui.parts.text import md, plain
from workbench.ui.playground import earlier, talking
from workbench.ui.playground.prompt import Edited

MODE, DATASET, CASES = "playground_mode", "playground_dataset", "playground_cases"
_FROM_DATASET, _TYPE = "From a dataset", "Type an input"
_FIRST = 3
_PREVIEW_HEIGHT = 300


@dataclass(frozen=True)
class Chosen:
    """The cases to ask about. In `is_typed` there is one, which is not kept yet.

    `available` are the names that a prompt may use with them; `flaw` says what to do before they
    can be asked about.
    """

    version: DatasetVersion | None
    cases: tuple[Case, ...]
    available: tuple[str, ...]
    is_typed: bool = False
    flaw: str = ""


def visible(version: DatasetVersion) -> list[Case]:
    """The cases that may be looked at: held-out ones stay unseen until the final check."""
    read = session.store().datasets.cases
    every = session.remembered("playground_cases", version.id, lambda: read(version.id))
    return [case for case in every if not case.held_out]


def choose(edited: Edited) -> Chosen:
    """Draw the choice and say what was chosen."""
    datasets = session.datasets()
    st.session_state.setdefault(MODE, _FROM_DATASET if datasets else _TYPE)
    mode = st.segmented_control(
        "What to ask about",
        [_FROM_DATASET, _TYPE],
        key=MODE,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    if mode == _TYPE:
        return _typed(edited)
    if not datasets:
        st.info("There are no cases yet. Type an input here, or bring some in.")
        st.page_link(pages.link("data"), label="Add cases", icon=":material/table:")
        return Chosen(None, (), ())
    return _from_dataset(datasets, edited)


def preview(edited: Edited, chosen: Chosen) -> None:
    """The messages as the model gets them, for one of the chosen cases."""
    if not chosen.cases or edited.is_broken:
        return
    keys = [case.key for case in chosen.cases]
    with st.expander("What the model will see", icon=":material/visibility:", expanded=True):
        shown = keys[0]
        if len(keys) > 1:
            shown = st.selectbox("For case", keys, format_func=plain, key="playground_preview")
        case = next((c for c in chosen.cases if c.key == shown), chosen.cases[0])
        try:
            messages = put(render(edited.text, case.names(), case.messages), case.attachments)
        except TemplateError as error:
            trouble.show(error)
            return
        with st.container(height=_PREVIEW_HEIGHT, border=False, key="playground_messages"):
            conversation.draw(messages)
            if edited.text.tools:
                names = ", ".join(map(md, edited.text.tools.names()))
                st.caption(f":material/build: It may call {names}")


def _typed(edited: Edited) -> Chosen:
    names = [name for name in edited.used if name not in ("reference", MESSAGES)]
    has_place = edited.text.has_place or MESSAGES in edited.used
    if not names and not has_place:
        st.info("The prompt uses no variable. Put one into it, such as {{ message }}.")
    typed: dict[str, Value] = {}
    for name in names:
        value = st.text_area(
            md(name), key=f"playground_typed_{name}", height=80, persist_state="session"
        )
        typed[name] = value or ""
    said: Conversation = ()
    unread = []  # what was given and would be missing from the question
    if has_place:
        text = st.text_area(
            "Conversation so far",
            key="playground_typed_conversation",
            height=150,
            placeholder="User: Where is my parcel?\nAssistant: Which order is it?\nUser: TB-2118",
            help="A line begins with who speaks, User: or Assistant:, and goes on below.",
            persist_state="session",
        )
        try:
            said = conversations.read(text or "")
        except InputError as error:
            trouble.show(error)
            unread.append("the conversation")
    replies = _replies(edited)
    if replies is None:
        unread.append("what tools reply")
    files, refused = _uploaded()
    unread += refused
    user, flaw = talking.draw()
    if flaw:
        flaw = f"Complete the simulated user first: {md(flaw)}"
    if unread:
        flaw = f"Repair or take off first what could not be read: {', '.join(map(md, unread))}."
    st.caption(f"It is kept as a case in the dataset “{TYPED}” when you ask.")
    if not said and not files and all(map(values.is_blank, typed.values())):
        return Chosen(None, (), tuple(names), is_typed=True)
    draft = CaseDraft(
        "your input",
        typed,
        source=TYPED_SOURCE,
        messages=said,
        attachments=files,
        tool_replies=replies or (),
        user=user,
    )
    case = Case(id=new_id(), dataset_id=new_id(), number=1, **vars(draft))
    available = (*names, "reference", *_said(edited))
    return Chosen(None, (case,), available, is_typed=True, flaw=flaw)


def _replies(edited: Edited) -> Replies | None:
    """What is typed that tools reply; nothing where the prompt offers none, None where it cannot
    be read."""
    if not edited.text.tools:
        return ()
    told = st.text_area(
        "What tools reply",
        key="playground_typed_replies",
        height=80,
        placeholder=f"{edited.text.tools.names()[0]}: Rain, 12 degrees",
        help="A line each: the tool's name, a colon, its reply. Several of one tool come in order. "
        "Without a reply the answer ends with the call.",
        persist_state="session",
    )
    try:
        return tool_replies.read(told or "")
    except InputError as error:
        trouble.show(error)
        return None


def _uploaded() -> tuple[Attachments, list[str]]:
    """Pictures and documents that go with the typed input; each is looked at and kept once. And
    the names of those that cannot go with it."""
    given = st.file_uploader(
        "Pictures and documents",
        type=["png", "jpg", "jpeg", "pdf"],
        accept_multiple_files=True,
        key="playground_files",
        max_upload_size=MOST_BYTES >> 20,
        help="PNG, JPEG and PDF. They go with what the user says last: a picture as it is, of a "
        "PDF its text.",
    )
    kept: dict[str, Any] = st.session_state.setdefault("playground_files_kept", {})
    refused = []
    for one in given:
        if one.file_id in kept:
            continue
        try:
            found = attach(
                *(session.store(), session.who(), session.feature_id()),
                *(str(one.name), bytes(one.getvalue())),
            )
        except WorkbenchError as error:
            trouble.show(error)
            refused.append(str(one.name))
        else:
            kept[one.file_id] = found.plain()
    here = attachments.of([kept[one.file_id] for one in given if one.file_id in kept])
    return attachments.added((), here), refused


def _from_dataset(datasets: list[DatasetVersion], edited: Edited) -> Chosen:
    labels = {str(v.dataset_id): f"{v.name} (version {v.number})" for v in datasets}
    if st.session_state.get(DATASET) not in labels:
        st.session_state[DATASET] = next(iter(labels))
        st.session_state.pop(CASES, None)
    left, right = st.columns(2)
    left.selectbox(
        "Dataset",
        list(labels),
        format_func=lambda dataset_id: plain(labels.get(dataset_id, "?")),
        key=DATASET,
        on_change=_forget_cases,
        persist_state="session",
    )
    version = next(v for v in datasets if str(v.dataset_id) == st.session_state[DATASET])
    cases = {case.key: case for case in visible(version)}
    if not cases:
        st.info("Every case of this dataset is held out for the final check.")
        return Chosen(version, (), ())
    tags = sorted({tag for case in cases.values() for tag in case.tags})
    right.selectbox(
        "Take those tagged",
        tags,
        index=None,
        format_func=plain,
        key="playground_tag",
        on_change=_take_tagged,
        placeholder="Any tag",
        help="Replaces the choice below with the first cases that carry the tag.",
        disabled=not tags,
    )
    if CASES not in st.session_state:
        st.session_state[CASES] = _asked_last(cases) or list(cases)[:_FIRST]
    kept = [key for key in st.session_state[CASES] if key in cases]
    st.session_state[CASES] = kept[:MOST_CASES]
    picked = st.multiselect(
        "Cases",
        list(cases),
        format_func=lambda key: plain(_label(cases.get(key))),
        key=CASES,
        max_selections=MOST_CASES,
        help=f"Up to {MOST_CASES}; held-out cases are never shown here.",
        persist_state="session",
    )
    names = dict.fromkeys(name for case in cases.values() for name in case.variables)
    return Chosen(
        version, tuple(cases[k] for k in picked if k in cases), (*names, "reference", MESSAGES)
    )


def _asked_last(cases: Mapping[str, Case]) -> list[str]:
    """Those of these cases that were asked last: a reload begins with them."""
    last = next(reversed(earlier.asked(session.feature_id())), None)
    ids = set(session.store().experiments.case_ids(last.id)) if last else set()
    return [key for key, case in cases.items() if case.id in ids]


def _said(edited: Edited) -> tuple[str, ...]:
    """The case's conversation as a variable, where the prompt writes it out."""
    return (MESSAGES,) if MESSAGES in edited.used else ()


def _label(case: Case | None) -> str:
    if case is None:
        return "?"
    flat = " ".join(" ".join(map(values.said, case.given().values())).split())
    return f"{case.key}: {flat[:48]}{'…' if len(flat) > 48 else ''}"


def _forget_cases() -> None:
    st.session_state.pop(CASES, None)


def _take_tagged() -> None:
    tag = st.session_state.get("playground_tag")
    versions = session.store().datasets.of(session.feature_id())
    version = next((v for v in versions if str(v.dataset_id) == st.session_state[DATASET]), None)
    if tag and version is not None:
        tagged = [case.key for case in visible(version) if tag in case.tags]
        st.session_state[CASES] = tagged[:MOST_CASES]
