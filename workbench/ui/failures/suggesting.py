"""Failure modes that a model suggests for the notes that wait, for people to judge one by one."""

from collections.abc import Hashable, Sequence

import streamlit as st

from workbench.actions import suggesting
from workbench.actions.suggesting import Answered, Suggested
from workbench.domain.failures import SortedNote
from workbench.errors import WorkbenchError
from workbench.runs.errands import Errand
from workbench.say import count, money_ahead
from workbench.ui.failures import sorting
from workbench.ui.parts import choose_model, errands, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short

_REJECTED = "failures_rejected"
"""Session state: the keys of the suggestions that were rejected here."""
_SHOWN = 3
_TROUBLE = "failures_suggesting"


def draw(waiting: Sequence[SortedNote]) -> None:
    """Who is asked, what that costs, and what was suggested last. Where all notes were sorted
    while a model was asked, what came of it."""
    is_live = errands.draw(_key(), "failures_suggesting")
    trouble.show_kept(_TROUBLE)
    found = suggesting.newest(session.store(), session.feature_id(), waiting)
    if not waiting and (found is None or services().errands.of(_key()) is None):
        return
    # What came while nobody looked is to be seen.
    with st.expander(
        "Failure modes suggested by a model",
        icon=":material/smart_toy:",
        expanded=found is not None and bool(found.modes or found.wrong),
    ):
        if waiting:
            _ask(waiting, is_live=is_live)
        if found is not None:
            _answered(found)


def _ask(waiting: Sequence[SortedNote], *, is_live: bool) -> None:
    store, feature_id = session.store(), session.feature_id()
    chosen = choose_model.draw("failures_ask")
    if chosen is None:
        st.caption(":material/info: Choose a connection and a model that reads the notes.")
        return
    name, model, _ = chosen
    expected = suggesting.expected(store, feature_id, name, model, waiting)
    st.button(
        f"Suggest failure modes for {count(expected.notes, 'note')}",
        key="failures_ask",
        icon=":material/smart_toy:",
        disabled=is_live,
        on_click=_begin,
        args=(name, model, waiting),
    )
    cost = money_ahead(expected.cost)
    n, many = expected.notes, len(waiting)
    left = f" Only the oldest {n:,} of {many:,} are looked at." if n < many else ""
    st.caption(f"The notes are sent to {md(model)} in one call: {md(cost)}.{md(left)}")


def _key() -> Hashable:
    return "failure_modes", session.feature_id()


def _begin(connection: str, model: str, waiting: Sequence[SortedNote]) -> None:
    """Callback: ask in a thread that outlives this tab."""
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    models = services().models

    def work(errand: Errand) -> None:
        suggesting.ask(store, models, who, feature_id, connection, model, waiting, errand)

    try:
        services().errands.start(_key(), model, work)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)


def _answered(found: Answered) -> None:
    """What the last request came to."""
    rejected = set(st.session_state.get(_REJECTED, ()))
    left = [each for each in found.modes if each.key not in rejected]
    choose_model.came_of(found.call, found.reply, found.wrong)
    st.caption(f"{count(len(left), 'suggestion')} to look at.")
    for each in left:
        _suggestion(each)


def _suggestion(suggested: Suggested) -> None:
    key, n = suggested.key, count(len(suggested.notes), "note")
    with st.container(border=True, gap="small"):
        name = st.text_input(
            "Name",
            suggested.mode.name,
            key=f"failures_suggested_name_{key}",
            live=True,
            persist_state="page",
        )
        definition = st.text_area(
            "Definition",
            suggested.mode.definition,
            key=f"failures_suggested_definition_{key}",
            height=70,
            persist_state="page",
        )
        st.caption(" · ".join(short(note.text, 70) for note in suggested.notes[:_SHOWN]))
        there = suggested.there
        label = f"Accept with {n}"
        if there is not None and name.strip().casefold() == there.draft.name.casefold():
            label = f"Put {n} into {there.key}"
        with st.container(horizontal=True, gap="small"):
            st.button(
                md(label),
                key=f"failures_suggested_accept_{key}",
                icon=":material/check:",
                disabled=not name.strip(),
                on_click=_accept,
                args=(suggested, name, definition),
            )
            st.button(
                "Choose the notes",
                key=f"failures_suggested_choose_{key}",
                icon=":material/done_all:",
                type="tertiary",
                help="Ticks them below, to sort some of them.",
                on_click=sorting.choose,
                args=(suggested.notes,),
            )
            st.button(
                "Reject",
                key=f"failures_suggested_reject_{key}",
                icon=":material/close:",
                type="tertiary",
                on_click=_reject,
                args=(key,),
            )


def _accept(suggested: Suggested, name: str, definition: str) -> None:
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    try:
        kept = suggesting.accept(store, who, feature_id, suggested, name, definition)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)
        return
    st.session_state["failures_open"] = kept.key


def _reject(key: str) -> None:
    st.session_state[_REJECTED] = [*st.session_state.get(_REJECTED, ()), key]
