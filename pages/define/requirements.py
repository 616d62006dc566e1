"""Requirements: what the feature must do, in rounds, and how each is told to be met."""

import streamlit as st

from workbench.ui.parts import links, session, sheet, trouble
from workbench.ui.requirements import criteria as requirements_criteria
from workbench.ui.requirements import criterion, gaps, heading, picture, rescoring, statement
from workbench.ui.requirements import history as requirements_history
from workbench.ui.requirements import listing as requirements_listing
from workbench.ui.requirements.drafting import view as drafting_view

VIEWS = {
    "list": ":material/list_alt: Requirements",
    "draft": ":material/auto_fix_high: Draft from a text",
    "gaps": ":material/rule: Conflicts and gaps",
}

st.header("Requirements", anchor=False)
st.caption("Say what the feature must do, how you can tell, and why it changes.")
sheet.use("rows")
sheet.use("requirements")

feature = session.feature()
view = links.view("requirements_view", VIEWS)
if view == "draft":
    drafting_view.draw()
    trouble.end()
if view == "gaps":
    gaps.draw()
    trouble.end()
rescoring.draw(session.feature_id())
rows = session.requirement_verdicts()
opened = requirements_listing.choose(rows)
row = next((row for row in rows if row.requirement.key == opened), None)
requirements_listing.switch()

with st.container(horizontal=True, gap="medium", key="requirements_columns"):
    listing = st.container(width=360, key="requirements_list")
    editor = st.container(width="stretch", key="requirements_editor")

with listing:
    requirements_listing.draw(rows, opened)
    requirements_listing.archived(session.feature_id())
    picture.beside([row.requirement for row in rows], opened)

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
        criteria = [found for found in session.criteria() if found.requirement_id == requirement.id]
        criterion.take_in(requirement)
        heading.draw(requirement, requirements_listing.shown(rows))
        text, measured, history = st.tabs(
            # Without counts: a label that changes would throw its reader back to the first tab.
            [
                requirements_history.TEXT,
                ":material/straighten: Criteria",
                ":material/history: Revisions",
            ],
            key="requirements_tabs",
            on_change="rerun",
        )
        # The text is always there: what is typed into it stays as it is while another is read.
        with text:
            statement.draw(feature, requirement, has_criterion=bool(criteria))
        if measured.open:
            with measured:
                requirements_criteria.draw(criteria, row.criteria)
                requirements_criteria.archived(requirement.id)
        if history.open:
            with history:
                requirements_history.draw(requirement)
        criterion.draw(requirement, criteria)
