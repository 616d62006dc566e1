"""Pictures and documents of a case: added, looked at and taken off, as edits of the dataset."""

from dataclasses import replace
from typing import Any

import streamlit as st

from workbench.actions import datasets
from workbench.domain import attachments
from workbench.domain.attachments import MOST_BYTES, MOST_FILES, Attachment
from workbench.domain.dataset_changes import Edits
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.data import drafts, save
from workbench.ui.parts import attached, session, trouble
from workbench.ui.parts.text import md, plain, short

TYPES = ["png", "jpg", "jpeg", "pdf"]


def draw(newest: DatasetVersion, drawn: save.Drawn, edits: Edits) -> None:
    """Choose a case of the grid, and its files."""
    rows = {row.name: edits.rows.get(row.name, row.case) for row in drawn.shown} | edits.added()
    rows = {name: case for name, case in rows.items() if name not in edits.removed}
    if not rows:
        return
    with st.expander("Attach pictures and documents", icon=":material/attach_file:"):
        st.caption(
            f"PNG, JPEG and PDF, up to {MOST_BYTES >> 20} MB each and {MOST_FILES} a case. They go "
            "with what the user says last: a picture as it is (with what it tells of its place and "
            "camera), of a PDF its text under its name."
        )
        name = st.selectbox(
            "Case",
            list(rows),
            format_func=lambda row: plain(_label(rows[row])) if row in rows else "?",
            key=f"data_attach_case_{newest.dataset_id}",
            persist_state="session",
        )
        if name in rows:
            _files(newest, drawn, name, rows[name])


def _files(newest: DatasetVersion, drawn: save.Drawn, name: str, case: CaseDraft) -> None:
    known = session.store().attachments.known([one.sha256 for one in case.attachments])
    with st.container(horizontal=True, gap="medium"):
        for place, one in enumerate(case.attachments):
            with st.container(width=attached.WIDTH, gap="xsmall"):
                attached.one_file(one, known.get(one.sha256))
                st.button(
                    "Take off",
                    key=f"data_detach_{place}_{one.sha256[:12]}_{name}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=_take_off,
                    args=(newest, drawn, name, case, one),
                )
    round_of = f"data_attach_round_{newest.dataset_id}"
    given = st.file_uploader(
        "Files for this case",
        type=TYPES,
        accept_multiple_files=True,
        key=f"data_attach_files_{newest.dataset_id}_{st.session_state.get(round_of, 0)}",
        max_upload_size=MOST_BYTES >> 20,
    )
    if not st.button(
        f"Attach to {md(short(case.key or 'the new row', 40))}",
        key="data_attach_add",
        icon=":material/attach_file_add:",
        disabled=not given,
    ):
        return
    try:
        after = replace(case, attachments=_with(case, given))
        attachments.refuse_unfit(after.attachments, "The case")
    except WorkbenchError as error:
        trouble.show(error)
        return
    _settle(newest, drawn, name, after)
    st.session_state[round_of] = int(st.session_state.get(round_of, 0)) + 1
    st.rerun()


def _with(case: CaseDraft, given: list[Any]) -> attachments.Attachments:
    """The case's files with those that were given, which are kept now. Raises InputError."""
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    new = [
        datasets.attach(store, who, feature_id, str(one.name), bytes(one.getvalue()))
        for one in given
    ]
    return attachments.added(case.attachments, new)


def _take_off(
    newest: DatasetVersion, drawn: save.Drawn, name: str, case: CaseDraft, gone: Attachment
) -> None:
    left = tuple(one for one in case.attachments if one != gone)
    _settle(newest, drawn, name, replace(case, attachments=left))


def _settle(newest: DatasetVersion, drawn: save.Drawn, name: str, after: CaseDraft) -> None:
    drawn.edits()
    drafts.settle(drawn.scope, newest.number, more=Edits({name: after}))


def _label(case: CaseDraft) -> str:
    n = len(case.attachments)
    files = f" · {count(n, 'file')}" if n else ""
    return f"{case.key or '(new row)'}{files}"
