"""Severe failure modes of which nobody has said what happens then: open, whatever the verdicts."""

import streamlit as st

from workbench.evidence.words import failures as words
from workbench.say import count
from workbench.ui.parts import pages, session
from workbench.ui.parts.text import md


def draw() -> None:
    """A line for each, with the way to where it is designed. Nothing where there is none."""
    modes = session.failure_modes()
    found = words.still_open(modes)
    if not found:
        return
    listed = "\n".join(f"- {md(each)}." for each in found)
    noun = count(len(found), "severe failure mode")
    with st.container(key="decide_undesigned"):
        st.warning(f"**{noun} without a design**\n\n{listed}", icon=":material/warning:")
        first = next(mode for mode in modes if mode.is_open)
        st.button(
            "Design what happens then",
            key="decide_design",
            icon=":material/troubleshoot:",
            type="tertiary",
            on_click=_open,
            args=(first.key,),
        )


def _open(key: str) -> None:
    st.session_state["failures_view"], st.session_state["failures_open"] = "modes", key
    pages.want("failures")
