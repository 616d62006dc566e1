"""A new feature from a rough idea or a pasted text: named, drafted by rules, and looked through."""

import streamlit as st

from workbench.actions import drafting
from workbench.domain.drafting import MOST_TEXT
from workbench.errors import WorkbenchError
from workbench.ui.parts import dialogs, drafts, pages, session
from workbench.ui.parts.form import Form

OPEN = "from_text"
_VIEW = "requirements_view"


def offer() -> None:
    """The button that opens the dialog."""
    st.button(
        "Draft from a text",
        key="overview_from_text",
        icon=":material/auto_fix_high:",
        help="Paste a brief, an e-mail or a support thread: rules draw requirements, criteria, "
        "cases and failure modes from it, for you to accept one by one.",
        on_click=dialogs.choose,
        args=(OPEN,),
    )


def dialog() -> None:
    """The name of the feature, and the text."""
    dialogs.show("A feature from a text", _form, icon=":material/auto_fix_high:", width="medium")


def _fields() -> Form:
    found = Form(
        "overview_from_text_form", drafts.scope("from_text", ""), {"name": "", "text": ""}, 0
    )
    found.load()
    return found


def _form() -> None:
    form = _fields()
    st.text_input(
        "Name of the feature", **form.bind_line("name"), max_chars=80,
        placeholder="As its users would call it",
    )  # fmt: skip
    st.text_area(
        "A rough idea, a brief, an e-mail or a support thread",
        **form.bind("text"),
        height=220,
        max_chars=MOST_TEXT,
        placeholder="The assistant should draft a reply in the customer's language, max 120 words, "
        "and never promise a refund. Answer within 3 s.",
    )
    st.caption(
        "Read by rules on this machine: nothing is sent. You get suggestions, each with the "
        "sentence that it came from, and nothing counts before you accept it."
    )
    st.button(
        "Draft it",
        key="overview_from_text_draft",
        type="primary",
        icon=":material/auto_fix_high:",
        on_click=_draft,
    )


def _draft() -> None:
    form = _fields()
    try:
        kept = drafting.start(
            session.store(), session.who(), form.value("name"), form.value("text")
        )
    except WorkbenchError as error:
        dialogs.report(error)
        return
    form.discard()
    dialogs.close()
    session.open_feature(kept.name)
    st.session_state[_VIEW] = "draft"
    pages.want("requirements")
