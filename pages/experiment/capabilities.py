"""Capabilities: try packs of cases on models, and see which of them can do what, and how surely."""

import streamlit as st

from workbench.actions import packs
from workbench.ui.capabilities import adopt, choosing, going, grid, own
from workbench.ui.parts import glossary, session

st.header("Capabilities", anchor=False)
st.caption(
    "Can a model do this at all, and which one? Each pack asks about one thing, and code scores "
    "the answers.",
    help=glossary.hover("capability pack", "criterion", "case", "trial"),
)
offered = packs.offered(session.store())
results = grid.read(offered)
choosing.draw(offered, is_first=not results)
going.draw(offered)
grid.draw(results)
own.draw()
adopt.dialog(results)
