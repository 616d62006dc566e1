"""experiments."""

import streamlit as st

st.header("experiments")
