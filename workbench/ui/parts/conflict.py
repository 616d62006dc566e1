"""Somebody saved what is being edited: both texts, and the two ways on."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from workbench.errors import Conflict
from workbench.ui.parts import redline, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import SHOWN, md


def draw(
    form: Form,
    key: str,
    said: str,
    *,
    mine: str,
    theirs: str,
    save: Callable[..., None],
    args: tuple[Any, ...],
    about_theirs: str | None = None,
) -> None:
    """What was typed stays in the form and in the draft until one of the buttons is pressed, whose
    keys begin with `key`; `save` takes the form and `args`, and saves on what is there then."""
    trouble.show(
        Conflict(
            said,
            mine=mine,
            theirs=theirs,
            hint="Yours is kept as a draft. Save it on top, or load theirs.",
        )
    )
    st.caption("From theirs to yours: what yours leaves out is struck out, what it adds is bold.")
    st.markdown(redline.of(theirs[:SHOWN], mine[:SHOWN]))
    with st.container(horizontal=True):
        st.button(
            "Save mine on top",
            key=f"{key}_save_mine",
            icon=":material/vertical_align_top:",
            type="primary",
            on_click=_save_on_top,
            args=(form, save, args),
        )
        st.button(
            "Load theirs",
            key=f"{key}_load_theirs",
            icon=":material/download:",
            on_click=form.discard,
            help=about_theirs,
        )


def _save_on_top(form: Form, save: Callable[..., None], args: tuple[Any, ...]) -> None:
    form.load()
    form.rebase()
    save(form, *args)
    if form.complaint:
        # The form says so beside its own button, which is out of sight from here.
        st.toast(f"Not saved yet. {md(form.complaint)}", icon=":material/error:")
