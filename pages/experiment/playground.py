"""playground."""

import streamlit as st

st.header("playground")
