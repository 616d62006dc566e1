"""Our words, explained where they stand: on hover, and all of them in the menu."""

import streamlit as st

from workbench.domain.glossary import meanings


def hover(*words: str) -> str:
    """For `help=`: what these words of a label or a sentence mean."""
    return meanings(*words)


def draw() -> None:
    """All words, behind one button of the menu."""
    with st.sidebar.popover(
        "What the words mean", icon=":material/menu_book:", type="tertiary", key="glossary"
    ):
        st.markdown(meanings())
