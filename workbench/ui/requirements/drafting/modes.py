"""Suggested failure modes: how each promise may fail, and how bad that is."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.drafting import Round, Suggestion
from workbench.domain.failures import ModeDraft
from workbench.ui.parts.text import md
from workbench.ui.requirements.drafting import buttons


def draw(found: Round, suggestions: Sequence[Suggestion]) -> None:
    """The failure modes in the order of the promises."""
    if not suggestions:
        return
    st.subheader("Failure modes", anchor=False)
    st.caption("What to look for in outputs. Accepted ones stand on Failures, to be designed for.")
    for each in suggestions:
        if not each.is_open:
            buttons.judged(each)
            continue
        _mode(each)


def _mode(suggestion: Suggestion) -> None:
    body = suggestion.body
    assert isinstance(body, ModeDraft)
    with st.container(
        border=True, horizontal=True, vertical_alignment="top", gap="small",
        key=f"requirements_draft_{suggestion.id}",
    ):  # fmt: skip
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{md(body.name)}** :gray[· {md(body.severity.value)}]")
            st.caption(md(body.definition))
        buttons.draw(suggestion)
