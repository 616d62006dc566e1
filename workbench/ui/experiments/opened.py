"""The feature's experiments: which there are, and which one is open."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.say import ago, count, without_output
from workbench.store.reports.experiments import ExperimentState
from workbench.ui.experiments import archived
from workbench.ui.experiments.setup import NEW, OPEN, PRESELECTED, show
from workbench.ui.parts import links, look, session
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short

LINK = "experiment"
"""The name of the link's parameter: ?experiment=E1 opens E1."""
_ALL = "experiments_all_shown"
_SCROLLS_FROM, _MOST = 8, 60
"""From so many lines on the list scrolls by itself; and how many are drawn unasked."""
_HEIGHT = 260


def opened(every: Sequence[Experiment], listed: Sequence[Experiment]) -> Experiment | None:
    """The experiment that is open: the link's or the one from before, though it be archived, else
    the newest of those that are listed."""
    by_key = {experiment.key: experiment for experiment in every}
    linked = st.query_params.get(LINK)
    if links.take_open(LINK, OPEN):
        st.session_state[NEW] = False
    found = by_key.get(st.session_state.get(OPEN, ""))
    if found is None and listed:
        if linked and linked not in by_key:
            st.warning(f"There is no experiment “{md(linked[:12])}” here; this is the newest one.")
        found = listed[-1]
    if found is not None:
        st.session_state[OPEN] = found.key
        links.give_open(LINK, OPEN, found.key)
    return found


def is_setting_up(experiments: Sequence[Experiment]) -> bool:
    """Whether the set-up is shown: asked for, or another page has chosen variants for it."""
    if st.session_state.get(PRESELECTED):
        show()
    return bool(st.session_state.get(NEW, False))


def draw(experiments: Sequence[Experiment], chosen: Experiment) -> None:
    """The list, a line each, the newest first. A click opens that experiment."""
    if not experiments:
        return
    states = session.experiment_states()
    is_cut = len(experiments) > _MOST and not st.session_state.get(_ALL)
    shown = list(reversed(experiments))[: _MOST if is_cut else None]
    height: Literal["content"] | int = _HEIGHT if len(shown) >= _SCROLLS_FROM else "content"
    with st.container(key="experiments_rows", height=height, border=True, gap=None):
        for experiment in shown:
            _row(experiment, states.get(experiment.id), is_open=experiment.id == chosen.id)
        if is_cut:
            st.button(
                f"Show all {len(experiments):,}",
                key="experiments_show_all",
                icon=":material/expand_more:",
                type="tertiary",
                on_click=_show_all,
            )


def _row(experiment: Experiment, found: ExperimentState | None, *, is_open: bool) -> None:
    state = _state(found)
    variants = ", ".join(variant.label for variant in experiment.variants)
    mark = look.state(found.state if found else "", is_answered=_is_answered(found)).mark
    # The question last: a narrow page shows how a line begins.
    st.button(
        f"{mark} **{experiment.key}** :gray[{md(state)} · {md(variants)} ·] "
        f"{short(experiment.question, 140)}",
        key=f"experiments_open_{experiment.id}",
        type="secondary" if is_open else "tertiary",
        width="stretch",
        on_click=_choose,
        args=(experiment.key,),
        help=f"{md(experiment.question)}\n\n**{md(state)}** · "
        f"{'variant' if len(experiment.variants) == 1 else 'variants'} {md(variants)} · "
        f"{count(experiment.n_cases, 'case')} × {count(experiment.trials, 'trial')} · "
        f"set up {ago(experiment.created_at)}",
    )


def heading(experiment: Experiment) -> None:
    """The open experiment's question, where its run stands and what it is frozen as."""
    st.subheader(f"{experiment.key} · {md(experiment.question)}", anchor=False)
    found = session.experiment_states().get(experiment.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_stopping = services().jobs.is_stopping(experiment.id)
        state = look.state(found.state if found else "", is_answered=_is_answered(found))
        look.draw(look.STOPPING if is_stopping else state)
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


def _choose(key: str) -> None:
    st.session_state[OPEN] = key


def _show_all() -> None:
    st.session_state[_ALL] = True


def _is_answered(found: ExperimentState | None) -> bool:
    return found is not None and found.progress.done == found.progress.planned


def _state(found: ExperimentState | None) -> str:
    shown = look.state(found.state if found else "", is_answered=_is_answered(found))
    if found is None or (_is_answered(found) and not found.state):
        return shown.word
    progress = found.progress
    told = f"{shown.word}, {progress.done} of {progress.planned}"
    errors = without_output(progress.failed, progress.refused)
    return f"{told}, {errors}" if errors else told
