"""The session that this feature is in, in the menu: its goal and time, its note pad, its end."""

import streamlit as st

from workbench import say
from workbench.actions import sessions
from workbench.domain import clock
from workbench.domain.sessions import Session
from workbench.errors import WorkbenchError
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.text import md, prose

_GOAL, _MINUTES, _NOTE = "sitting_goal", "sitting_minutes", "sitting_note"
_SEEN, _PLACE = "sitting_seen", "sitting"
_PLANNED = 60
_SHOWN = 30
_EVERY_S = 60
"""Seconds after which the time that is left is said anew."""


def draw() -> None:
    """What goes on, or the way to start; after the end, the way to the minutes."""
    opened = session.feature_id()
    found = session.remembered(
        "session", opened, lambda: session.store().sessions.going(opened), feature=opened
    )
    seen = f"{_SEEN}_{opened}"
    with st.sidebar:
        if found is None:
            _start()
        else:
            st.session_state[seen] = found.key
            _going(found)
        ended = st.session_state.get(seen)
        if found is None and ended:
            st.page_link(
                pages.link("overview"),
                label=f"Minutes of session {md(ended)}",
                icon=":material/notes:",
                query_params={"minutes": ended},
            )


def _start() -> None:
    with st.popover("Hold a session", icon=":material/groups:", type="tertiary", key="sitting"):
        st.caption(
            "An hour on this feature, together. What you try, learn, revise and decide writes its "
            "minutes; what is said in the room goes onto a note pad that all of you see."
        )
        st.text_input(
            "What do you want to know at its end?",
            key=_GOAL,
            placeholder="Can a model answer refunds without promising too much?",
            max_chars=300,
            persist_state="session",
        )
        st.number_input(
            "Minutes",
            min_value=5,
            max_value=480,
            value=_PLANNED,
            step=5,
            key=_MINUTES,
            persist_state="session",
        )
        trouble.show_kept(_PLACE)
        st.button("Begin", key="sitting_start", type="primary", on_click=_begin)


def _time(found: Session) -> None:
    left = found.left(clock.now()).total_seconds()
    time = f"{say.duration(left)} left" if left > 0 else f"over time by {say.duration(-left)}"
    st.markdown(f":material/groups: **Session {md(found.key)}** · {md(time)}")


def _going(found: Session) -> None:
    with st.container(border=True, gap="xsmall"):
        # Who rates has no other part of the page drawn anew for long.
        st.fragment(trouble.boundary(_time), run_every=_EVERY_S)(found)
        st.caption(md(found.goal))
        store = session.store()
        pad = session.remembered(
            "pad", found.id, lambda: store.sessions.pad(found.id), feature=found.feature_id
        )
        label = f"Note pad ({len(pad)})" if pad else "Note pad"
        with st.popover(label, icon=":material/edit_note:", key="sitting_pad"):
            for note in pad[-_SHOWN:]:
                st.caption(f"**{md(note.person)}**, {say.ago(note.written_at)}")
                prose(note.text)
            st.text_area(
                "What was said",
                key=_NOTE,
                height=80,
                placeholder="Legal wants no dates in refund answers.",
                persist_state="session",
            )
            trouble.show_kept(_PLACE)
            st.button("Put it on the pad", key="sitting_write", on_click=_write, args=(found,))
        trouble.show_kept(_PLACE)
        st.button(
            "End the session",
            key="sitting_end",
            icon=":material/stop_circle:",
            type="tertiary",
            on_click=_end,
            args=(found,),
        )


def _begin() -> None:
    goal, minutes = str(st.session_state.get(_GOAL) or ""), int(st.session_state[_MINUTES])
    try:
        sessions.start(session.store(), session.who(), session.feature_id(), goal, minutes)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)
        return
    st.session_state[_GOAL] = ""


def _write(found: Session) -> None:
    try:
        text = str(st.session_state.get(_NOTE) or "")
        sessions.write(session.store(), session.who(), found, text)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)
        return
    st.session_state[_NOTE] = ""


def _end(found: Session) -> None:
    try:
        sessions.end(session.store(), session.who(), found)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)
