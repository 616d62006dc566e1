"""data."""

import streamlit as st

st.header("data")
