"""What changed lately in the open feature, as a short timeline."""

from uuid import UUID

import streamlit as st

from workbench import say
from workbench.domain.history import HistoryEntry, for_reader
from workbench.ui.parts import session
from workbench.ui.parts.text import md, short

_ICON = {
    "requirement": ":material/edit_note:",
    "criterion": ":material/straighten:",
    "dataset": ":material/table:",
    "prompt": ":material/chat:",
    "run": ":material/science:",
    "candidate": ":material/balance:",
    "failure_mode": ":material/troubleshoot:",
    "reading": ":material/troubleshoot:",
    "rating": ":material/grading:",
    "disagreement": ":material/balance:",
    "reveal": ":material/visibility:",
    "session": ":material/groups:",
}

_SHOWN, _LOOKED_AT = 8, 60


def draw(feature_id: UUID) -> None:
    """The newest changes: what, why, by whom and when."""
    st.subheader("What changed lately", anchor=False)
    lately = session.remembered(
        "changes",
        feature_id,
        lambda: session.store().history.lately(feature_id, _LOOKED_AT),
        feature=feature_id,
    )
    entries = for_reader(lately, session.who().id)[:_SHOWN]
    if not entries:
        st.caption("Nothing yet. Every revision, run and choice will appear here.")
    with st.container(gap="xsmall"):
        for entry in entries:
            _entry(entry)


def _entry(entry: HistoryEntry) -> None:
    why = f": {short(entry.why, 90)}" if entry.why else ""
    st.markdown(
        f":small[{_ICON.get(entry.deed.noun, ':material/history:')} **{md(entry.what)}**{why} "
        f":gray[· {md(entry.person)}, {say.ago(entry.created_at)}]]"
    )
