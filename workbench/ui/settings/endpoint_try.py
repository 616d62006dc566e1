"""Trying a product's endpoint: what was sent, what came back, and what is taken for the answer."""

from functools import partial

import streamlit as st

from workbench.domain.connections import Connection
from workbench.errors import WorkbenchError
from workbench.exchange.safe.markdown import visible
from workbench.ui.parts import trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output
from workbench.ui.parts.waiting import waited

_EXAMPLE = '{"message": "Hello"}'


def draw(connection: Connection) -> None:
    """A body to send, and the reply."""
    with st.expander(
        "Try it", icon=":material/network_check:", key=f"settings_try_{connection.id}"
    ):
        body = st.text_area(
            "Body to send",
            value=_EXAMPLE,
            key=f"settings_try_body_{connection.id}",
            height=90,
            help="JSON as it is sent; nothing in it is filled in here.",
            persist_state="session",
        )
        if not st.button("Send", key=f"settings_try_send_{connection.id}", icon=":material/send:"):
            return
        try:
            send = partial(services().models.tried, connection, body or "")
            tried = waited("Waiting for the reply…", send)
        except WorkbenchError as error:
            trouble.show(error)
            return
        st.caption(f"Sent: {md(tried.sent)}")
        if tried.came:
            st.caption("What came back")
            st.code(visible(tried.came), language="json", wrap_lines=True)
        if tried.problem is not None:
            trouble.show(tried.problem)
        elif tried.answer is not None:
            seconds = tried.answer.latency_ms / 1000
            st.success(
                f"**It answers**, in {seconds:.2f} s, as {md(tried.answer.model)}:",
                icon=":material/check_circle:",
            )
            output(tried.answer.text)
