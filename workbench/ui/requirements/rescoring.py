"""Stored outputs are scored by what was just saved or brought back, without asking the model."""

from uuid import UUID

import streamlit as st

from workbench.runs.rescoring import catch_up
from workbench.say import stored_outputs
from workbench.ui.parts import session
from workbench.ui.parts.text import md

_DONE = "requirements_rescore"


def ask(done: str) -> None:
    """Have it done when the page is drawn; `done` says what was saved. For callbacks."""
    st.session_state[_DONE] = done


def draw(feature_id: UUID) -> None:
    """Do it where it was asked for, and say so."""
    done = st.session_state.pop(_DONE, None)
    if done is None:
        return
    with st.spinner("Scoring the stored outputs again…"):
        added = catch_up(session.store(), feature_id)
    said = md(str(done))
    if added:
        said += f" {stored_outputs(added)} scored by it, without asking the model again."
    st.toast(said, icon=":material/check:")
