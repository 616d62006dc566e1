"""The open feature on the Overview: what it is for, and the drawer in which it is written."""

from uuid import UUID

import streamlit as st

from workbench.actions import features
from workbench.domain.features import FIELDS, Feature
from workbench.ui.parts import conflict, dialogs, drafts, session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, prose

EDIT, NEW = "edit", "new"
_NAMES = ("name", *(name for name, _, _ in FIELDS))
_FORM = "overview_field"


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
    form = _fields(feature_id)
    if form.is_behind and feature_id is not None:
        conflict.draw(
            form,
            "overview",
            "Somebody changed this feature while you were editing it.",
            mine=_written(form, feature_id).text(),
            theirs=session.store().features.get(feature_id).text(),
            save=_save,
            args=(feature_id,),
        )
    st.text_input(
        "Name",
        **form.bind_line("name"),
        max_chars=80,
        placeholder="As its users would call it",
        help="Links carry the name, so every feature has another one.",
    )
    for name, label, question in FIELDS:
        st.text_area(label, **form.bind(name), placeholder=question, height=100, help=question)
    form.show_clashes({"name": "Name"} | {name: label for name, label, _ in FIELDS})
    form.show_problem()
    with st.container(horizontal=True):
        st.button(
            "Create" if feature_id is None else "Save",
            key="overview_save",
            type="primary",
            icon=":material/check:",
            disabled=form.is_behind,
            on_click=_save,
            args=(form, feature_id),
        )
        st.button("Discard", key="overview_discard", on_click=_discard, args=(form,))
    st.caption("What you write here is kept as a draft, also when you close or reload the page.")


def _fields(feature_id: UUID | None) -> Form:
    there = None if feature_id is None else session.store().features.get(feature_id)
    feature = there or Feature("", revision=0)
    saved = {name: getattr(feature, name) for name in _NAMES}
    form = Form(_FORM, _scope(feature_id), saved, feature.revision)
    form.load()
    return form


def _open(feature_id: UUID | None) -> None:
    st.session_state.pop(_FORM, None)  # It may hold another feature's fields.
    _fields(feature_id)
    dialogs.choose(NEW if feature_id is None else EDIT)


def _save(form: Form, feature_id: UUID | None) -> None:
    form.load()
    edited = _written(form, feature_id)
    save = features.create if feature_id is None else features.edit
    saved = form.save(lambda: save(session.store(), session.who(), edited))
    if saved is None:
        return
    session.open_feature(saved.name)
    dialogs.close()


def _discard(form: Form) -> None:
    form.discard()
    dialogs.close()


def _written(form: Form, feature_id: UUID | None) -> Feature:
    return Feature(**form.values(), id=feature_id, revision=form.based_on)


def _scope(feature_id: UUID | None) -> str:
    return drafts.scope("feature", feature_id or "new")
