"""spec."""

import streamlit as st

st.header("spec")
