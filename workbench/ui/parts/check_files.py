"""Notice on any page that the file of a check in Python was changed, and score outputs by it."""

import streamlit as st

from workbench.domain.criteria import ScorerKind
from workbench.runs import check_files
from workbench.runs.rescoring import catch_up
from workbench.say import stored_outputs
from workbench.ui.parts import session
from workbench.ui.parts.text import md


def draw() -> None:
    """Take up what was changed, and say so."""
    feature = session.feature()
    opened, store = feature.id, session.store()
    if opened is None or store.is_read_only:
        return
    found = session.remembered(
        "checks_in_python",
        opened,
        lambda: [c for c in session.criteria() if c.draft.scorer.kind is ScorerKind.PYTHON],
        feature=opened,
    )
    changed = [each for each in found if check_files.changed(each)]
    if not changed:
        return
    with st.spinner("A check in Python was changed: scoring the stored outputs by it…"):
        added = catch_up(store, opened)
    names = ", ".join(sorted({str(each.draft.scorer.settings["file"]) for each in changed}))
    keys = ", ".join(each.key for each in changed)
    st.toast(
        f"{md(names)} was changed: {md(keys)} is judged by it from now on. "
        f"{stored_outputs(added)} scored again.",
        icon=":material/rule:",
    )
