"""All outputs of an experiment as a file, built only when somebody asks for it."""

from functools import partial

import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.exchange.results import outputs
from workbench.ui.parts import session


def draw(experiment: Experiment) -> None:
    """The two downloads."""
    store = session.store()
    with st.container(horizontal=True):
        st.download_button(
            "All outputs as CSV",
            partial(outputs.as_csv, store, experiment.id),
            f"{experiment.key}.csv",
            "text/csv",
            key="experiments_csv",
            icon=":material/download:",
            on_click="ignore",
            help="One row per output with a column per criterion. Cells that a spreadsheet would "
            "run as a formula get an apostrophe in front.",
        )
        st.download_button(
            "As JSONL",
            partial(outputs.as_jsonl, store, experiment.id),
            f"{experiment.key}.jsonl",
            "application/jsonl",
            key="experiments_jsonl",
            icon=":material/data_object:",
            on_click="ignore",
            help="One JSON object per output, word for word, with all scores.",
        )
