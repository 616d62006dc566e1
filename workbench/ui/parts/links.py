"""Choices that travel in links: ?feature=… opens that feature.

Streamlit can bind a widget to the address by itself, but then refuses to leave the page by
`st.switch_page` while the bound value is not the default one.
"""

from collections.abc import Collection, Mapping

import streamlit as st


def take(parameter: str, key: str, options: Collection[str]) -> None:
    """Before the widget of this key is drawn: choose what a link names, once for each link."""
    linked = st.query_params.get(parameter)
    if linked in options and linked != st.session_state.get(_seen(key)):
        st.session_state[key] = linked
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)


def give(parameter: str, key: str) -> None:
    """After it: let the address say what is chosen, for whoever copies it."""
    chosen = st.session_state.get(key)
    st.session_state[_seen(key)] = chosen
    if chosen and st.query_params.get(parameter) != chosen:
        st.query_params[parameter] = chosen


def take_open(parameter: str, key: str) -> None:
    """As `take`, for what is opened and need not exist: whoever reads the key looks it up."""
    linked = st.query_params.get(parameter)
    if linked and linked != st.session_state.get(_seen(key)):
        st.session_state[key] = linked


def give_open(parameter: str, key: str, opened: str | None) -> None:
    """After it: let the address say what is open, or that nothing is."""
    st.session_state[_seen(key)] = opened or ""
    if not opened:
        st.query_params.pop(parameter, None)
    elif st.query_params.get(parameter) != opened:
        st.query_params[parameter] = opened


def view(key: str, views: Mapping[str, str], *, help: str | None = None) -> str:
    """Which of a page's views is shown, the first one to begin with: chosen here, and named as
    `show` by the address. `views` are their names for people."""
    take("show", key, views)
    chosen = st.segmented_control(
        "Show",
        list(views),
        default=next(iter(views)),
        required=True,
        key=key,
        format_func=views.__getitem__,
        persist_state="session",
        help=help,
    )
    give("show", key)
    return chosen


def _seen(key: str) -> str:
    return f"{key}_linked"
