"""The pages by their URL path, for links from anywhere."""

from collections.abc import Callable
from typing import Any

import streamlit as st

Pages = dict[str, Any]
"""st.Page objects; Streamlit does not export their type."""


def link(path: str) -> Any:
    """The page at a URL path such as "requirements"; set by app.py on every run."""
    return _registry()[path]


def register(pages: Pages) -> None:
    """Called by app.py before the page is run."""
    _registry().update(pages)


def go(path: str) -> None:
    """Show another page."""
    st.switch_page(link(path))


def way_to(path: str) -> Callable[[], None]:
    """A page that leads on to another, with all that the link says: for addresses of old."""

    def lead() -> None:
        st.switch_page(link(path), query_params=st.query_params.to_dict())

    return lead


def want(path: str) -> None:
    """Ask for another page from a callback: a click counts even while the page is redrawn."""
    st.session_state["page_wanted"] = path


def follow() -> None:
    """Show the page that a callback asked for, if one did."""
    path = st.session_state.pop("page_wanted", None)
    if path is not None:
        go(path)


@st.cache_resource(show_spinner=False)
def _registry() -> Pages:
    return {}
