"""What is folded is drawn once it is opened: a browser takes as long for what nobody sees."""

from typing import Literal, TypedDict

import streamlit as st


class _Fold(TypedDict):
    key: str
    on_change: Literal["rerun"]


def bind(key: str, label: str) -> _Fold:
    """For `st.expander`, whose `open` then says whether to draw what is in it.

    It stays open where its label has changed: Streamlit takes one with another label for another
    one, and whoever reads the failing outputs would lose them as one more fails.
    """
    labelled = f"{key}_label"
    if st.session_state.get(key) and st.session_state.get(labelled) != label:
        st.session_state[key] = True
    st.session_state[labelled] = label
    return {"key": key, "on_change": "rerun"}
