"""The fields for what goes along with a request beyond its parameters: body and headers."""

from typing import Any, NamedTuple

import streamlit as st

from workbench.domain import sending
from workbench.domain.calls import Parameters
from workbench.errors import InputError
from workbench.ui.parts.text import md


class More(NamedTuple):
    """What was entered. `flaw` says what is wrong with it, `hint` what to do; then the rest is
    empty."""

    extra_body: dict[str, Any]
    headers: dict[str, str]
    flaw: str = ""
    hint: str = ""


def draw(prefix: str) -> More:
    """Two fields for a variant's own; the caller's `prefix` keeps their keys apart."""
    left, right = st.columns(2)
    left.text_area(
        "Extra body (JSON)",
        key=f"{prefix}extra_body",
        height=90,
        placeholder='{"reasoning_effort": "low"}',
        help="Fields that this server knows and the workbench does not: they go along as they are.",
        persist_state="session",
    )
    right.text_area(
        "Headers, one a line",
        key=f"{prefix}headers",
        height=90,
        placeholder=f"X-Team: {sending.SHARED_PREFIX}TEAM",
        help="A header's name and the environment variable that holds its value, which is never "
        f"kept. Variables named here begin with {sending.SHARED_PREFIX}; others are set on the "
        "connection in Settings.",
        persist_state="session",
    )
    found = entered(prefix)
    if found.flaw:
        st.error(f"**{md(found.flaw)}** {md(found.hint)}", icon=":material/error:")
    return found


def written(prefix: str, asked: Parameters) -> dict[str, str]:
    """What the two fields hold for parameters, by their keys."""
    return {
        f"{prefix}extra_body": sending.written_body(asked.extra_body),
        f"{prefix}headers": sending.written_headers(asked.headers),
    }


def entered(prefix: str) -> More:
    """What the two fields hold, drawn or not."""
    body = st.session_state.get(f"{prefix}extra_body") or ""
    headers = st.session_state.get(f"{prefix}headers") or ""
    try:
        checked = dict(sending.checked_headers(sending.read_headers(headers), is_shared=True))
        return More(sending.read_body(body), checked)
    except InputError as error:
        return More({}, {}, error.message, error.hint)
