"""Score: a person rates outputs side by side, without knowing which variant wrote which."""

import streamlit as st

from workbench.actions.rating import Task
from workbench.ui.parts import links, loop_bar, name_field, pages, session, trouble
from workbench.ui.parts.text import plain
from workbench.ui.rating import agreement, desk, place, reading, shares, together

RATE, AGREEMENT = "rate", together.VIEW
VIEWS = {RATE: "Rate", AGREEMENT: "Agreement"}

st.header("Score", anchor=False)
st.caption("Rate outputs side by side, one case at a time. Each rating is saved at once.")

session.feature_id()
criteria = reading.rating_criteria()
experiments = session.answered()
if not criteria:
    st.info(
        "No criterion of this feature asks a person, so there is nothing to rate. Checks score by "
        "themselves. Add a criterion that is rated where only a person can tell.",
        icon=":material/lightbulb:",
    )
    st.page_link(
        pages.link("requirements"), label="Add a rated criterion", icon=":material/edit_note:"
    )
    trouble.end()
if not experiments:
    st.info(
        "There are no outputs to rate yet. Run an experiment first.", icon=":material/lightbulb:"
    )
    st.page_link(pages.link("experiments"), label="Go to Experiments", icon=":material/science:")
    trouble.end()

by_key = {experiment.key: experiment for experiment in experiments}
links.take("experiment", "score_experiment", by_key)
if st.session_state.get("score_experiment") not in by_key:
    st.session_state["score_experiment"] = reading.to_open_first(experiments, criteria).key
with st.container(horizontal=True, vertical_alignment="bottom"):
    key = st.selectbox(
        "Experiment",
        list(by_key),
        key="score_experiment",
        format_func=lambda found: plain(f"{found} · {by_key[found].question}"),
        persist_state="session",
    )
    links.give("experiment", "score_experiment")
    experiment = by_key[key]
    ordered = {c.key: c for c in reading.planned_first(experiment, criteria)}
    links.take("criterion", "score_criterion", ordered)
    criterion = ordered[
        st.selectbox(
            "Criterion",
            list(ordered),
            key="score_criterion",
            format_func=lambda found: plain(f"{found} · {ordered[found].draft.title}"),
            help="Criteria that ask a person. Checks score by themselves.",
            persist_state="session",
        )
    ]

    links.give("criterion", "score_criterion")
    shares.draw(criterion)
    about = "Agreement: where raters differ, and what follows from it."
    view = links.view(together.SHOWN, VIEWS, help=about)

task = Task(experiment, criterion, session.person())
if view == AGREEMENT:
    links.give_open("case", place.CASE, None)
    agreement.draw(task)
    trouble.end()

if not session.chosen_name():
    st.info(
        "Say who you are before you rate: a rating belongs to a person, so that two people can be "
        "told apart and compared.",
        icon=":material/person:",
    )
    name_field.draw()
    trouble.end()

# A part of its own: after a key only this is drawn again, not the page around it.
st.fragment(trouble.boundary(desk.draw))(task, loop_bar.drawn())
