"""The note beside a rating: kept while it is written, and what other tabs wrote into it."""

import streamlit as st

from workbench.ui.parts import drafts


def field(scope: str, key: str, noted: str) -> None:
    """The field of this key, with its draft or else what was `noted` with the rating."""
    if key not in st.session_state:
        draft = drafts.get(scope, start={"note": noted})
        st.session_state[key] = draft.body.get("note", noted) if draft else noted
    st.text_input(
        "Note (optional)",
        key=key,
        placeholder="What decided it?",
        on_change=_keep,
        args=(scope, key),
        persist_state="session",
    )
    drafts.clashes(scope, {"note": "Note"}, lambda _, text: _use(key, text))


def _keep(scope: str, key: str) -> None:
    drafts.keep(scope, {"note": st.session_state[key]})


def _use(key: str, text: str) -> None:
    st.session_state[key] = text
