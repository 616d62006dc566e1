"""Experiments: ask a question of the models, watch it being answered, read what came out."""

import streamlit as st

from workbench.ui.experiments import (
    again,
    archived,
    bring_in,
    compare,
    grid,
    opened,
    outputs,
    plan,
    progress,
    results,
    setup,
)
from workbench.ui.parts import links, session, sheet, trouble

VIEWS = {
    "Results": results.draw,
    "Compare": compare.draw,
    "Grid": grid.draw,
    "Outputs": outputs.draw,
    "Plan": plan.draw,
}

sheet.use("rows")
feature = session.feature()
every = session.experiments()
put_away = session.archived_experiments()
experiments = [experiment for experiment in every if experiment.id not in put_away]
is_setting_up = opened.is_setting_up(experiments)

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.header("New experiment" if is_setting_up else "Experiments", anchor=False)
    if not is_setting_up:
        st.button(
            "New experiment",
            key="experiments_new_button",
            icon=":material/add:",
            type="secondary" if experiments else "primary",
            on_click=setup.show,
        )
        bring_in.opener()
st.caption(
    "Put a question to the models: which variant meets the bars on these cases, and how sure "
    "can you be?"
)

if is_setting_up:
    setup.draw(feature)
    trouble.end()

bring_in.draw(feature)
chosen = opened.opened(every, experiments)
if chosen is None:
    archived.draw(every)
    st.info(
        f"{'Every experiment is archived' if every else 'No experiment yet'}. Set one up: choose "
        "the cases, the variants to compare and what good means. You see what it takes before it "
        "starts.",
        icon=":material/science:",
    )
    trouble.end()

again.draw(experiments)
opened.draw(experiments, chosen)
archived.draw(every)
opened.heading(chosen)
progress.draw(chosen)
links.take("show", "experiments_view", VIEWS)
view = st.segmented_control(
    "View",
    list(VIEWS),
    default="Results",
    required=True,
    key="experiments_view",
    label_visibility="collapsed",
    persist_state="session",
)
links.give("show", "experiments_view")
VIEWS[view](chosen)
