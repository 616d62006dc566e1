"""A model that is being asked beside the runs: how far it is, how to stop it, what went wrong."""

from collections.abc import Hashable

import streamlit as st

from workbench.errors import ModelError
from workbench.say import duration
from workbench.ui.parts import trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md


def draw(key: Hashable, name: str, *, done: int = 0, of: int = 0) -> bool:
    """Whether an errand goes on, with how far it is: `done` of so many parts. The page is drawn
    anew when a part or all of it has ended. `name` begins the keys of the widgets."""
    errand = services().errands.of(key)
    if errand is None:
        return False
    if errand.is_live:
        with st.container(border=True, key=f"{name}_going"):
            look = st.fragment(trouble.boundary(_look), run_every="1s")
            look(key, name, errand.doing, done, of)
        return True
    # That a model did not answer is kept with its call, and shown with that.
    if errand.problem is not None and not isinstance(errand.problem, ModelError):
        trouble.show(errand.problem)
        st.button("Dismiss", key=f"{name}_dismiss", on_click=services().errands.forget, args=(key,))
    return False


def _look(key: Hashable, name: str, was_doing: str, done: int, of: int) -> None:
    errand = services().errands.of(key)
    if errand is None or not errand.is_live or errand.doing != was_doing:
        st.rerun()
    what = f": {errand.doing}" if errand.doing else ""
    came = f", {errand.letters:,} characters so far" if errand.letters else ""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row.container(width="stretch"):
        said = f"**Asking {md(errand.asked)}**{md(what)}{came} · {duration(errand.seconds)}"
        st.progress(done / of if of else 0.0, text=said)
    row.button(
        "Stopping…" if errand.stop.is_asked else "Stop",
        key=f"{name}_stop",
        icon=":material/stop_circle:",
        help="What has come is kept; you can ask for the rest later.",
        on_click=errand.stop.ask,
        disabled=errand.stop.is_asked,
    )
    st.caption("You can close this tab: it goes on, and what comes stands here.")
