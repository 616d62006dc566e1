"""Keys that go nowhere yet: nobody has said here that their connection's host may get them."""

import streamlit as st

from workbench.actions import connections
from workbench.domain.connections import Connection
from workbench.domain.endpoints import host
from workbench.say import count
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short


def draw() -> None:
    """A tick for each connection that waits, and one button for those that are ticked."""
    waiting = [each for each in session.connections() if each.waiting]
    if not waiting:
        return
    with st.container(border=True, key="settings_unconfirmed"):
        st.markdown(
            f":orange[:material/key_off:] **{count(len(waiting), 'connection')} "
            f"{'names' if len(waiting) == 1 else 'name'} keys that nobody has confirmed for "
            f"{'its' if len(waiting) == 1 else 'their'} address**"
        )
        st.caption(
            "A restored file says where its connections are, and which of your keys they would "
            "use. No key is sent to these addresses until you have confirmed them. Tick those that "
            "you know."
        )
        ticked = [one for one in waiting if _tick(one)]
        st.button(
            "Send keys to the ticked ones",
            key="settings_unconfirmed_confirm",
            icon=":material/key:",
            disabled=not ticked,
            help=None if ticked else "Tick an address first.",
            on_click=_confirm,
            args=(ticked,),
        )


def _tick(one: Connection) -> bool:
    where = md(host(one.base_url))
    # Another address, or other keys, is another question.
    return st.checkbox(
        f"**{short(one.name)}**: send {md(', '.join(one.waiting))} to **{where}**  \n"
        f"{md(one.base_url)}",
        key=f"settings_unconfirmed_{one.id}_{one.revision}",
    )


def _confirm(ticked: list[Connection]) -> None:
    """Callback: it is on record with who confirmed."""
    with trouble.errors():
        for one in ticked:
            assert one.id is not None
            connections.confirm_host(session.store(), session.who(), one.id, one.base_url)
