"""Keys of a restored file: none goes anywhere until somebody has looked at each address."""

import streamlit as st

from workbench.domain.endpoints import host
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.store.withheld import Withheld
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short


def draw() -> None:
    """A tick for each connection that waits, and one button for those that are ticked."""
    waiting = session.store().connections.withheld.all()
    if not waiting:
        return
    with st.container(border=True, key="settings_withheld"):
        st.markdown(
            f":orange[:material/key_off:] **{count(len(waiting), 'connection')} came with a "
            f"restored file and {'has' if len(waiting) == 1 else 'have'} no key**"
        )
        st.caption(
            "A file says where its connections are, and which of your keys they would use. Nothing "
            "is sent to these addresses until you have confirmed them. Tick those that you know."
        )
        ticked = [one for one in waiting if _tick(one)]
        st.button(
            "Give the ticked ones their keys back",
            key="settings_withheld_confirm",
            icon=":material/key:",
            disabled=not ticked,
            help=None if ticked else "Tick an address first.",
            on_click=_confirm,
            args=(ticked,),
        )


def _tick(one: Withheld) -> bool:
    where = md(host(one.base_url))
    return st.checkbox(
        f"**{short(one.name)}**: send {md(one.variables)} to **{where}**  \n{md(one.base_url)}",
        key=f"settings_withheld_{one.connection_id}",
    )


def _confirm(ticked: list[Withheld]) -> None:
    """Callback: the keys' names are back, on record with who confirmed."""
    connections = session.store().connections
    try:
        for one in ticked:
            connections.confirm_withheld(one.connection_id, one.base_url, session.person())
    except WorkbenchError as error:
        trouble.show(error)
