"""Notes sorted into failure modes by hand: chosen, and put into one that is there or is new."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import failures
from workbench.domain.failures import FailureMode, ModeDraft, SortedNote
from workbench.errors import WorkbenchError
from workbench.models import sentences
from workbench.say import count
from workbench.ui.failures import reading
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, plain, prose, short

_PAGE = 15
_MOST_SUGGESTED, _SHOWN_OF_GROUP = 5, 3
_GROUP = "failures_suggested"
"""Session state: the ids of the notes of the suggestion that was taken up last."""
_NEW, _NONE = "new", "none"
_CHOSEN = "failures_note_chosen_"


def draw(place: str, notes: Sequence[SortedNote], here: UUID | None) -> None:
    """Notes with a tick box each, a page at a time, and where to put those that are ticked.
    `here` is the failure mode that they are in."""
    n_pages = -(-len(notes) // _PAGE)
    page = 0
    if n_pages > 1:
        page = st.pagination(n_pages, key=f"failures_page_{place}", persist_state="session") - 1
    shown = notes[page * _PAGE : (page + 1) * _PAGE]
    for note in shown:
        _note(place, note)
    chosen = [note for note in shown if st.session_state.get(f"{_CHOSEN}{place}_{note.id}")]
    _put(place, chosen, here)


def suggested(waiting: Sequence[SortedNote]) -> None:
    """Groups of notes that say alike things, each with a button that chooses them. Suggestions:
    people decide what belongs together, and name it."""
    there = {note.id for note in waiting}
    found = [group for group in reading.alike() if all(note.id in there for note in group)]
    if not found:
        return
    with st.expander(f"Notes that say alike things ({len(found)})", icon=":material/hub:"):
        for group in found[:_MOST_SUGGESTED]:
            st.button(
                f"Choose these {len(group)}",
                key=f"failures_alike_{group[0].id}",
                icon=":material/done_all:",
                type="tertiary",
                on_click=choose,
                args=(group,),
            )
            st.caption(" · ".join(short(note.text, 70) for note in group[:_SHOWN_OF_GROUP]))
        by = "a small model's sense of them" if sentences.is_installed() else "their words alone"
        st.caption(f"Grouped by {md(by)}: look at them before you sort them.")


def chosen_first(notes: Sequence[SortedNote]) -> list[SortedNote]:
    """The notes with those that were chosen from a suggestion in front."""
    wanted = set(st.session_state.get(_GROUP, ()))
    return sorted(notes, key=lambda note: str(note.id) not in wanted)


def choose(group: Sequence[SortedNote]) -> None:
    """Tick these notes and show them first; for callbacks."""
    st.session_state[_GROUP] = [str(note.id) for note in group]
    st.session_state.pop("failures_page_waiting", None)
    for note in group:
        st.session_state[f"{_CHOSEN}waiting_{note.id}"] = True


def _note(place: str, note: SortedNote) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        st.checkbox(
            f"Note on {md(note.case)}",
            key=f"{_CHOSEN}{place}_{note.id}",
            label_visibility="collapsed",
            width="content",
            persist_state="page",
        )
        with st.container(gap="xxsmall"):
            prose(note.text)
            st.caption(
                f"{md(note.case)} · variant {md(note.variant)} · {md(note.experiment)} · "
                f"{md(note.author)}"
            )


def _put(place: str, chosen: Sequence[SortedNote], here: UUID | None) -> None:
    known = {str(mode.id): mode.label for mode in session.failure_modes() if mode.id != here}
    options = [*known, _NEW, *([_NONE] if here else [])]
    said = {_NEW: "A new failure mode", _NONE: "No failure mode"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        to = st.selectbox(
            "Put the chosen notes into",
            options,
            key=f"failures_into_{place}",
            persist_state="page",
            format_func=lambda option: plain(said.get(option) or known.get(option, str(option))),
        )
        name = ""
        if to == _NEW:
            name = st.text_input(
                "Its name",
                key=f"failures_new_name_{place}",
                placeholder="Promises a refund",
                live=True,
            )
        st.button(
            f"Put {count(len(chosen), 'note')} there" if chosen else "Put them there",
            key=f"failures_put_{place}",
            icon=":material/drive_file_move:",
            disabled=not chosen or (to == _NEW and not name.strip()),
            help=None if chosen else "Tick notes first.",
            on_click=_move,
            args=(place, list(chosen), to, name),
        )
    trouble.show_kept(f"failures_{place}")


def _move(place: str, notes: Sequence[SortedNote], to: str, name: str) -> None:
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    try:
        if to == _NEW:
            made = failures.add_mode(store, who, feature_id, ModeDraft(name), notes)
            st.session_state["failures_open"] = made.key
            st.session_state.pop(f"failures_new_name_{place}", None)
            # Said and not forgotten: the browser would go on showing “A new failure mode”, and what
            # is put there next would go elsewhere.
            st.session_state[f"failures_into_{place}"] = str(made.id)
        else:
            failures.sort(store, who, feature_id, notes, None if to == _NONE else UUID(to))
    except WorkbenchError as error:
        trouble.later(f"failures_{place}", error)
        return
    for note in notes:
        st.session_state.pop(f"{_CHOSEN}{place}_{note.id}", None)


def unsorted(notes: Sequence[SortedNote]) -> list[SortedNote]:
    """The notes that are in no failure mode."""
    return [note for note in notes if note.mode_id is None]


def of_mode(notes: Sequence[SortedNote], mode: FailureMode) -> list[SortedNote]:
    """The notes that are in a failure mode."""
    return [note for note in notes if note.mode_id == mode.id]
