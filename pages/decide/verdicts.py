"""verdicts."""

import streamlit as st

st.header("verdicts")
