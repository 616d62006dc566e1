"""Who plays the simulated users of cases: a choice of a connection's model."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from workbench.domain.simulated_users import Player
from workbench.ui.parts import session
from workbench.ui.parts.text import plain

LABEL = "Who plays the simulated users"


def choose(key: str, on_change: Callable[[], None] | None = None) -> Player | None:
    """Draw the choice; None while nobody is chosen. What is chosen stands under `key`."""
    offered = _offered()
    if st.session_state.get(key) not in offered:
        st.session_state[key] = None
    asked: dict[str, Any] = {} if on_change is None else {"on_change": on_change}
    st.selectbox(
        LABEL,
        list(offered),
        key=key,
        format_func=plain,
        placeholder="Choose a model",
        help="Some cases have a user whom a second model plays, by the persona and goal of the "
        "case. Another one than the tested model tells more: a model that plays both sides "
        "understands itself well.",
        persist_state="session",
        **asked,
    )
    return chosen(key)


def chosen(key: str) -> Player | None:
    """Who was chosen under a key."""
    return _offered().get(st.session_state.get(key) or "")


def label(player: Player) -> str:
    """A player as the choice names it."""
    return f"{player.connection} · {player.model}"


def _offered() -> dict[str, Player]:
    every = (
        Player(connection.name, model)
        for connection in session.connections()
        if not connection.is_outside and connection.product is None
        for model in connection.models
    )
    return {label(player): player for player in every}
