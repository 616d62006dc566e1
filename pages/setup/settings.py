"""Settings: who is here, who may be asked, and the file that holds everything."""

import streamlit as st

from workbench.ui import session, settings_connection_form, settings_connections, settings_file

st.header("Settings", anchor=False)
st.caption("Who you are, which models may be asked, and where everything is kept.")


def remember() -> None:
    """Keep the name for the next visit."""
    name = " ".join(str(st.session_state["settings_person"]).split())
    st.session_state["person"] = name
    session.store().drafts.prefer("person", name)


session.person()
st.text_input(
    "Your name",
    value=str(st.session_state["person"]),
    key="settings_person",
    persist_state="page",
    max_chars=60,
    placeholder="Somebody",
    width=360,
    help="Revisions, ratings and runs carry it, so that others know whom to ask.",
    on_change=remember,
)
settings_connections.draw()
settings_file.draw()
settings_connection_form.draw()
