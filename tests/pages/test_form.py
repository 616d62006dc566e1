"""A form in a page: what is typed in the instant after it was saved."""

import pytest
from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from workbench.ui.parts.form import Form

    saved = st.session_state.setdefault("saved", {"title": "", "note": ""})
    form = Form("late", "late", saved, len(saved["title"]))
    form.load()

    def save() -> None:
        form.load()
        st.session_state["saved"] = form.values()
        form.discard()
        if text := st.session_state.get("typed_after"):
            # As the browser's next message does where the page was not drawn in between.
            st.session_state["late_title"] = text
            form.take("title")
            form.take("note")

    st.text_input("Title", **form.bind_line("title"))
    st.text_input("Note", **form.bind_line("note"))
    st.button("Save", key="save", on_click=save)
    st.caption(f"changed: {form.is_changed}, behind: {form.is_behind}")


@pytest.mark.parametrize(
    ("typed_after", "shown", "state"),
    [
        ("", "Reply", "changed: False, behind: False"),
        ("Reply", "Reply", "changed: False, behind: False"),
        ("Reply soon", "Reply soon", "changed: True, behind: False"),
    ],
)
def test_what_is_typed_behind_the_click_that_saved_stands_on_top_of_what_was_saved(
    app: AppTest, typed_after: str, shown: str, state: str
) -> None:
    page = AppTest.from_function(_page).run()
    page.session_state["typed_after"] = typed_after
    page.text_input[0].set_value("Reply")
    page.text_input[1].set_value("Short")
    page.button(key="save").click().run()
    assert not page.exception
    assert page.session_state["saved"] == {"title": "Reply", "note": "Short"}
    assert [field.value for field in page.text_input] == [shown, "Short"]
    assert [said.value for said in page.caption] == [state]
