"""The part of a connection's drawer that says what goes along with every request."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from workbench.domain import sending
from workbench.domain.connections import Connection
from workbench.errors import InputError
from workbench.ui.parts.form import Form

ASIDE = ("headers_for", "headers_cleared")
"""Fields of the form that no connection has: the address that headers were entered for (like a key,
they never follow to another one), and whether another address cleared them."""


def fields(connection: Connection) -> dict[str, Any]:
    """What a connection has, as fields of the form."""
    return {
        "extra_body": connection.extra_body,
        "headers": sending.written_headers(connection.headers),
        "headers_for": _address(connection.base_url),
        "headers_cleared": False,
    }


def draw(form: Form, *, has_body: bool = True) -> bool:
    """The two fields, or without a body that of headers. True when a secret itself seems to be in
    one of them."""
    is_cleared = form.value("headers_cleared")
    with st.expander(
        "Sent with every request",
        icon=":material/tune:",
        expanded=bool(form.value("extra_body") or form.value("headers") or is_cleared),
    ):
        if has_body:
            st.text_area(
                "Extra body (JSON)",
                **form.bind("extra_body"),
                height=80,
                placeholder='{"chat_template_kwargs": {"enable_thinking": false}}',
                help="Fields that this server knows and the workbench does not. A variant's own go "
                "before these.",
            )
        st.text_area(
            "Headers, one a line",
            **form.bind("headers") | {"on_change": _entered, "args": (form,)},
            height=80,
            placeholder=f"X-Team: {sending.SHARED_PREFIX}TEAM",
            help="A header's name and the environment variable or secret that holds its value. "
            "Only names are kept; the value is looked up when a call is made.",
        )
        if is_cleared:
            st.warning(
                "The address changed, so the headers were cleared: their values go only where they "
                "were entered for. Enter them again if the new address should get them.",
                icon=":material/key_off:",
            )
        is_secret = holds_secret(form.values())
        if is_secret:
            st.error(
                "**A line holds a value, not the name of a variable.** Nothing was saved. Put the "
                "value into an environment variable or .streamlit/secrets.toml, and enter that "
                "name here. If others can see this screen, replace the secret.",
                icon=":material/key_off:",
            )
        return is_secret


def address_changed(form: Form) -> None:
    """Clear the headers when they were entered for another address."""
    if form.value("headers") and _address(form.value("url")) != form.value("headers_for"):
        form.put("headers", "")
        form.put("headers_cleared", True)


def applied(connection: Connection, body: Mapping[str, Any]) -> Connection:
    """The connection with what is in the fields. Raises InputError saying what is wrong."""
    is_for_here = _address(connection.base_url) == body["headers_for"]
    if holds_secret(body):
        raise InputError("A header's line holds a value.", "Enter the name of its variable.")
    headers = sending.read_headers(str(body["headers"]) if is_for_here else "")
    return replace(connection, headers=tuple(headers.items()), extra_body=str(body["extra_body"]))


def holds_secret(body: Mapping[str, Any]) -> bool:
    """Whether a line of the headers holds what looks like a value."""
    return any(map(_is_value, str(body["headers"]).splitlines()))


def words(connection: Connection) -> str:
    """What goes along with every request, for people; empty for nothing."""
    headers = ", ".join(f"{name} from {variable}" for name, variable in connection.headers)
    parts = [f"sends {headers}"] if headers else []
    return " · ".join(
        [*parts, *([f"adds {connection.extra_body}"] if connection.extra_body else [])]
    )


def _entered(form: Form) -> None:
    form.take("headers")
    form.put("headers_for", _address(form.value("url")))
    form.put("headers_cleared", False)


def _is_value(line: str) -> bool:
    value = line.partition(":")[2].strip()
    return bool(value) and (" " in value or sending.looks_like_secret(value))


def _address(url: object) -> str:
    return str(url).strip().rstrip("/")
