"""Which model is asked for suggestions: a connection, and one of its models."""

from typing import NamedTuple

import streamlit as st

from workbench.domain.suggestions import SuggestionCall, SuggestionReply
from workbench.say import ago, duration, money
from workbench.ui.parts import session
from workbench.ui.parts.text import md, output, plain


class Chosen(NamedTuple):
    """Who is asked."""

    connection: str
    model: str
    is_local: bool


def draw(name: str) -> Chosen | None:
    """The two fields, whose keys begin with `name`; None while one of them is empty."""
    known = {e.name: e for e in session.connections() if not e.is_outside}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        connection = st.selectbox(
            "Connection", list(known), key=f"{name}_connection", format_func=plain,
            persist_state="session",
        )  # fmt: skip
        model = st.selectbox(
            "Model",
            list(known[connection].models) if connection in known else [],
            key=f"{name}_model_{connection}",
            format_func=plain,
            accept_new_options=True,
            persist_state="session",
        )
    if connection is None or not model:
        return None
    return Chosen(connection, model, known[connection].is_local)


def came_of(call: SuggestionCall, reply: SuggestionReply, wrong: str) -> None:
    """What a call came to, and what is `wrong` with its reply, with the reply to look at."""
    st.caption(f":material/receipt_long: {_took(call, reply)}.")
    if wrong:
        st.warning(md(wrong), icon=":material/help:")
        if reply.reply:
            with st.expander("What it replied"):
                output(reply.reply)


def _took(call: SuggestionCall, reply: SuggestionReply) -> str:
    """What a call came to, as Markdown."""
    said = [f"{call.model} at {call.connection} was asked {ago(call.started_at)}"]
    if reply.latency_ms is not None:
        said.append(f"took {duration(reply.latency_ms / 1000)}")
    if reply.input_tokens is not None and reply.output_tokens is not None:
        said.append(f"{reply.input_tokens:,} tokens in and {reply.output_tokens:,} out")
    if reply.reply is not None:
        said.append("its cost is not known" if reply.cost is None else f"cost {money(reply.cost)}")
    return md(", ".join(said))
