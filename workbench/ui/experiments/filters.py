"""What outputs and the grid are narrowed by alike: their slice, words in them, and a way back."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from workbench.domain.experiments import Experiment
from workbench.ui.parts import session
from workbench.ui.parts.text import plain


def tags(experiment: Experiment) -> list[str]:
    """The slices that an experiment's cases are of."""
    return session.remembered(
        "experiment_tags",
        experiment.id,
        lambda: session.store().reports.experiments.tags(experiment.id),
    )


def forget_foreign(choices: Mapping[str, Collection[str]]) -> None:
    """Choose nothing where what was chosen belongs to another experiment: `choices` are those of
    this one, by the key of their field."""
    for key, options in choices.items():
        if st.session_state.get(key) not in options:
            st.session_state[key] = None


def criterion(
    row: DeltaGenerator, labels: Mapping[str, str], key: str, *, placeholder: str, help: str
) -> str | None:
    """One of the criteria, by id; None for none."""
    return row.selectbox(
        "Criterion",
        list(labels),
        format_func=lambda c: plain(labels[c]),
        index=None,
        placeholder=placeholder,
        key=key,
        persist_state="session",
        help=help,
        width=220,
    )


def slice_of(row: DeltaGenerator, known: Sequence[str], key: str) -> str | None:
    """One of the slices; None for all."""
    return row.selectbox(
        "Slice",
        known,
        index=None,
        format_func=plain,
        placeholder="Any",
        key=key,
        persist_state="session",
        width=130,
    )


def search(row: DeltaGenerator, key: str, *, help: str) -> str:
    """Words that are looked for; empty for none."""
    return (
        row.text_input(
            "Search",
            key=key,
            persist_state="session",
            placeholder="Outputs or cases",
            help=help,
            width=190,
            icon=":material/search:",
        )
        or ""
    )


def nothing(what: str, keys: Sequence[str], button: str) -> None:
    """Why there is nothing to see: the filters of these fields leave none, or there is none yet."""
    if any(st.session_state.get(key) for key in keys):
        st.info(f"No {what} fits these filters.", icon=":material/filter_alt_off:")
        st.button("Clear the filters", key=button, on_click=_clear, args=(keys,))
    else:
        st.info("There is no output yet. They appear here as they come in.")


def _clear(keys: Sequence[str]) -> None:
    for key in keys:
        st.session_state[key] = "" if key.endswith("search") else None
