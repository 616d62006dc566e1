"""What the feature will meet: datasets, their cases, what they cover, and their versions."""

import streamlit as st

from workbench.store.reports_datasets import DatasetReports
from workbench.ui import (
    data_choose,
    data_coverage,
    data_edit,
    data_export,
    data_import,
    data_versions,
    session,
)

st.header("Data")
st.caption("The cases your feature will meet: real inputs, edge cases, and what you dread.")

datasets = session.store().datasets.of(session.feature_id())
if not datasets:
    st.info(
        "There are no cases yet. Twenty real inputs are a good start: import or paste them here.",
        icon=":material/lightbulb:",
    )
    data_import.draw(None)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    newest = data_choose.dataset(datasets)
    view = data_choose.view()
    st.space("stretch")
    data_export.buttons(data_choose.version(newest))

version = data_choose.version(newest)
overview = DatasetReports(session.store().database).overview(version.id)
if view in ("cases", "coverage") and version.id != newest.id:
    data_versions.banner(version, newest)

if view == "coverage":
    data_coverage.headline(overview)
    data_coverage.draw(version, overview)
elif view == "versions":
    data_versions.draw(newest)
elif view == "import":
    data_import.draw(newest)
else:
    data_coverage.line(overview)
    if version.id == newest.id:
        data_edit.draw(newest)
    else:
        data_edit.read_only(version)
