"""Which browser this is: a random id that it keeps, so that drafts and a name are its own.

The id is no secret and opens nothing; the gate gives it, as a cookie that no script can read.
"""

import secrets

import streamlit as st
from starlette.requests import cookie_parser

from workbench.domain.fingerprint import fingerprint

COOKIE = "workbench_browser"
_BYTES = 16
_YEAR_S = 365 * 24 * 3600
_SHOWN = 16


def current() -> str:
    """A short name for this browser; empty where none was given an id (a test, a program)."""
    given = st.context.cookies.get(COOKIE, "")
    return fingerprint(given)[:_SHOWN] if _is_ours(given) else ""


def greeting(cookies: str) -> str | None:
    """The `Set-Cookie` for a browser whose `Cookie` header has no id yet; None for others."""
    if _is_ours(cookie_parser(cookies).get(COOKIE, "")):
        return None
    token = secrets.token_hex(_BYTES)
    return f"{COOKIE}={token}; Path=/; Max-Age={_YEAR_S}; HttpOnly; SameSite=Lax"


def _is_ours(value: str) -> bool:
    return len(value) == 2 * _BYTES and all(c in "0123456789abcdef" for c in value)
