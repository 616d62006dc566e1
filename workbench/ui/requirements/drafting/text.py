"""The text that a draft is made of, and who reads it: the rules, or a model."""

import streamlit as st

from workbench.actions import drafting
from workbench.domain.drafting import MOST_TEXT
from workbench.errors import WorkbenchError
from workbench.ui.parts import drafts, session
from workbench.ui.parts.form import Form
from workbench.ui.requirements.drafting import asked

_PLACEHOLDER = (
    "The assistant should draft a reply in the customer's language, max 120 words, never promise "
    "a refund, and hand over when the customer threatens legal action. Answer within 3 s. "
    "Example: “Where is my parcel? It was due on Monday.”"
)


def draw(*, made: int) -> None:
    """Where a text is pasted, and what reads it, once `made` drafts are there."""
    if not made:
        _fields()
        return
    # Another one with each draft: it is closed again, and what was drafted moves up into sight.
    with st.expander(
        "Draft from another text",
        icon=":material/note_add:",
        key=f"requirements_draft_another_{made}",
    ):
        _fields()


def _fields() -> None:
    form = _form()
    st.text_area(
        "A rough idea, a brief, an e-mail or a support thread",
        **form.bind("text"),
        height=180,
        max_chars=MOST_TEXT,
        placeholder=_PLACEHOLDER,
        help="Numbers with units become bars, “never” and “when” become criteria with cases that "
        "try them, quotes and customers' lines become cases. The rules read English.",
    )
    form.show_problem()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Draft by rules",
            key="requirements_draft_rules",
            type="primary",
            icon=":material/auto_fix_high:",
            on_click=_by_rules,
            args=(form,),
        )
        st.caption("Nothing is sent anywhere, and nothing is paid.")
    with st.expander("Or ask a model", icon=":material/smart_toy:"):
        asked.ask(form)


def _form() -> Form:
    found = Form(
        "requirements_draft", drafts.scope("draft_text", session.feature_id()), {"text": ""}, 0
    )
    found.load()
    return found


def _by_rules(form: Form) -> None:
    form.load()
    try:
        drafting.by_rules(session.store(), session.who(), session.feature_id(), form.value("text"))
    except WorkbenchError as error:
        form.complain(error)
        return
    form.discard()
