"""A page with the bomb that `tests.faults.health` names: a button to make it, one to set it off."""

import os
from pathlib import Path

import streamlit as st

from tests.faults import bombs

name = Path(os.environ[bombs.NEXT]).read_text("utf-8")
if st.button("make"):
    st.session_state["made"] = bombs.BOMBS[name].make()
if st.button("set off"):
    st.text(bombs.set_off(name, st.session_state.pop("made")))
