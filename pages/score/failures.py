"""Failures: outputs read one at a time, and what went wrong sorted into failure modes."""

import streamlit as st

from workbench.ui.failures import modes, output, reading, standing
from workbench.ui.parts import altered, glossary, links, pages, session, trouble
from workbench.ui.parts.text import plain

READ, SORT, STANDING = "read", "modes", "standing"

st.header("Failures", anchor=False)
st.caption(
    "Read outputs one at a time, note what went wrong first, sort the notes into failure modes.",
    help=glossary.hover("failure mode", "slice", "interval", "trial"),
)

session.feature_id()
altered.draw()
experiments = reading.experiments()
if not experiments:
    st.info(
        "There are no outputs to read yet. Run an experiment first.", icon=":material/lightbulb:"
    )
    st.page_link(pages.link("experiments"), label="Go to Experiments", icon=":material/science:")
    trouble.end()

by_key = {experiment.key: experiment for experiment in experiments}
VIEWS = {
    READ: "Read outputs",
    SORT: f"Failure modes ({len(session.failure_modes())})",
    STANDING: "What it comes to",
}
with st.container(horizontal=True, vertical_alignment="bottom"):
    links.take("experiment", "failures_experiment", by_key)
    key = st.selectbox(
        "Experiment",
        list(by_key),
        key="failures_experiment",
        format_func=lambda found: plain(f"{found} · {by_key[found].question}"),
        persist_state="session",
    )
    links.give("experiment", "failures_experiment")
    view = links.view("failures_view", VIEWS)
if view == SORT:
    modes.draw(by_key[key])
elif view == STANDING:
    standing.draw(by_key[key])
else:
    output.draw(by_key[key])
