"""Which answers are shown: those just asked for, those a link names, or the newest ones."""

from uuid import UUID

import streamlit as st

from workbench.actions.asking import same_wording
from workbench.domain.experiments import Experiment, Purpose
from workbench.say import ago, count
from workbench.ui.parts import links, session
from workbench.ui.parts.text import plain
from workbench.ui.playground.prompt import EXPERIMENT, OPENED, Edited

ANSWERS = "playground_answers"


def show(asked: Experiment, edited: Edited) -> None:
    """Show what was just asked on the next run, with the wording it was asked with as saved."""
    st.session_state[EXPERIMENT] = str(asked.id)
    prompts = [variant.prompt for variant in asked.variants]
    mine = same_wording(prompts, edited.name, edited.text)
    if mine is not None and edited.saved is None:
        st.session_state[OPENED] = str(mine.id)


def asked(feature_id: UUID) -> list[Experiment]:
    """All that was asked in the playground, the newest last."""
    read = session.store().experiments.of
    return session.remembered(
        "playground_earlier", feature_id, lambda: read(feature_id, Purpose.PLAYGROUND)
    )


def choose(feature_id: UUID) -> Experiment | None:
    """The chosen answers, with a picker for the earlier ones; None where nothing was asked."""
    every = asked(feature_id)
    if not every:
        return None
    by_key = {experiment.key: experiment for experiment in reversed(every)}
    wanted = st.session_state.pop(EXPERIMENT, None)
    named = next((key for key, found in by_key.items() if str(found.id) == wanted), None)
    if named is not None and st.session_state.get("playground_seen") != wanted:
        st.session_state[ANSWERS] = named
    links.take("answers", ANSWERS, by_key)
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.subheader("Answers", anchor=False)
    key = right.selectbox(
        "Asked so far",
        list(by_key),
        format_func=lambda key: plain(_label(by_key.get(key))),
        key=ANSWERS,
        persist_state="session",
        label_visibility="collapsed",
    )
    links.give("answers", ANSWERS)
    shown = by_key.get(key or "") or every[-1]
    # Other pages may name an experiment; once seen, the picker decides.
    st.session_state[EXPERIMENT] = st.session_state["playground_seen"] = str(shown.id)
    return shown


def _label(experiment: Experiment | None) -> str:
    if experiment is None:
        return "?"
    labels = ", ".join(variant.label for variant in experiment.variants)
    cases = count(experiment.n_cases, "case")
    return f"{experiment.key} · {labels} · {cases} · {ago(experiment.created_at)}"
