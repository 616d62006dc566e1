"""Who is here: the field in which a browser's name is chosen."""

import streamlit as st

from workbench.domain.people import NOBODY
from workbench.ui.parts import session

_KEY = "person_field"


def draw() -> None:
    """The field. What is typed is kept for this browser alone."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = session.chosen_name()
    st.text_input(
        "Your name",
        key=_KEY,
        max_chars=60,
        placeholder=NOBODY,
        width=360,
        help="Revisions, ratings and runs carry it, so that others know whom to ask. It is kept "
        "for this browser.",
        on_change=_keep,
        persist_state="session",
    )


def _keep() -> None:
    session.choose_name(str(st.session_state[_KEY]))
