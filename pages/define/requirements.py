"""Requirements: what the feature must do, in rounds, and how each is told to be met."""

import streamlit as st

from workbench.ui.parts import session
from workbench.ui.requirements import criteria as requirements_criteria
from workbench.ui.requirements import criterion, statement
from workbench.ui.requirements import history as requirements_history
from workbench.ui.requirements import listing as requirements_listing

st.header("Requirements")
st.caption("Say what the feature must do, how you can tell, and why it changes.")

feature = session.feature()
rows = session.requirement_verdicts()
opened = requirements_listing.choose(rows)
row = next((row for row in rows if row.requirement.key == opened), None)

with st.container(horizontal=True, gap="large"):
    listing = st.container(width=290)
    editor = st.container(width="stretch")

with listing:
    requirements_listing.draw(rows, opened)
    if rows:
        st.caption("**Priorities** · what is worth most lies top left")
        requirements_listing.picture([row.requirement for row in rows], opened)

with editor:
    if row is None:
        st.subheader("New requirement", anchor=False)
        statement.draw(feature, None, has_criterion=False)
        st.caption(
            ":material/straighten: Next, once it is saved: add a criterion, which says how you can "
            "tell that it is met."
        )
    else:
        requirement = row.requirement
        criteria = [
            found
            for found in session.store().criteria.of(requirement.feature_id)
            if found.requirement_id == requirement.id
        ]
        requirements_criteria.rescore(requirement)
        criterion.take_in(requirement)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{requirement.key} · {requirement.draft.kind}", anchor=False)
            requirements_history.put_away(requirement)
        text, measured, history = st.tabs(
            # Without counts: a label that changes would throw its reader back to the first tab.
            [
                ":material/edit: Text",
                ":material/straighten: Criteria",
                ":material/history: Revisions",
            ],
            key="requirements_tabs",
        )
        with text:
            statement.draw(feature, requirement, has_criterion=bool(criteria))
        with measured:
            requirements_criteria.draw(criteria, row.criteria)
        with history:
            requirements_history.draw(requirement)
        criterion.draw(requirement, criteria)
