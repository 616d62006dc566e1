"""Which dataset, which of its versions, and which side of it is on the page."""

import streamlit as st

from workbench.domain.datasets import DatasetVersion
from workbench.ui.parts import links, session
from workbench.ui.parts.text import plain

VIEWS = {
    "cases": ":material/table_rows: Cases",
    "coverage": ":material/bar_chart: Coverage",
    "versions": ":material/history: Versions",
    "import": ":material/upload: Import",
}


def dataset(datasets: list[DatasetVersion]) -> DatasetVersion:
    """The chosen dataset at its newest version; says first what was done last."""
    said = st.session_state.pop("data_flash", "")
    if said:
        st.toast(said, icon=":material/check_circle:")
    by_id = {str(found.dataset_id): found for found in datasets}
    links.take("dataset", "data_dataset", by_id)
    opened = st.session_state.pop("data_open", "")
    if opened in by_id:
        st.session_state["data_dataset"] = opened
        st.session_state["data_view"] = "cases"
        st.session_state["data_version"] = None
    chosen = st.selectbox(
        "Dataset",
        list(by_id),
        format_func=lambda each: f"{plain(by_id[each].name)} (version {by_id[each].number})",
        key="data_dataset",
        persist_state="session",
        width=320,
        on_change=_newest,
    )
    links.give("dataset", "data_dataset")
    return by_id[chosen]


def view() -> str:
    """Which side of the dataset is shown."""
    links.take("show", "data_view", VIEWS)
    st.session_state.setdefault("data_view", "cases")
    chosen = st.segmented_control(
        "Show",
        list(VIEWS),
        format_func=lambda each: VIEWS[each],
        key="data_view",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    links.give("show", "data_view")
    return chosen or "cases"


def version(newest: DatasetVersion) -> DatasetVersion:
    """The version on the page: the newest one unless an older one was opened."""
    number = st.session_state.get("data_version")
    found = [
        each
        for each in (session.store().datasets.versions(newest.dataset_id) if number else ())
        if each.number == number
    ]
    return found[0] if found else newest


def _newest() -> None:
    st.session_state["data_version"] = None
