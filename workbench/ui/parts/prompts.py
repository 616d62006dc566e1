"""A variant's prompt, to read: its templates, and why nothing can be asked with it, if so."""

import json

import streamlit as st

from workbench.domain.prompts import Variant
from workbench.models.templates import flaw
from workbench.ui.parts.text import md, output


def draw(variant: Variant) -> None:
    """All templates as they were written, also where they can't be read as templates."""
    text = variant.prompt.text
    why = None if variant.is_outside else flaw(text)
    if why is not None:
        st.error(
            f"**This prompt can't be read, so nothing can be asked with it.** {md(str(why))}",
            icon=":material/error:",
        )
    st.caption("System")
    output(text.system or "(none)")
    for message in text.messages:
        if message.is_place:
            st.caption(":material/forum: The case's conversation so far")
        else:
            st.caption(f"{md(message.role.capitalize())}, as an example")
            output(message.content)
    if text.user:
        st.caption("User")
        output(text.user)
    for tool in text.tools.offered:
        st.caption(f":material/build: Tool **{md(tool.name)}**: {md(tool.description)}")
        if tool.parameters:
            output(json.dumps(tool.parameters, indent=2, ensure_ascii=False))
