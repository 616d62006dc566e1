"""compare."""

import streamlit as st

st.header("compare")
