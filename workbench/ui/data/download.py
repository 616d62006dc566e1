"""A dataset version as a file: CSV that is safe in a spreadsheet, or JSONL."""

import re

import streamlit as st

from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.exchange.tables import case_files
from workbench.store.datasets import Datasets
from workbench.ui.data import reading
from workbench.ui.parts import session


def buttons(version: DatasetVersion) -> None:
    """A button for each format; the file is written when one is pressed."""
    # The file is made outside of the session, where session state cannot be read.
    datasets = session.store().datasets
    stem = re.sub(r"[^A-Za-z0-9]+", "-", version.name).strip("-").lower()[:60] or "cases"
    st.download_button(
        "CSV",
        lambda: case_files.csv_text(_cases(datasets, version)).encode("utf-8-sig"),
        file_name=f"{stem}-v{version.number}.csv",
        mime="text/csv",
        key="data_csv",
        icon=":material/download:",
        on_click="ignore",
        help=(
            "For a spreadsheet. Text that it would run as a formula gets an apostrophe in front; "
            "an import takes it off again."
        ),
    )
    st.download_button(
        "JSONL",
        lambda: case_files.jsonl_text(_cases(datasets, version)).encode(),
        file_name=f"{stem}-v{version.number}.jsonl",
        mime="application/jsonl",
        key="data_jsonl",
        icon=":material/download:",
        on_click="ignore",
        help="One case a line, exactly as it is kept.",
    )
    if reading.has_attachments(version.id):
        kept = session.store().attachments
        st.download_button(
            "ZIP",
            lambda: case_files.archive(_cases(datasets, version), kept.data),
            file_name=f"{stem}-v{version.number}.zip",
            mime="application/zip",
            key="data_zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="The cases as JSONL with the files that they attach, to import again.",
        )


def _cases(datasets: Datasets, version: DatasetVersion) -> list[CaseDraft]:
    return [case.draft() for case in datasets.cases(version.id)]
