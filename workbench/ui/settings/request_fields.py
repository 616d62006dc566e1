"""The part of a connection's drawer that says what goes along with every request."""

from dataclasses import replace

import streamlit as st

from workbench.domain import sending
from workbench.domain.connections import Connection
from workbench.errors import InputError

_BODY, _HEADERS = "settings_extra_body", "settings_headers"
_FOR = "settings_headers_for"
_CLEARED = "settings_headers_cleared"
"""The address that headers were entered for: like a key, they never follow to another one."""


def draw() -> bool:
    """The two fields. True when a secret itself seems to be in one of them."""
    state = st.session_state
    with st.expander(
        "Sent with every request",
        icon=":material/tune:",
        expanded=bool(state[_BODY] or state[_HEADERS] or state[_CLEARED]),
    ):
        st.text_area(
            "Extra body (JSON)",
            key=_BODY,
            persist_state="session",
            height=80,
            placeholder='{"chat_template_kwargs": {"enable_thinking": false}}',
            help="Fields that this server knows and the workbench does not. A variant's own go "
            "before these.",
        )
        st.text_area(
            "Headers, one a line",
            key=_HEADERS,
            persist_state="session",
            height=80,
            placeholder=f"X-Team: {sending.SHARED_PREFIX}TEAM",
            help="A header's name and the environment variable or secret that holds its value. "
            "Only names are kept; the value is looked up when a call is made.",
            on_change=_entered,
        )
        if state[_CLEARED]:
            st.warning(
                "The address changed, so the headers were cleared: their values go only where they "
                "were entered for. Enter them again if the new address should get them.",
                icon=":material/key_off:",
            )
        is_secret = any(map(_holds_secret, str(state[_HEADERS]).splitlines()))
        if is_secret:
            st.error(
                "**A line holds a value, not the name of a variable.** Nothing was saved. Put the "
                "value into an environment variable or .streamlit/secrets.toml, and enter that "
                "name here. If others can see this screen, replace the secret.",
                icon=":material/key_off:",
            )
        return is_secret


def fill(connection: Connection) -> None:
    """Show what a connection has."""
    state = st.session_state
    state[_BODY] = connection.extra_body
    state[_HEADERS] = sending.written_headers(connection.headers)
    state[_FOR] = _address(connection.base_url)
    state[_CLEARED] = False


def address_changed(url: object) -> None:
    """Clear the headers when they were entered for another address."""
    state = st.session_state
    if state[_HEADERS] and _address(url) != state[_FOR]:
        state[_HEADERS] = ""
        state[_CLEARED] = True


def applied(connection: Connection) -> Connection:
    """The connection with what is in the fields. Raises InputError saying what is wrong."""
    state = st.session_state
    lines = str(state[_HEADERS]) if _address(connection.base_url) == state[_FOR] else ""
    if any(map(_holds_secret, lines.splitlines())):
        raise InputError("A header's line holds a value.", "Enter the name of its variable.")
    headers = tuple(sending.read_headers(lines).items())
    return replace(connection, headers=headers, extra_body=str(state[_BODY]))


def close() -> None:
    """Forget what was typed."""
    for name in (_BODY, _HEADERS):
        st.session_state.pop(name, None)


def words(connection: Connection) -> str:
    """What goes along with every request, for people; empty for nothing."""
    headers = ", ".join(f"{name} from {variable}" for name, variable in connection.headers)
    parts = [f"sends {headers}"] if headers else []
    return " · ".join(
        [*parts, *([f"adds {connection.extra_body}"] if connection.extra_body else [])]
    )


def _entered() -> None:
    st.session_state[_FOR] = _address(st.session_state["settings_url"])
    st.session_state[_CLEARED] = False


def _holds_secret(line: str) -> bool:
    value = line.partition(":")[2].strip()
    return bool(value) and (" " in value or sending.looks_like_secret(value))


def _address(url: object) -> str:
    return str(url).strip().rstrip("/")
