"""The feature's experiments: which there are, and which one is open."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.say import count, without_output
from workbench.store.reports.experiments import ExperimentState
from workbench.ui.experiments import archived
from workbench.ui.experiments.setup import NEW, OPEN, PRESELECTED, show
from workbench.ui.parts import look, session
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, tabular

LINK = "experiment"
"""The name of the link's parameter: ?experiment=E1 opens E1."""
_LINKED = "experiments_linked"


def opened(every: Sequence[Experiment], listed: Sequence[Experiment]) -> Experiment | None:
    """The experiment that is open: the link's or the one from before, though it be archived, else
    the newest of those that are listed."""
    by_key = {experiment.key: experiment for experiment in every}
    linked = st.query_params.get(LINK)
    if linked and linked != st.session_state.get(_LINKED):
        st.session_state[OPEN] = linked
        st.session_state[NEW] = False
    found = by_key.get(st.session_state.get(OPEN, ""))
    if found is None and listed:
        if linked and linked not in by_key:
            st.warning(f"There is no experiment “{md(linked[:12])}” here; this is the newest one.")
        found = listed[-1]
    if found is not None:
        st.session_state[OPEN] = found.key
        st.session_state[_LINKED] = found.key
        if st.query_params.get(LINK) != found.key:
            st.query_params[LINK] = found.key
    return found


def is_setting_up(experiments: Sequence[Experiment]) -> bool:
    """Whether the set-up is shown: asked for, or another page has chosen variants for it."""
    if st.session_state.get(PRESELECTED):
        show()
    return bool(st.session_state.get(NEW, False))


def draw(experiments: Sequence[Experiment], chosen: Experiment) -> None:
    """The list. Selecting a row opens that experiment."""
    if not experiments:
        return
    newest_first = list(reversed(experiments))
    keys = [experiment.key for experiment in newest_first]
    # One that is archived is open without being in the list.
    rows = [keys.index(chosen.key)] if chosen.key in keys else []
    states = session.experiment_states()
    frame = pd.DataFrame(
        {
            "Key": keys,
            # Before the question: a narrow page shows the first columns.
            "State": [_state(states.get(e.id)) for e in newest_first],
            "Question": [experiment.question for experiment in newest_first],
            "Variants": [", ".join(v.label for v in e.variants) for e in newest_first],
            "Cases × trials": [f"{e.n_cases} × {e.trials}" for e in newest_first],
            "Set up": [experiment.created_at for experiment in newest_first],
        }
    )
    st.dataframe(
        tabular(frame),
        # Another open experiment is another table: its row is selected when it first appears.
        key=f"experiments_list_{chosen.key}_{len(keys)}",
        hide_index=True,
        height="auto" if len(keys) <= 6 else 250,
        on_select=lambda: _choose(chosen.key, keys),
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows, "columns": []}},
        column_config={
            "Key": st.column_config.TextColumn(width=50),
            "State": st.column_config.TextColumn(width=150),
            "Question": st.column_config.TextColumn(width="large"),
            "Variants": st.column_config.TextColumn(width=80),
            "Cases × trials": st.column_config.TextColumn(width=90),
            "Set up": st.column_config.DatetimeColumn(width=120, format="distance"),
        },
    )


def heading(experiment: Experiment) -> None:
    """The open experiment's question, where its run stands and what it is frozen as."""
    st.subheader(f"{experiment.key} · {md(experiment.question)}", anchor=False)
    run = session.store().runs.latest(experiment.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_stopping = services().jobs.is_stopping(experiment.id)
        look.draw(look.STOPPING if is_stopping else look.state("" if run is None else run.state))
        for variant in experiment.variants:
            look.variant(variant)
        st.markdown(
            f":gray[{count(experiment.n_cases, 'case')} × {count(experiment.trials, 'trial')} · "
            f":material/lock: plan frozen as `{experiment.plan_hash[:8]}`]",
            width="content",
            help="The fingerprint covers the question, cases, variants, criteria, trials and stop "
            "rule. Change one of them and it is another experiment.",
        )
        archived.put_away(experiment)


def _choose(chosen: str, keys: list[str]) -> None:
    rows = st.session_state[f"experiments_list_{chosen}_{len(keys)}"]["selection"]["rows"]
    if rows:
        st.session_state[OPEN] = keys[rows[0]]


def _state(found: ExperimentState | None) -> str:
    if found is None:
        return look.state("").word
    progress = found.progress
    label = look.state(found.state).word
    if not found.state and progress.done == progress.planned:
        return "answered"
    told = f"{label}, {progress.done} of {progress.planned}"
    errors = without_output(progress.failed, progress.refused)
    return f"{told}, {errors}" if errors else told
