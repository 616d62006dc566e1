"""requirements."""

import streamlit as st

st.header("requirements")
