"""A form that was let go stays so, whatever the browser still sends of its fields."""

import streamlit as st

from workbench.ui.parts.form import Form


def test_a_change_that_comes_behind_the_click_that_saved_is_no_error_and_opens_nothing() -> None:
    gone = Form("form_let_go", "nowhere", {"title": ""}, 0)
    gone.take("title")
    assert "form_let_go" not in st.session_state
