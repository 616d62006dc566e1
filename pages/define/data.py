"""What the feature will meet: datasets, their cases, what they cover, and their versions."""

import streamlit as st

from workbench.ui.data import bring_in, choose, coverage, download, edit, reading, versions
from workbench.ui.parts import session, trouble

st.header("Data", anchor=False)
st.caption("The cases your feature will meet: real inputs, edge cases, and what you dread.")

datasets = session.datasets()
if not datasets:
    st.info(
        "There are no cases yet. Twenty real inputs are a good start: import or paste them here.",
        icon=":material/lightbulb:",
    )
    bring_in.draw(None)
    trouble.end()

with st.container(horizontal=True, vertical_alignment="bottom"):
    newest = choose.dataset(datasets)
    view = choose.view()
    st.space("stretch")
    download.buttons(choose.version(newest))

version = choose.version(newest)
overview = reading.overview(version.id)
if view in ("cases", "coverage") and version.id != newest.id:
    versions.banner(version, newest)

if view == "coverage":
    coverage.headline(overview)
    coverage.draw(version, overview)
elif view == "versions":
    versions.draw(newest)
elif view == "import":
    bring_in.draw(newest)
else:
    coverage.line(overview)
    if version.id == newest.id:
        edit.draw(newest)
    else:
        edit.read_only(version)
