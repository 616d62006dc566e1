"""What to keep in mind of results, folded: each guard once, with what to do about it."""

from collections.abc import Sequence

import streamlit as st

from workbench.evidence.guards import Guard
from workbench.say import count
from workbench.ui.parts import folds
from workbench.ui.parts.text import md


def draw(found: Sequence[Guard], key: str, *, names_experiment: bool = False) -> None:
    """Nothing where there is nothing to keep in mind."""
    if not found:
        return
    label = f"{count(len(found), 'thing')} to keep in mind"
    with st.expander(label, icon=":material/shield:", **folds.bind(key, label)) as folded:
        for guard in found if folded.open else ():
            where = f"**{md(guard.experiment)}** " if names_experiment else ""
            st.markdown(f"{where}{md(guard.said)}  \n:gray[→ {md(guard.do)}]")
