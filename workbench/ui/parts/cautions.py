"""What to keep in mind of results, folded: each guard once, with what to do about it."""

from collections.abc import Sequence

import streamlit as st

from workbench.evidence.guards import Guard
from workbench.say import count
from workbench.ui.parts.text import md


def draw(found: Sequence[Guard], key: str, *, names_experiment: bool = False) -> None:
    """Nothing where there is nothing to keep in mind."""
    if not found:
        return
    things = count(len(found), "thing")
    with st.expander(f"{things} to keep in mind", icon=":material/shield:", key=key):
        for guard in found:
            where = f"**{md(guard.experiment)}** " if names_experiment else ""
            st.markdown(f"{where}{md(guard.said)}  \n:gray[→ {md(guard.do)}]")
