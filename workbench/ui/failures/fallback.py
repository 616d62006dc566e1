"""What happens when a failure mode happens: as it was designed, and whether its check shows it."""

import streamlit as st

from workbench.actions import failures
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode
from workbench.errors import WorkbenchError
from workbench.evidence.words import failures as words
from workbench.ui.failures import reading
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.text import md, prose


def draw(mode: FailureMode, experiment: Experiment) -> None:
    """The design with what it lacks, what its check says, and the way to run it."""
    fallback = mode.draft.fallback
    st.markdown("**What happens then**")
    if fallback.noticed:
        prose(f"Noticed: {fallback.noticed}")
    if fallback.response:
        st.markdown(f"The product {fallback.response.label}.")
    if fallback.reads:
        prose(f"The user reads: {fallback.reads}")
    lacks = words.undesigned(mode)
    if lacks:
        said = f"{lacks[0].upper()}{lacks[1:]}."
        if mode.is_open:
            st.warning(
                f"{md(said)} It is severe, so it is listed on Decide and in the spec.",
                icon=":material/warning:",
            )
        else:
            st.caption(f":material/radio_button_unchecked: {md(said)}")
    if fallback.criterion_id is not None:
        _check(mode, experiment)


def _check(mode: FailureMode, experiment: Experiment) -> None:
    known = {criterion.id: criterion for criterion in session.criteria()}
    criterion = known.get(mode.draft.fallback.criterion_id or mode.id)
    if criterion is None:
        st.caption(":material/archive: The criterion that shows it was put away. Choose another.")
        return
    st.markdown(f"Shown by **{md(criterion.key)}** {md(criterion.draft.title)}")
    found = reading.shown(mode)
    for each in found:
        st.caption(md(words.shown(each)))
    if not found:
        st.caption("None of its cases has an output that could show it yet.")
    st.button(
        "Plan a run on its cases",
        key=f"failures_plan_{mode.id}",
        icon=":material/science:",
        help="Freezes an experiment of this failure mode's own cases, judged by this criterion. "
        "You start it on Experiments.",
        on_click=_plan,
        args=(mode, experiment),
    )
    trouble.show_kept(f"failures_plan_{mode.id}")


def _plan(mode: FailureMode, experiment: Experiment) -> None:
    try:
        frozen = failures.plan_check(session.store(), session.who(), mode, experiment)
    except WorkbenchError as error:
        trouble.later(f"failures_plan_{mode.id}", error)
        return
    st.session_state["experiments_open"] = frozen.key
    pages.want("experiments")
