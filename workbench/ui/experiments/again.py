"""After a revision: the experiments that it made stale, run again with one button."""

from collections.abc import Sequence

import streamlit as st

from workbench.actions import experiments, outlook
from workbench.domain.experiments import Experiment
from workbench.domain.loop import RUN_AGAIN
from workbench.errors import WorkbenchError
from workbench.evidence import staleness
from workbench.evidence.words import outlook as words
from workbench.runs.forecast_users import together
from workbench.say import count
from workbench.ui.experiments.setup import OPEN
from workbench.ui.parts import session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md


def draw(every: Sequence[Experiment]) -> None:
    """What was revised since it was asked, what asking again takes, and the button that does."""
    stale = [
        found
        for row in session.requirement_verdicts()
        for found in row.criteria
        if staleness.is_by_revision(found)
    ]
    wanted = {found.experiment_id for found in stale}
    chosen = [experiment for experiment in every if experiment.id in wanted]
    if not chosen or any(services().jobs.is_live(experiment.id) for experiment in every):
        return
    takes = [outlook.anew(session.store(), experiment) for experiment in chosen]
    keys = " and ".join(experiment.key for experiment in chosen)
    why = ", ".join(dict.fromkeys(said for found in stale for said in found.stale))
    most = together([each.most for each in takes])
    asks = [f"{each.time}, {each.cost}" for each in takes]
    if len(chosen) > 1:
        asks = [f"{one.key} {said}" for one, said in zip(chosen, asks, strict=True)]
    calls = count(sum(each.calls for each in takes), most.noun)
    several = words.requests(most)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="run_again"):
        with st.container(width="stretch"):
            st.markdown(f":material/history: **Asked before {md(why)}: {md(keys)}.**")
            st.caption(
                f"{md(calls)}: {md('; '.join(asks))}. {md(several)} The answers that are here were "
                "seen before the change, so they can't confirm it; they stay as evidence."
            )
        if st.button(
            RUN_AGAIN, key="experiments_run_again", type="primary", icon=":material/replay:"
        ):
            _run(chosen)


def _run(chosen: Sequence[Experiment]) -> None:
    deed = session.store(), services().jobs, session.who()
    try:
        copies = [experiments.run_again(*deed, experiment) for experiment in chosen]
    except WorkbenchError as error:
        trouble.show(error)
        return
    st.session_state[OPEN] = copies[-1].key
    st.rerun()
