"""What can be said to a suggestion: accept, edit, reject, look again."""

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from workbench.actions import drafting
from workbench.domain.drafting import Body, Resolution, Suggestion
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short
from workbench.ui.requirements.drafting import edit

TROUBLE = "requirements_draft"


def draw(
    suggestion: Suggestion,
    *,
    label: str = "Accept",
    with_criteria: bool = False,
    can_accept: bool = True,
    read: Callable[[], Body] | None = None,
) -> None:
    """The buttons of a suggestion that is open. `read` gives what was typed beside them."""
    key = suggestion.id
    with st.container(horizontal=True, gap="small", width="content"):
        st.button(
            md(label),
            key=f"requirements_draft_accept_{key}",
            icon=":material/check:",
            disabled=not can_accept,
            on_click=accept,
            args=(suggestion.id, with_criteria, read),
        )
        st.button(
            "Edit",
            key=f"requirements_draft_edit_{key}",
            icon=":material/edit:",
            type="tertiary",
            disabled=not can_accept and read is None,
            on_click=edit.show,
            args=(suggestion.id,),
        )
        st.button(
            "Reject",
            key=f"requirements_draft_reject_{key}",
            icon=":material/close:",
            type="tertiary",
            on_click=reject,
            args=(suggestion.id,),
        )


def judged(suggestion: Suggestion) -> None:
    """One line for a suggestion that somebody has judged."""
    said = short(drafting.title(suggestion.body), 120)
    who = md(suggestion.person)
    if suggestion.resolution.is_taken:
        how = "accepted" if suggestion.resolution is Resolution.ACCEPTED else "edited and accepted"
        mark = ":green[:material/check_circle:]"
        st.markdown(f"{mark} **{md(suggestion.made)}** {said} :gray[· {how} by {who}]")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[:material/cancel: ~~{said}~~ · rejected by {who}]", width="stretch")
        st.button(
            "Look again",
            key=f"requirements_draft_again_{suggestion.id}",
            icon=":material/undo:",
            type="tertiary",
            on_click=_reopen,
            args=(suggestion.id,),
        )


def accept(
    suggestion_id: UUID, with_criteria: bool = False, read: Callable[[], Body] | None = None
) -> None:
    """Accept a suggestion as it stands; for callbacks."""
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    try:
        edited = read() if read is not None else None
        drafting.accept(store, who, feature_id, suggestion_id, edited, with_criteria=with_criteria)
    except WorkbenchError as error:
        trouble.later(TROUBLE, error)


def reject(suggestion_id: UUID) -> None:
    """Turn a suggestion down; for callbacks."""
    try:
        drafting.reject(session.store(), session.who(), session.feature_id(), [suggestion_id])
    except WorkbenchError as error:
        trouble.later(TROUBLE, error)


def _reopen(suggestion_id: UUID) -> None:
    try:
        drafting.reopen(session.store(), session.who(), session.feature_id(), suggestion_id)
    except WorkbenchError as error:
        trouble.later(TROUBLE, error)
