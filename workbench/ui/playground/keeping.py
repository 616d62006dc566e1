"""What is kept from an answer: a case, a note, a criterion that says what was good or bad."""

from uuid import UUID

import streamlit as st

from workbench.actions import keeping
from workbench.actions.asking import TYPED
from workbench.domain.criteria import Lane
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Note
from workbench.domain.trials import Trial
from workbench.errors import WorkbenchError
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.text import md, plain, prose, short


def buttons(experiment: Experiment, case: Case, trial: Trial, notes: list[Note]) -> None:
    """The three things that can be done with an output."""
    with st.container(horizontal=True, gap="xsmall"):
        _case_button(experiment, case, trial)
        _note_button(trial, notes)
        _criterion_button(experiment, case, trial)
    for note in notes:
        st.caption(f":material/sticky_note_2: {md(note.author)}")
        prose(note.text)


def _case_button(experiment: Experiment, case: Case, trial: Trial) -> None:
    is_typed = experiment.dataset == TYPED
    explained = (
        "Adds your input to the feature's dataset."
        if is_typed
        else "Adds a case with this input and this output as the reference to the dataset."
    )
    if not st.button(
        "Make it a case",
        key=f"playground_case_{trial.id}",
        icon=":material/playlist_add:",
        type="tertiary",
        help=explained,
    ):
        return
    try:
        made = keeping.case(session.store(), session.who(), experiment, case, trial)
    except WorkbenchError as error:
        trouble.show(error)
        return
    if made is None:
        st.toast("There is such a case already.", icon=":material/info:")
    else:
        version, key = made
        st.toast(
            f"Added {short(key)} to {short(version.name)}, now version {version.number}.",
            icon=":material/check:",
        )


def _note_button(trial: Trial, notes: list[Note]) -> None:
    label = f"Note ({len(notes)})" if notes else "Note"
    with st.popover(label, icon=":material/edit_note:", type="tertiary"):
        key = f"playground_note_{trial.id}"
        st.text_area("What do you see here?", key=key, persist_state="session", height=100)
        st.button(
            "Keep the note",
            key=f"playground_keep_note_{trial.id}",
            type="primary",
            on_click=_keep_note,
            args=(trial.id, key),
        )


def _keep_note(trial_id: UUID, key: str) -> None:
    keeping.note(
        session.store(), session.who(), session.feature_id(), trial_id, st.session_state[key] or ""
    )
    st.session_state[key] = ""


def _criterion_button(experiment: Experiment, case: Case, trial: Trial) -> None:
    requirements = session.store().requirements.of(experiment.feature_id)
    with st.popover("Criterion", icon=":material/rule:", type="tertiary"):
        if not requirements:
            st.caption("A criterion belongs to a requirement, and there is none yet.")
            st.page_link(pages.link("requirements"), label="Draft the first requirement")
            return
        labels = {r.key: f"{r.key} {r.draft.statement}" for r in requirements}
        chosen = st.selectbox(
            "For which requirement?",
            list(labels),
            format_func=lambda key: plain(labels.get(key, "?")),
            key=f"playground_requirement_{trial.id}",
        )
        if st.button(
            "Write the criterion",
            key=f"playground_criterion_{trial.id}",
            type="primary",
            icon=":material/arrow_forward:",
        ):
            st.session_state["requirements_new_criterion"] = {
                "title": "",
                "example_output": trial.output or "",
                "origin": f"Playground {experiment.key}, case {case.key}",
                "lane": Lane.DISCOVERED.value,
            }
            st.session_state["requirements_open"] = chosen
            pages.go("requirements")
