"""What each page says while nothing can be kept."""

import streamlit as st

from workbench.ui.parts import session
from workbench.ui.parts.text import md


def draw() -> None:
    """Nothing where the file can be written to."""
    said = session.store().condition.refusal
    if said is None:
        return
    st.warning(f"**{md(said.message)}** {md(said.hint)}", icon=":material/edit_off:")
