"""Settings: who is here, who may be asked, and the file that holds everything."""

import streamlit as st

from workbench.ui import name_field, settings_connection_form, settings_connections, settings_file

st.header("Settings", anchor=False)
st.caption("Who you are, which models may be asked, and where everything is kept.")


name_field.draw()
settings_connections.draw()
settings_file.draw()
settings_connection_form.draw()
