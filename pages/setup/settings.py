"""Settings: who is here, who may be asked, and the file that holds everything."""

import streamlit as st

from workbench.ui.parts import name_field
from workbench.ui.settings import connection, connections, file

st.header("Settings", anchor=False)
st.caption("Who you are, which models may be asked, and where everything is kept.")


name_field.draw()
connections.draw()
file.draw()
connection.draw()
