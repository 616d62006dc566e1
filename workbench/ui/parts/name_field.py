"""Who is here: the field in which a browser's name is chosen."""

import streamlit as st

from workbench.domain.people import NOBODY
from workbench.ui.parts import session

_KEY = "person_field"
_REFUSED = "person_refused"


def draw() -> None:
    """The field. What is typed is kept for this browser alone; what is no name leaves it empty."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = session.chosen_name()
    st.text_input(
        "Your name",
        key=_KEY,
        max_chars=60,
        placeholder="As your team knows you",
        width=360,
        help="Revisions, ratings and runs carry it, so that others know whom to ask. It takes one "
        "to rate outputs. It is kept for this browser.",
        on_change=_keep,
        persist_state="session",
    )
    if st.session_state.pop(_REFUSED, False):
        st.caption(
            f":material/person_off: “{NOBODY}” is what stands where nobody said a name. Choose one "
            "that others know you by."
        )
    elif not session.chosen_name():
        st.caption(
            f"Until you choose one, you cannot rate, and what else you do is signed “{NOBODY}”."
        )


def _keep() -> None:
    """Callback: the field holds what was kept."""
    typed = str(st.session_state[_KEY])
    session.choose_name(typed)
    st.session_state[_KEY] = session.chosen_name()
    st.session_state[_REFUSED] = bool(typed.strip()) and not session.chosen_name()
