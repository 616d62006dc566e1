"""Putting something away: what that means, why, and a way out that is the first at hand."""

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from workbench.errors import WorkbenchError
from workbench.ui.parts.text import md


def draw(
    place: str, key: str, thing_id: UUID, means: str, example: str, act: Callable[[str], None]
) -> None:
    """A button that opens the question. `place` begins the widgets' keys, `key` names the thing,
    `means` says what becomes of it, and `act` takes the reason."""
    opened = f"{place}_put_away_{thing_id}"
    with st.popover(
        "Archive", icon=":material/archive:", type="tertiary", key=opened, on_change="rerun"
    ):
        st.write(f"Put {key} away? {means}")
        why = st.text_input(
            "Why?", key=f"{place}_archive_why_{thing_id}", live=True, placeholder=example,
            persist_state="page",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.button(
                f"Keep {key}",
                key=f"{place}_archive_keep_{thing_id}",
                type="primary",
                on_click=_close,
                args=(opened,),
            )
            st.button(
                f"Archive {key}",
                key=f"{place}_archive_{thing_id}",
                disabled=not why.strip(),
                help=None if why.strip() else "Say why first: it is kept in the history.",
                on_click=_act,
                args=(opened, act, why),
            )


def _close(opened: str) -> None:
    st.session_state[opened] = False


def _act(opened: str, act: Callable[[str], None], why: str) -> None:
    _close(opened)
    try:
        act(why)
    except WorkbenchError as error:
        st.toast(f"{md(error.message)} {md(error.hint)}", icon=":material/error:")
