"""A dataset version as a file: CSV that is safe in a spreadsheet, or JSONL."""

import json
import re
from collections.abc import Sequence

import streamlit as st

from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.exchange import spreadsheet_safe
from workbench.store.datasets import Datasets
from workbench.ui import session


def csv_text(cases: Sequence[CaseDraft]) -> str:
    """One case a row: key, variables, reference, tags, source, held out, group."""
    names = list(dict.fromkeys(name for case in cases for name in case.variables))
    return spreadsheet_safe.csv_text(
        ["key", *names, "reference", "tags", "source", "held_out", "group"],
        (
            [
                case.key,
                *(case.variables.get(name) for name in names),
                case.reference,
                ", ".join(case.tags),
                case.source,
                case.held_out,
                case.group,
            ]
            for case in cases
        ),
    )


def jsonl_text(cases: Sequence[CaseDraft]) -> str:
    """One case a line, its variables beside its other parts, so that it can be imported again."""
    lines = (
        json.dumps(
            {
                "key": case.key,
                **case.variables,
                "reference": case.reference,
                "tags": ", ".join(case.tags),
                "source": case.source,
                "held_out": case.held_out,
                "group": case.group,
            },
            ensure_ascii=False,
        )
        for case in cases
    )
    return "".join(f"{line}\n" for line in lines)


def buttons(version: DatasetVersion) -> None:
    """A button for each format; the file is written when one is pressed."""
    # The file is made outside of the session, where session state cannot be read.
    datasets = session.store().datasets
    stem = re.sub(r"[^A-Za-z0-9]+", "-", version.name).strip("-").lower()[:60] or "cases"
    st.download_button(
        "CSV",
        lambda: csv_text(_cases(datasets, version)).encode("utf-8-sig"),
        file_name=f"{stem}-v{version.number}.csv",
        mime="text/csv",
        key="data_csv",
        icon=":material/download:",
        on_click="ignore",
        help=(
            "For a spreadsheet. Text that it would run as a formula gets an apostrophe in front."
        ),
    )
    st.download_button(
        "JSONL",
        lambda: jsonl_text(_cases(datasets, version)).encode(),
        file_name=f"{stem}-v{version.number}.jsonl",
        mime="application/jsonl",
        key="data_jsonl",
        icon=":material/download:",
        on_click="ignore",
        help="One case a line, exactly as it is kept.",
    )


def _cases(datasets: Datasets, version: DatasetVersion) -> list[CaseDraft]:
    return [case.draft() for case in datasets.cases(version.id)]
