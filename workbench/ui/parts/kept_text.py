"""A text that somebody writes and has not handed in: kept while it is written."""

from collections.abc import Callable

import streamlit as st

from workbench.ui.parts import drafts


def field(
    draw: Callable[..., str],
    label: str,
    *,
    key: str,
    scope: str,
    held: str = "",
    name: str = "text",
    **shown: object,
) -> str:
    """What is written in the field that `draw` (`st.text_input`, `st.text_area`) draws.

    It outlives a reload, and what other tabs of the same person wrote into it stands beside it. One
    line is kept as it is typed, at each short pause; a text of several when its field is left.
    `held` is what it holds where nothing was written; `name` is what its draft calls it.
    """
    if key not in st.session_state:
        kept = drafts.get(scope, start={name: held})
        st.session_state[key] = kept.body.get(name, held) if kept else held
    if draw is st.text_input:
        shown["live"] = True
    text = draw(
        label, key=key, on_change=keep, args=(scope, key, held, name), persist_state="session",
        **shown,
    )  # fmt: skip
    drafts.clashes(scope, {name: label}, lambda _, other: _use(key, other))
    return text


def keep(scope: str, key: str, held: str = "", name: str = "text") -> None:
    """Keep what the field of this key holds; for callbacks."""
    text = st.session_state[key]
    if text == held:
        drafts.drop(scope, start={name: held})
    else:
        drafts.keep(scope, {name: text})


def _use(key: str, text: str) -> None:
    st.session_state[key] = text
