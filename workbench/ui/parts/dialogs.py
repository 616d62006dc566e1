"""The Overview's dialogs: which one is open, how it closes, and what went wrong inside."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from workbench.errors import InputError, WorkbenchError
from workbench.ui.parts import trouble

_OPEN = "overview_dialog"
_ERROR = "overview_error"
_HINT = "overview_error_hint"


def opened() -> str:
    """Which dialog is open: its name, or nothing."""
    return str(st.session_state.get(_OPEN, ""))


def choose(name: str) -> None:
    """Open a dialog; for callbacks. Session state holds it open across reruns."""
    st.session_state[_OPEN] = name
    st.session_state.pop(_ERROR, None)


def close() -> None:
    """Close the dialog; for callbacks and for people who dismiss it."""
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_ERROR, None)


def show(
    title: str,
    draw: Callable[[], None],
    *,
    icon: str,
    width: Literal["small", "medium"] = "small",
    position: Literal["center", "right"] = "center",
) -> None:
    """Draw the open dialog. When a callback has closed it, the whole page is drawn anew."""

    def body() -> None:
        if not opened():
            st.rerun()
        if _ERROR in st.session_state:
            message = str(st.session_state.pop(_ERROR))
            trouble.show(InputError(message, str(st.session_state.pop(_HINT, ""))))
        draw()

    st.dialog(title, width=width, position=position, icon=icon, on_dismiss=close)(
        trouble.boundary(body)
    )()


def report(error: WorkbenchError) -> None:
    """Have the dialog say what went wrong; for callbacks."""
    st.session_state[_ERROR] = error.message
    st.session_state[_HINT] = error.hint
