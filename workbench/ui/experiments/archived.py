"""Experiments that are out of the list: put there, listed, and restored."""

from collections.abc import Sequence

import streamlit as st

from workbench.actions import experiments
from workbench.domain.experiments import Experiment
from workbench.say import ago, count
from workbench.ui.parts import session
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short


def put_away(experiment: Experiment) -> None:
    """The button on an open experiment, with what it means; or that it is archived already."""
    if experiment.id in session.archived_experiments():
        st.badge("archived", icon=":material/archive:", color="gray")
        st.button(
            "Restore",
            key=f"experiments_restore_{experiment.id}",
            icon=":material/unarchive:",
            type="tertiary",
            on_click=_restore,
            args=(experiment,),
        )
    elif not services().jobs.is_live(experiment.id):
        with st.popover(
            "Archive",
            icon=":material/archive:",
            type="tertiary",
            key=f"experiments_put_away_{experiment.id}",
        ):
            st.caption(
                "It leaves the list and can be restored. It stays evidence: what it showed counts "
                "as before, whatever that was."
            )
            st.text_input(
                "Why?",
                key=f"experiments_archive_why_{experiment.id}",
                placeholder="A trial run, set up by mistake",
            )
            st.button(
                f"Archive {experiment.key}",
                key=f"experiments_archive_{experiment.id}",
                on_click=_archive,
                args=(experiment,),
            )


def draw(every: Sequence[Experiment]) -> None:
    """The list of those that are archived, folded away, each with the way back."""
    found = session.archived_experiments()
    mine = [experiment for experiment in every if experiment.id in found]
    if not mine:
        return
    with st.expander(f"{count(len(mine), 'archived experiment')}", icon=":material/archive:"):
        for experiment in reversed(mine):
            told = found[experiment.id]
            why = f" {md(told.why)}" if told.why else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width="stretch"):
                    st.markdown(f"**{md(experiment.key)}** {short(experiment.question, 120)}")
                    st.caption(f"Archived {ago(told.created_at)} by {md(told.author)}.{why}")
                st.button(
                    "Restore",
                    key=f"experiments_restore_listed_{experiment.id}",
                    icon=":material/unarchive:",
                    on_click=_restore,
                    args=(experiment,),
                )


def _archive(experiment: Experiment) -> None:
    why = str(st.session_state.get(f"experiments_archive_why_{experiment.id}") or "")
    experiments.archive(session.store(), services().jobs, session.who(), experiment, why)


def _restore(experiment: Experiment) -> None:
    experiments.restore(session.store(), session.who(), experiment)
