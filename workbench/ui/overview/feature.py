"""The open feature on the Overview: what it is for, and the drawer in which it is written."""

from uuid import UUID

import streamlit as st

from workbench.actions import features
from workbench.domain.features import FIELDS, Feature
from workbench.errors import Conflict, WorkbenchError
from workbench.ui.parts import dialogs, drafts, session, trouble
from workbench.ui.parts.text import md, prose

EDIT, NEW = "edit", "new"
_NAMES = ("name", *(name for name, _, _ in FIELDS))
_BASE = "overview_based_on"


def card(feature: Feature) -> None:
    """The feature in a frame: what it does for whom, the rest folded away, and how to edit it."""
    assert feature.id is not None
    draft = session.store().drafts.get(_scope(feature.id))
    with st.container(border=True, gap="small", key="overview_feature"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(md(feature.name), width="stretch", anchor=False)
            if draft is not None:
                st.badge("unsaved edits", icon=":material/edit_note:", color="orange")
            st.button(
                "Edit" if draft is None else "Continue editing",
                key="overview_edit",
                icon=":material/edit:",
                on_click=_open,
                args=(feature.id,),
            )
        empty = [label.lower() for name, label, _ in FIELDS if not getattr(feature, name)]
        left, right = st.columns(2, gap="medium")
        for column, name, label in ((left, "job", "Job to be done"), (right, "goal", "Goal")):
            if getattr(feature, name):
                with column:
                    st.caption(label)
                    prose(getattr(feature, name))
        folded = [(name, label) for name, label, _ in FIELDS if name not in ("job", "goal")]
        written = [(name, label) for name, label in folded if getattr(feature, name)]
        if written:
            with st.expander(
                ", ".join(label for _, label in written).capitalize(), icon=":material/notes:"
            ):
                for name, label in written:
                    st.caption(label)
                    prose(getattr(feature, name))
        if empty:
            st.caption(f":material/lightbulb: Still to say: {', '.join(empty)}.")


def new_button(kind: str = "secondary") -> None:
    """The button that opens the drawer for a new feature."""
    st.button(
        "New feature",
        key="overview_new",
        icon=":material/add:",
        type="primary" if kind == "primary" else "secondary",
        on_click=_open,
        args=(None,),
    )


def dialog() -> None:
    """The drawer for the open feature, or for a new one."""
    is_new = dialogs.opened() == NEW
    dialogs.show(
        "New feature" if is_new else "Edit the feature",
        lambda: _form(None if is_new else session.feature_id()),
        icon=":material/edit:",
        width="medium",
        position="right",
    )


def _form(feature_id: UUID | None) -> None:
    st.text_input(
        "Name",
        key=_key("name"),
        max_chars=80,
        placeholder="As its users would call it",
        help="Links carry the name, so every feature has another one.",
        on_change=_keep,
        args=(feature_id,),
        persist_state="session",
    )
    for name, label, question in FIELDS:
        st.text_area(
            label,
            key=_key(name),
            placeholder=question,
            height=100,
            help=question,
            on_change=_keep,
            args=(feature_id,),
            persist_state="session",
        )
    labels = {"name": "Name"} | {name: label for name, label, _ in FIELDS}
    drafts.clashes(_scope(feature_id), labels, _use)
    if feature_id is not None and _is_overtaken(feature_id):
        _settle(feature_id)
    else:
        with st.container(horizontal=True):
            st.button(
                "Create" if feature_id is None else "Save",
                key="overview_save",
                type="primary",
                icon=":material/check:",
                on_click=_save,
                args=(feature_id, False),
            )
            st.button("Discard", key="overview_discard", on_click=_discard, args=(feature_id,))
    st.caption("What you write here is kept as a draft, also when you close or reload the page.")


def _settle(feature_id: UUID) -> None:
    """Both texts, and the choice between them."""
    theirs = session.store().features.get(feature_id)
    trouble.show(
        Conflict(
            "Somebody changed this feature while you were editing it.",
            mine=_written(feature_id).text(),
            theirs=theirs.text(),
            hint="Bring over what you want to keep, then choose.",
        )
    )
    with st.container(horizontal=True):
        st.button(
            "Save mine over theirs",
            key="overview_save_mine",
            type="primary",
            on_click=_save,
            args=(feature_id, True),
        )
        st.button("Take theirs", key="overview_take_theirs", on_click=_take, args=(feature_id,))


def _open(feature_id: UUID | None) -> None:
    store = session.store()
    feature = Feature("", revision=0) if feature_id is None else store.features.get(feature_id)
    start = {name: getattr(feature, name) for name in _NAMES}
    draft = drafts.get(_scope(feature_id), start=start)
    for name in _NAMES:
        saved = getattr(feature, name)
        st.session_state[_key(name)] = saved if draft is None else draft.body.get(name, saved)
    is_restored = draft is not None and bool(draft.body)
    st.session_state[_BASE] = draft.based_on if draft and is_restored else feature.revision
    dialogs.choose(NEW if feature_id is None else EDIT)


def _keep(feature_id: UUID | None) -> None:
    body = {name: st.session_state[_key(name)] for name in _NAMES}
    kept = drafts.keep(_scope(feature_id), body, st.session_state[_BASE])
    for name in _NAMES:
        # Another tab of this person may have written into other fields.
        st.session_state[_key(name)] = kept.body.get(name, body[name])
    st.session_state[_BASE] = kept.based_on


def _save(feature_id: UUID | None, is_settled: bool) -> None:
    store = session.store()
    try:
        if is_settled and feature_id is not None:
            st.session_state[_BASE] = store.features.get(feature_id).revision
        edited = _written(feature_id)
        save = features.create if feature_id is None else features.edit
        saved = save(store, session.who(), edited)
    except Conflict:
        return  # the form compares revisions itself and offers both texts
    except WorkbenchError as error:
        dialogs.report(error)
        return
    drafts.drop(_scope(feature_id))
    session.open_feature(saved.name)
    dialogs.close()


def _discard(feature_id: UUID | None) -> None:
    drafts.drop(_scope(feature_id))
    dialogs.close()


def _take(feature_id: UUID) -> None:
    drafts.drop(_scope(feature_id))
    _open(feature_id)


def _use(name: str, text: str) -> None:
    st.session_state[_key(name)] = text


def _is_overtaken(feature_id: UUID) -> bool:
    return bool(session.store().features.get(feature_id).revision != st.session_state[_BASE])


def _written(feature_id: UUID | None) -> Feature:
    written = {name: str(st.session_state[_key(name)]) for name in _NAMES}
    return Feature(
        name=written["name"],
        problem=written["problem"],
        user=written["user"],
        job=written["job"],
        goal=written["goal"],
        stakes=written["stakes"],
        id=feature_id,
        revision=int(st.session_state[_BASE]),
    )


def _key(name: str) -> str:
    return f"overview_field_{name}"


def _scope(feature_id: UUID | None) -> str:
    return drafts.scope("feature", feature_id or "new")
