"""All outputs of an experiment as a file, built only when somebody asks for it."""

import json
from functools import partial
from uuid import UUID

import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.exchange.spreadsheet_safe import Cell, csv_text
from workbench.store.reports_experiments import ExperimentReports
from workbench.store.store import Store
from workbench.ui import session

_SCORE = (
    ("outcome", ""),
    ("value", " value"),
    ("reason", " reason"),
    ("question", " question"),
)
"""What a row says of each criterion, and how the column is called after the criterion's key."""


def draw(experiment: Experiment) -> None:
    """The two downloads."""
    store = session.store()
    with st.container(horizontal=True):
        st.download_button(
            "All outputs as CSV",
            partial(as_csv, store, experiment.id),
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
            partial(as_jsonl, store, experiment.id),
            f"{experiment.key}.jsonl",
            "application/jsonl",
            key="experiments_jsonl",
            icon=":material/data_object:",
            on_click="ignore",
            help="One JSON object per output, word for word, with all scores.",
        )


def as_csv(store: Store, experiment_id: UUID) -> str:
    """Every trial as a row; variables and criteria have a column each."""
    rows = list(ExperimentReports(store.database).everything(experiment_id))
    variables = list(dict.fromkeys(name for row in rows for name in row["input"]))
    criteria = list(dict.fromkeys(s["criterion"] for row in rows for s in row["scores"]))
    said_of = {
        key: [
            part
            for part in _SCORE
            # Only raters are asked a question: a check has no column for it.
            if part[0] != "question"
            or any(s["criterion"] == key and "question" in s for row in rows for s in row["scores"])
        ]
        for key in criteria
    }
    plain = [name for name in (rows[0] if rows else {}) if name not in ("input", "tags", "scores")]
    columns = [
        *plain,
        "tags",
        *(f"input: {name}" for name in variables),
        *(f"{key}{name}" for key in criteria for _, name in said_of[key]),
    ]
    cells: list[list[Cell]] = []
    for row in rows:
        said = {score["criterion"]: score for score in row["scores"]}
        cells.append(
            [
                *(row[name] for name in plain),
                ", ".join(row["tags"]),
                *(row["input"].get(name) for name in variables),
                *(said.get(key, {}).get(part) for key in criteria for part, _ in said_of[key]),
            ]
        )
    return csv_text(columns, cells)


def as_jsonl(store: Store, experiment_id: UUID) -> str:
    """Every trial as a JSON object on a line of its own."""
    return "".join(
        json.dumps(row, ensure_ascii=False) + "\n"
        for row in ExperimentReports(store.database).everything(experiment_id)
    )
