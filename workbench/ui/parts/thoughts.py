"""What stands beside an answer: what the model thought first, and what could not be sent."""

from collections.abc import Iterable

import streamlit as st

from workbench.domain.adaptations import Adaptation
from workbench.ui.parts.text import SHOWN, md, output

_TITLE = "What the model thought first"
_HELP = "Kept apart from the answer: only criteria that ask for it look at it."


def folded(text: str) -> None:
    """The thoughts before an answer, folded; nothing where there are none."""
    if text.strip():
        with st.expander(_TITLE, icon=":material/psychology:"):
            st.caption(_HELP)
            output(text)


def behind_a_button(text: str) -> None:
    """The same where there is little room."""
    if text.strip():
        with st.popover("Thoughts", icon=":material/psychology:", type="tertiary"):
            st.caption(f"{_TITLE}. {_HELP}")
            output(text[: SHOWN + 1])


def not_as_asked(adaptations: Iterable[str]) -> None:
    """What of a request was sent otherwise or not at all, and whose doing that is."""
    found = [Adaptation.parse(text) for text in adaptations]
    if not found:
        return
    is_loss = any(one.changes_the_question for one in found)
    said = "; ".join(one.words for one in found)
    icon = ":orange[:material/tune:]" if is_loss else ":material/tune:"
    st.caption(f"{icon} The server refuses part of the request: {md(said)}.")
