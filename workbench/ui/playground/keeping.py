"""What is kept from an answer: a case, a note, a criterion that says what was good or bad."""

from uuid import UUID

import streamlit as st

from workbench.domain.criteria import Lane
from workbench.domain.datasets import Case, CaseDraft, DatasetVersion, next_key
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Note
from workbench.domain.trials import Trial
from workbench.errors import WorkbenchError
from workbench.store.store import Store
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.text import md, plain, prose, short
from workbench.ui.playground.asking import TYPED


def buttons(experiment: Experiment, case: Case, trial: Trial, notes: list[Note]) -> None:
    """The three things that can be done with an output."""
    with st.container(horizontal=True, gap="xsmall"):
        _case_button(experiment, case, trial)
        _note_button(trial, notes)
        _criterion_button(experiment, case, trial)
    for note in notes:
        st.caption(f":material/sticky_note_2: {md(note.author)}")
        prose(note.text)


def make_case(
    store: Store, experiment: Experiment, case: Case, trial: Trial, author: str
) -> tuple[DatasetVersion, str] | None:
    """Keep an output's input as a case of its dataset, with the output as reference.

    A typed input goes, without a reference, to the feature's first dataset that is not the one
    of typed inputs. Returns the dataset and the case's key; None where it is there already.
    """
    is_typed = experiment.dataset == TYPED
    datasets = store.datasets.of(experiment.feature_id)
    target = _target(datasets, case.dataset_id, is_typed)
    source = f"playground {experiment.key}, case {case.key}"
    reference = case.reference if is_typed else trial.output
    wanted = CaseDraft("", case.variables, reference, case.tags, source)
    if target is None:
        key = next_key([])
        made = CaseDraft(key, wanted.variables, wanted.reference, wanted.tags, wanted.source)
        name = "Cases"
        return store.datasets.add(experiment.feature_id, name, [made], author, source), key
    cases = store.datasets.cases(target.id)
    content = (wanted.input_fingerprint(), wanted.reference)
    if any((c.draft().input_fingerprint(), c.reference) == content for c in cases):
        return None
    key = next_key([c.key for c in cases])
    made = CaseDraft(key, wanted.variables, wanted.reference, wanted.tags, wanted.source)
    drafts = [*(c.draft() for c in cases), made]
    note = f"{key} added from {source}"
    return store.datasets.save(target.dataset_id, drafts, target.number, author, note), key


def _target(
    datasets: list[DatasetVersion], dataset_id: UUID, is_typed: bool
) -> DatasetVersion | None:
    if is_typed:
        return next((version for version in datasets if version.name != TYPED), None)
    return next((version for version in datasets if version.dataset_id == dataset_id), None)


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
        made = make_case(session.store(), experiment, case, trial, session.person())
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
    text = str(st.session_state.get(key) or "").strip()
    if text:
        session.store().scores.add_note(Note(trial_id, session.person(), text))
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
