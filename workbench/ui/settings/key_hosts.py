"""The question before a key goes to another host than the one it was given for."""

from collections.abc import Iterable

import streamlit as st

from workbench.domain import key_names
from workbench.domain.connections import Connection
from workbench.ui.parts import session
from workbench.ui.parts.text import md

_CONFIRMED = "settings_key_host"


def draw(edited: Connection) -> bool:
    """Asks where there is something to ask. True while the answer is missing."""
    found = session.store().connections.unconfirmed(edited)
    if not found:
        return False
    goes_to = key_names.origin(edited.base_url)
    st.warning(
        "  \n".join(
            md(key_names.unconfirmed_words(name, goes_to, given_for))
            for name, given_for in found.items()
        ),
        icon=":material/key:",
    )
    return not st.checkbox(
        f"Send {md(' and '.join(found))} to {md(goes_to)}",
        key=_question(edited, found),
        help="Whoever runs that server can then use the key.",
    )


def is_confirmed(edited: Connection) -> bool:
    """Whether a person answered the question that there is about these very names and host."""
    found = session.store().connections.unconfirmed(edited)
    return bool(found) and bool(st.session_state.get(_question(edited, found)))


def _question(edited: Connection, names: Iterable[str]) -> str:
    # Another host, or another key, is another question.
    return f"{_CONFIRMED}_{key_names.origin(edited.base_url)}_{'_'.join(names)}"
