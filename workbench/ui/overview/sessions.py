"""The sessions of a feature and their minutes: to read, to edit, to take along."""

from uuid import UUID

import streamlit as st

from workbench import say
from workbench.actions import sessions
from workbench.domain.sessions import Session
from workbench.ui.parts import conflict, drafts, links, session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, short

_SHOWN = 5
_MORE, _OPENED = "overview_more_sessions", "overview_minutes_opened"


def opened(feature_id: UUID) -> None:
    """The minutes that a link leads to, as the page begins, with the way to put them down again."""
    links.take_open("minutes", _OPENED)
    found = [one for one in _ended(feature_id) if one.key == st.session_state.get(_OPENED)]
    links.give_open("minutes", _OPENED, found[0].key if found else None)
    for one in found:
        _session(one, is_open=True)
        st.button(
            "Close the minutes",
            key="overview_minutes_close",
            icon=":material/close:",
            type="tertiary",
            on_click=_close,
            help="They stay below, among the sessions of this feature.",
        )


def draw(feature_id: UUID) -> None:
    """The newest first, but for the one that is open above; nothing where there was none."""
    open_above = st.session_state.get(_OPENED)
    ended = [one for one in _ended(feature_id) if one.key != open_above]
    if not ended:
        return
    st.subheader("Sessions", anchor=False)
    shown = ended if st.session_state.get(_MORE) else ended[:_SHOWN]
    for one in shown:
        _session(one, is_open=one is ended[0])
    if len(shown) < len(ended):
        st.toggle(f"Show all {len(ended)}", key=_MORE)


def _ended(feature_id: UUID) -> list[Session]:
    found = session.remembered(
        "sessions", feature_id, lambda: session.store().sessions.of(feature_id), feature=feature_id
    )
    return [one for one in found if not one.is_on]


def _close() -> None:
    st.session_state[_OPENED] = ""


def _session(one: Session, *, is_open: bool) -> None:
    title = short(f"{one.key} · {one.goal}", 90)
    with st.expander(
        f"{title} · {md(say.day(one.started_at))}", icon=":material/groups:", expanded=is_open
    ):
        kept = session.store().sessions.minutes(one.id)
        if kept is None:
            st.caption("It has no minutes.")
            return
        scope = drafts.scope("minutes", one.id)
        form = Form(f"overview_minutes_{one.id}", scope, {"text": kept.text}, kept.number)
        form.load()
        if form.is_behind:
            conflict.draw(
                form,
                f"overview_minutes_{one.id}",
                f"{kept.author} changed the minutes while you were editing them.",
                mine=str(form.value("text")),
                theirs=kept.text,
                save=_save,
                args=(one,),
            )
        st.text_area(
            "Minutes, as Markdown",
            **form.bind("text"),
            height=320,
            help="They wrote themselves from what was done in the session. Correct and add what "
            "they can't know.",
        )
        form.show_clashes({"text": "Minutes"})
        form.show_problem()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Save",
                key=f"overview_minutes_save_{one.id}",
                icon=":material/save:",
                type="primary",
                disabled=not form.is_changed or form.is_behind,
                on_click=_save,
                args=(form, one),
            )
            st.download_button(
                "Download",
                kept.text,
                f"session-{one.key}.md",
                "text/markdown",
                key=f"overview_minutes_file_{one.id}",
                icon=":material/download:",
                on_click="ignore",
            )
            st.caption(f"{md(kept.author)}, {say.ago(kept.written_at)}")


def _save(form: Form, one: Session) -> None:
    form.load()
    deed = session.store(), session.who(), one, form.based_on, str(form.value("text"))
    form.save(lambda: sessions.keep_minutes(*deed))
