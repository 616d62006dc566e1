"""The table of a rater who compares: two outputs side by side, and which is better."""

from uuid import UUID

import streamlit as st

from workbench.actions import preferring
from workbench.actions.preferring import Pair
from workbench.actions.rating import Task
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.preferences import Preference
from workbench.domain.prompts import Variant
from workbench.errors import WorkbenchError
from workbench.store.reports.rating import CaseToRate
from workbench.ui.parts import (
    conversation,
    drafts,
    endings,
    kept_text,
    look,
    redline,
    session,
    thoughts,
    trouble,
)
from workbench.ui.parts.text import SHOWN
from workbench.ui.rating import place as rating_place
from workbench.ui.rating import reading, reveal

_SIDES = ("Left", "Right")
_LABELS = {
    Preference.FIRST: "Left is better",
    Preference.SECOND: "Right is better",
    Preference.TIE: "Tie",
    Preference.BOTH_BAD: "Both bad",
}
_ICONS = {
    Preference.FIRST: ":material/arrow_circle_left:",
    Preference.SECOND: ":material/arrow_circle_right:",
    Preference.TIE: ":material/equal:",
    Preference.BOTH_BAD: ":material/thumb_down:",
}
_KEYS = {
    Preference.FIRST: "1",
    Preference.SECOND: "2",
    Preference.TIE: "T",
    Preference.BOTH_BAD: "B",
}


def draw(task: Task, case: CaseToRate) -> None:
    """The pair at hand with what can be said of it; whose outputs they are once the rater was
    told."""
    found = preferring.pairs(session.store(), task, case.id)
    pair = found[rating_place.choose_batch([[each] for each in found], "Pairs")]
    by_id = None
    if reading.is_told(task, case.id):
        by_id = {variant.id: variant for variant in task.experiment.variants}
    note = f"score_note_{pair.token}"
    _choices(task, case, pair, note)
    if pair.is_same:
        st.caption(":material/equal: The two are the same, word for word.")
    else:
        _difference(pair)
    for side, column in enumerate(st.columns(2, border=True)):
        with column:
            _output(task, pair, side, by_id)
    kept_text.field(
        st.text_input,
        "Note (optional)",
        key=note,
        scope=_scope(task, pair),
        held=pair.mine.note if pair.mine else "",
        name="note",
        placeholder="What decided it?",
    )


def _output(task: Task, pair: Pair, side: int, by_id: dict[UUID, Variant] | None) -> None:
    trial, text = (pair.first, pair.second)[side], pair.texts[side]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_SIDES[side]}**")
        if by_id is not None:
            look.variant(by_id[trial.variant_id])
        endings.badge(trial)
    what = task.criterion.draft.scorer.looks_at
    conversation.looked_at(what, trial, pair.cases[side])
    if by_id is not None and what is not LooksAt.REASONING:
        thoughts.folded(trial.reasoning)
    if len(text) > SHOWN:
        name = _SIDES[side].lower()
        st.download_button(
            "The whole text",
            text,
            f"output-{name}.txt",
            "text/plain",
            key=f"score_whole_{name}_{pair.token}",
            icon=":material/download:",
            on_click="ignore",
        )


def _difference(pair: Pair) -> None:
    """On demand, the right output word by word against the left one."""
    if st.toggle(
        "Show what differs",
        key="score_difference",
        help="Word by word: what only the left output says is struck out, what only the right one "
        "says is bold.",
        persist_state="session",
    ):
        with st.container(border=True):
            left, right = (text[:SHOWN] for text in pair.texts)
            st.markdown(redline.of(left, right) or ":gray[both are empty]")


def _choices(task: Task, case: CaseToRate, pair: Pair, note: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for choice in preferring.CHOICES:
            is_said = pair.mine is not None and pair.mine.outcome is choice
            st.button(
                _LABELS[choice],
                # Counted on with each word, as in `table`: what was meant for these outputs as
                # they stood before finds no button any more.
                key=f"score_{choice.value}_{pair.token}_{pair.said_before}",
                icon=_ICONS[choice],
                type="primary" if is_said else "secondary",
                shortcut=_KEYS[choice] if pair.mine is None else None,
                disabled=bool(pair.nothing),
                on_click=_prefer,
                args=(task, case, pair, choice, note),
            )
        if pair.mine is not None:
            st.caption(":material/check: compared")


def _scope(task: Task, pair: Pair) -> str:
    return drafts.scope("preference", f"{pair.first.id}/{pair.second.id}/{task.criterion.id}")


def _prefer(task: Task, case: CaseToRate, pair: Pair, said: Preference, note: str) -> None:
    """Callback: save, then go on to what is open: the next two, or the next case."""
    store, text = session.store(), str(st.session_state.get(note, ""))
    try:
        if not preferring.keep(store, session.who(), task, pair, said, text):
            rating_place.say(
                "That came while the page was changing, so it was not used. Your earlier word "
                "stands.",
                ":material/hourglass_top:",
            )
            return
        drafts.drop(_scope(task, pair))
    except WorkbenchError as error:
        trouble.later(rating_place.TROUBLE, error)
        return
    now = reading.queue(task, str(case.id))
    if now.here is None or case.is_done:
        return
    if not now.here.is_done:
        rating_place.show_open()
        return
    st.session_state[reveal.LAST] = str(case.id)
    if now.next_open is not None:
        rating_place.go_on(task, case)
