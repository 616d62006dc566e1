"""Experiments: ask a question of the models, watch it being answered, read what came out."""

import streamlit as st

from workbench.ui import (
    experiment_compare,
    experiment_import,
    experiment_list,
    experiment_outputs,
    experiment_plan,
    experiment_progress,
    experiment_results,
    experiment_setup,
    session,
)

VIEWS = {
    "Results": experiment_results.draw,
    "Compare": experiment_compare.draw,
    "Outputs": experiment_outputs.draw,
    "Plan": experiment_plan.draw,
}

feature = session.feature()
experiments = session.store().experiments.of(session.feature_id())
is_setting_up = experiment_list.is_setting_up(experiments)

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.header("New experiment" if is_setting_up else "Experiments")
    if not is_setting_up:
        st.button(
            "New experiment",
            key="experiments_new_button",
            icon=":material/add:",
            type="secondary" if experiments else "primary",
            on_click=experiment_setup.show,
        )
        experiment_import.opener()
st.caption(
    "Put a question to the models: which variant meets the bars on these cases, and how sure "
    "can you be?"
)

if is_setting_up:
    experiment_setup.draw(feature)
    st.stop()

experiment_import.draw(feature)
chosen = experiment_list.opened(experiments)
if chosen is None:
    st.info(
        "No experiment yet. Set one up: choose the cases, the variants to compare and what good "
        "means. You see what it takes before it starts.",
        icon=":material/science:",
    )
    st.stop()

experiment_list.draw(experiments, chosen)
experiment_list.heading(chosen)
experiment_progress.draw(chosen)
view = st.segmented_control(
    "View",
    list(VIEWS),
    default="Results",
    required=True,
    key="experiments_view",
    label_visibility="collapsed",
    persist_state="session",
)
VIEWS[view](chosen)
