"""The fields for what goes along with a request beyond its parameters: body and headers."""

from typing import Any, NamedTuple

import streamlit as st

from workbench.domain import sending
from workbench.errors import InputError
from workbench.ui.parts.text import md


class More(NamedTuple):
    """What was entered. `flaw` says what is wrong with it; then the rest is empty."""

    extra_body: dict[str, Any]
    headers: dict[str, str]
    flaw: str = ""


def draw(prefix: str) -> More:
    """Two fields for a variant's own; the caller's `prefix` keeps their keys apart."""
    left, right = st.columns(2)
    body = left.text_area(
        "Extra body (JSON)",
        key=f"{prefix}extra_body",
        height=90,
        placeholder='{"reasoning_effort": "low"}',
        help="Fields that this server knows and the workbench does not: they go along as they are.",
        persist_state="session",
    )
    headers = right.text_area(
        "Headers, one a line",
        key=f"{prefix}headers",
        height=90,
        placeholder=f"X-Team: {sending.SHARED_PREFIX}TEAM",
        help="A header's name and the environment variable that holds its value, which is never "
        f"kept. Variables named here begin with {sending.SHARED_PREFIX}; others are set on the "
        "connection in Settings.",
        persist_state="session",
    )
    try:
        named = sending.read_headers(headers or "")
        checked = dict(sending.checked_headers(named, is_shared=True))
        return More(sending.read_body(body or ""), checked)
    except InputError as error:
        st.error(f"**{md(error.message)}** {md(error.hint)}", icon=":material/error:")
        return More({}, {}, error.message)
