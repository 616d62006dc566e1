"""What a small form behind a button has around its fields: of a dataset's terms, of a plan."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from workbench.domain.fingerprint import fingerprint
from workbench.ui.parts import conflict
from workbench.ui.parts.form import Form


def number_of(saved: Mapping[str, Any]) -> int:
    """What tells one text from another where what is saved has no revisions."""
    return int(fingerprint(saved)[:7], 16)


def head(
    form: Form,
    key: str,
    said: str,
    *,
    mine: str,
    theirs: str,
    save: Callable[..., None],
    args: tuple[Any, ...],
) -> None:
    """Both texts where somebody saved meanwhile, or that a draft came back. As `conflict.draw`."""
    if form.is_behind:
        conflict.draw(form, key, said, mine=mine, theirs=theirs, save=save, args=args)
    elif form.is_restored:
        st.caption(":orange[:material/history_edu: **Unsaved draft restored**]")


def foot(
    form: Form,
    key: str,
    label: str,
    labels: Mapping[str, str],
    *,
    save: Callable[..., None],
    args: tuple[Any, ...],
) -> None:
    """What clashes, what went wrong, and the buttons; `labels` names the fields, `save` takes the
    form and `args`."""
    form.show_clashes(labels)
    form.show_problem()
    with st.container(horizontal=True):
        st.button(
            label,
            key=f"{key}_save",
            type="primary",
            disabled=form.is_behind,
            on_click=save,
            args=(form, *args),
        )
        if form.is_changed:
            st.button("Discard", key=f"{key}_discard", type="tertiary", on_click=form.discard)
