"""One output whole: what was asked, what came back, what was thought of it, and notes."""

from uuid import UUID

import streamlit as st

from workbench.actions import keeping
from workbench.domain.experiments import Experiment
from workbench.domain.trials import Trial
from workbench.errors import NotFound
from workbench.ui.parts import answer, drafts, kept_text, look, session, trouble
from workbench.ui.parts.text import md, prose, reference


def draw(experiment: Experiment, trial_id: UUID) -> None:
    """A trial with everything that is known of it."""
    store = session.store()
    try:
        trial = store.trials.get(trial_id)
        variant = store.variants.get(trial.variant_id)
        case = store.datasets.case(trial.case_id)
    except NotFound as error:
        trouble.show(error)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(case.key)}**", width="content")
            look.variant(variant)
            st.markdown(f":gray[trial {trial.number}]", width="content")
            for tag in case.tags:
                st.markdown(f":gray-badge[{md(tag)}]", width="content")
        answer.draw(trial)
        answer.scores(experiment, trial)
        if case.reference:
            reference(case.reference)
        answer.asked(variant, case)
        _notes(trial)


def _notes(trial: Trial) -> None:
    store = session.store()
    scope = drafts.scope("note", trial.id)
    key = f"experiments_note_{trial.id}"
    for note in store.scores.notes([trial.id]).get(trial.id, []):
        st.caption(f":material/sticky_note_2: {md(note.author)}")
        prose(note.text)
    kept_text.field(
        st.text_area,
        "Note",
        key=key,
        scope=scope,
        height=70,
        placeholder="What went wrong, or well, in your words",
    )
    st.button(
        "Add note",
        key=f"experiments_note_add_{trial.id}",
        icon=":material/add_comment:",
        on_click=_add_note,
        args=(trial.id, key, scope),
    )


def _add_note(trial_id: UUID, key: str, scope: str) -> None:
    text = str(st.session_state[key]).strip()
    if not text:
        return
    # Emptied first: a second click finds nothing to add.
    st.session_state[key] = ""
    keeping.note(session.store(), session.who(), session.feature_id(), trial_id, text)
    drafts.drop(scope, start={"text": ""})
