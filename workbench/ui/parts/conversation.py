"""A conversation, as people read one: who says what, one below the other."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.conversations import Message
from workbench.ui.parts import attached
from workbench.ui.parts.text import output

_WHO = {
    "system": (":material/settings:", "System"),
    "user": (":material/person:", "User"),
    "assistant": (":material/smart_toy:", "Assistant"),
}


def draw(messages: Sequence[Message]) -> None:
    """Each message below its speaker."""
    for message in messages:
        icon, name = _WHO[message.role]
        st.caption(f"{icon} {name}")
        output(message.content)
        attached.draw(message.attachments)
