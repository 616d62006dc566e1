"""What changed lately in the open feature, as a short timeline."""

from collections.abc import Hashable, Mapping
from typing import Any
from uuid import UUID

import streamlit as st

from workbench import say
from workbench.ui.parts import session
from workbench.ui.parts.text import md, short

_ICON = {
    "requirement": ":material/edit_note:",
    "criterion": ":material/straighten:",
    "dataset": ":material/table:",
    "prompt": ":material/chat:",
    "run": ":material/science:",
    "candidate": ":material/balance:",
}


def draw(feature_id: UUID) -> None:
    """The newest changes: what, why, by whom and when."""
    st.subheader("What changed lately", anchor=False)
    frame = session.remembered(
        "changes",
        feature_id,
        lambda: session.store().reports.home.changes(feature_id),
        feature=feature_id,
    )
    if frame.empty:
        st.caption("Nothing yet. Every revision, run and choice will appear here.")
    with st.container(gap="xsmall"):
        for record in frame.to_dict("records"):
            _entry(record)


def _entry(change: Mapping[Hashable, Any]) -> None:
    why = f": {short(str(change['why']), 90)}" if change["why"] else ""
    when = say.ago(change["created_at"].to_pydatetime())
    st.markdown(
        f":small[{_ICON.get(str(change['kind']), ':material/history:')} "
        f"**{md(str(change['what']))}**{why} :gray[· {md(str(change['author']))}, {when}]]"
    )
