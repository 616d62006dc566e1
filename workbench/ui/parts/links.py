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
    _give(parameter, key, st.session_state.get(key))


def take_open(parameter: str, key: str) -> bool:
    """As `take`, for what is opened and need not exist: whoever reads the key looks it up. Whether
    there was something to take."""
    linked = st.query_params.get(parameter)
    is_new = bool(linked) and linked != st.session_state.get(_seen(key))
    if is_new:
        st.session_state[key] = linked
    return is_new


def give_open(parameter: str, key: str, opened: str | None) -> None:
    """After it: let the address say what is open, or that nothing is."""
    if not opened:
        st.query_params.pop(parameter, None)
    _give(parameter, key, opened or "")


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


def _give(parameter: str, key: str, chosen: str | None) -> None:
    # Where a link led to the page that it stands on, the browser keeps the address from before
    # until it is told another, and begins the next click with that.
    is_new = st.session_state.get(_seen(key)) != chosen
    st.session_state[_seen(key)] = chosen
    if chosen and (is_new or st.query_params.get(parameter) != chosen):
        st.query_params[parameter] = chosen


def _seen(key: str) -> str:
    return f"{key}_linked"
