"""Who else works on this feature, in the menu: where they are, what they changed, what they show.

The server has a tab look where something is new (`server.bell`); where the app runs without it,
tabs ask now and then: often while somebody else is here, seldom while nobody is. What is new has
the page drawn again, in place: what is typed and where the cursor stands stays. The grid of Data
and the tables of raters and readers are not redrawn under somebody's hands: there a button does it.
"""

from collections.abc import Hashable
from uuid import UUID

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, get_script_run_ctx

from workbench import say
from workbench.domain.history import WORDS_ON_OUTPUTS, HistoryEntry
from workbench.ui.parts import pages, presence, session, trouble, unsaved
from workbench.ui.parts.presence import Seen
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short

_OFTEN_S, _SELDOM_S = 2, 10
"""Seconds between two looks: while two or three are here, and while nobody else is."""
_HEARD, _WAS_ALONE, _DISMISSED = "together_heard", "together_alone", "together_dismissed"
_LEFT_ALONE = frozenset({"data", "rating", "failures"})
_LATELY = 20
_MOST = 5
"""How many others have a line of their own: more would push the menu's own parts out of sight."""
_DOING = {"rating": "rating", "failures": "reading outputs"}


def draw(path: str) -> None:
    """Look around, and go on looking."""
    me = _me(path)
    others = _others(me)
    is_told = services().presence.is_told
    st.session_state[_WAS_ALONE] = not others and not is_told
    heard = _newest(me, session.feature_id())
    stamp = "" if heard is None else _stamp(heard)
    if heard is not None and st.session_state.get(_HEARD, stamp) != stamp:
        st.toast(f"{md(heard.person)}: {short(heard.what, 80)}", icon=":material/history:")
    st.session_state[_HEARD] = stamp
    pointed = _pointed(me)
    if pointed is not None and (pointed.path, pointed.view) == (me.path, me.view):
        _dismiss(pointed.at)
    with st.sidebar:
        every = None if is_told else _seconds(len(others))
        st.fragment(trouble.boundary(_look), run_every=every)(path, session.feature_id())


def seen(path: str) -> None:
    """Tell the others where this tab is, once the address says what the page shows; also for a part
    that is drawn again without its page."""
    _me(path)


def _seconds(others: int) -> int:
    """How long to wait for the next look. A crowd looks less often: all of it costs as much then as
    a few people do."""
    return min(_SELDOM_S, max(_OFTEN_S, others)) if others else _SELDOM_S


def _look(path: str, feature_id: UUID) -> None:
    # What the server asks for is no word of who sits there.
    me = _me(path, is_heard=not services().presence.is_told)
    # Before anything is drawn: what changes meanwhile is then seen to be new.
    showed = glance(me, feature_id)
    others = _others(me)
    heard = _newest(me, feature_id)
    is_new = heard is not None and _stamp(heard) != st.session_state.get(_HEARD)
    if is_new and (path not in _LEFT_ALONE or _HEARD not in st.session_state):
        st.rerun()  # Or because somebody asked to see it.
    if others and st.session_state.get(_WAS_ALONE):
        st.rerun()  # For a part to look more often, all of the page has to be drawn.
    for one in others[:_MOST]:
        _person(one, feature_id)
    if len(others) > _MOST:
        names = ", ".join(md(one.name) for one in others[_MOST:])
        st.caption(f"and {say.count(len(others) - _MOST, 'other')}", help=names)
    if is_new and heard is not None:
        st.caption(f":material/history: {md(heard.person)}: {short(heard.what, 60)}")
        st.button("Show it", key="together_show", on_click=_forget, type="tertiary")
    _pointing(me, others)
    tab = presence.Tab(me, feature_id, ThreadState.get().fragment_id or "", showed)
    services().presence.show(_session_id(), tab)


def glance(me: Seen, feature_id: UUID) -> Hashable:
    """All that `_look` shows to somebody: where it is otherwise, there is something new. Draws
    nothing and needs no page."""
    others, heard = _others(me), _newest(me, feature_id)
    pointed = _pointed(me)
    return (
        tuple((one.name, one.path, *one.view.items()) for one in others),
        tuple(unsaved.what(one.person_id, feature_id) for one in others[:_MOST]),
        "" if heard is None else _stamp(heard),
        None if pointed is None else pointed.at,
    )


def _session_id() -> str:
    drawn = get_script_run_ctx(suppress_warning=True)
    return "" if drawn is None else drawn.session_id


def _person(one: Seen, feature_id: UUID) -> None:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(f":material/person: **{md(one.name)}** is on", width="content")
        st.page_link(
            pages.link(one.path), query_params=dict(one.view), help="Follow: see what they see."
        )
    busy = unsaved.what(one.person_id, feature_id)
    if busy:
        st.caption(f":material/keyboard: {md(busy)}")
    elif one.path in _DOING:
        st.caption(_DOING[one.path])


def _pointing(me: Seen, others: list[Seen]) -> None:
    found = _pointed(me)
    if found is not None and found.at != st.session_state.get(_DISMISSED):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":material/near_me: **{md(found.name)}** says: look at this")
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.page_link(pages.link(found.path), label="Look", query_params=dict(found.view))
                st.button(
                    "Not now",
                    key="together_not_now",
                    type="tertiary",
                    on_click=_dismiss,
                    args=(found.at,),
                )
    if others:
        st.button(
            "Look at this",
            key="together_point",
            icon=":material/near_me:",
            type="tertiary",
            help="Tells the others to look at the page that you have open.",
            on_click=_point,
            args=(me.path, [one.name for one in others]),
        )


def _me(path: str, *, is_heard: bool = True) -> Seen:
    who = session.who()
    view = {str(key): str(value) for key, value in st.query_params.to_dict().items()}
    me = Seen(who.id, who.name, session.feature().name, path, view, presence.now())
    if is_heard:
        services().presence.see(_session_id(), me)
    return me


def _others(me: Seen) -> list[Seen]:
    return services().presence.others(me.person_id, me.feature, me.at)


def _newest(me: Seen, feature_id: UUID) -> HistoryEntry | None:
    """The last thing that somebody else did to this feature."""
    lately = session.remembered(
        "heard",
        feature_id,
        lambda: session.store().history.lately(feature_id, _LATELY),
        feature=feature_id,
    )
    return next(
        (e for e in lately if e.person_id != me.person_id and e.deed.noun not in WORDS_ON_OUTPUTS),
        None,
    )


def _stamp(entry: HistoryEntry) -> str:
    return f"{entry.created_at.isoformat()} {entry.what}"


def _forget() -> None:
    st.session_state.pop(_HEARD, None)


def _dismiss(at: float) -> None:
    st.session_state[_DISMISSED] = at


def _point(path: str, names: list[str]) -> None:
    services().presence.point(_me(path))
    asked = md(names[0]) if len(names) == 1 else f"{len(names)} others"
    st.toast(f"Asked {asked} to look at this.", icon=":material/near_me:")


def _pointed(me: Seen) -> Seen | None:
    return services().presence.pointed(me.person_id, me.feature, presence.now())
