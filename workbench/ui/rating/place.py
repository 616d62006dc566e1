"""Where the rater is: the case at hand, the way to others, and which outputs stand side by side.

Both are kept here and not in the fields that show them, and each move makes new fields. A key that
comes while the page changes makes the browser report its fields as they stood before: a field of
the same name would take the rater back to a case that is done, under the name of the next.
"""

from collections.abc import Sequence

import streamlit as st

from workbench.actions import handing_out
from workbench.actions.preferring import Pair
from workbench.actions.rating import Shown, Task
from workbench.domain.handing_out import Handed, Why
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.store.reports.rating import CaseToRate
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, plain
from workbench.ui.rating import reading

CASE = "score_case"
TROUBLE, _SAYS = "desk", "score_says"
"""The place where what a key ran into is shown; and what it has to say in passing."""
_AHEAD = "score_ahead"
_MOVES = "score_moves"
_WHY = "score_why"


def choose_case(task: Task) -> CaseToRate | None:
    """How far the rater is, and the case to show: the chosen one, or the next that is open.

    None where there is nothing to rate.
    """
    asked = str(st.session_state.get(CASE) or "")
    queue = reading.queue(task, asked)
    if queue.here is None and queue.next_open is not None:
        # Nothing was chosen yet: what is with this rater still, or else what comes next.
        handed = handing_out.resume(session.store(), session.who(), task)
        _take(handed)
        if handed is not None:
            queue = reading.queue(task, str(handed.case_id))
    case = queue.here or queue.next_open or queue.at(1)
    if case is None:
        return None
    if asked != str(case.id):
        st.session_state[CASE] = str(case.id)
        show_open()
        queue = reading.queue(task, str(case.id))
    known = {str(each.id): each.key for each in queue.near}
    field = _field("case")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Case",
            list(known),
            index=list(known).index(str(case.id)),
            key=field,
            persist_state="page",
            # The key alone: the browser keeps the words that an option had when it was chosen.
            format_func=lambda found: plain(known.get(found, found) or ""),
            accept_new_options=True,
            on_change=_go_to_chosen,
            args=(field,),
            width=260,
            help=f"The cases around this one. Type the key of any other of the {queue.cases:,}."
            if len(known) < queue.cases
            else None,
        )
        _step(queue.at(case.place - 1), "Previous", ":material/arrow_back:", "Left")
        _step(queue.at(case.place + 1), "Next", ":material/arrow_forward:", "Right")
        if queue.next_open is not None:
            st.button(
                "Next unrated",
                key="score_next_open",
                icon=":material/skip_next:",
                shortcut="N",
                on_click=go_on,
                args=(task,),
                help="What teaches most comes first, and no two people get the same case unless "
                "it is to be rated by two.",
            )
        st.progress(
            queue.done / queue.cases,
            text=f"{queue.done:,} of {count(queue.cases, 'case')} rated by you",
        )
    return case


def _step(to: CaseToRate | None, label: str, icon: str, shortcut: str) -> None:
    """A button to the case before or after."""
    st.button(
        label,
        key=f"score_{label.lower()}",
        icon=icon,
        shortcut=shortcut,
        disabled=to is None,
        on_click=go_to,
        args=("" if to is None else str(to.id),),
    )


def choose_batch(rows: Sequence[Sequence[Shown | Pair]], label: str = "Outputs") -> int:
    """Which row of outputs (or pair of them) is shown, where there are several."""
    if len(rows) == 1:
        return 0
    is_open = [any(shown.mine is None and not shown.nothing for shown in row) for row in rows]
    opened = is_open.index(True) if True in is_open else 0
    starts = [sum(len(row) for row in rows[:i]) for i in range(len(rows))]
    chosen: int | None = st.segmented_control(
        label,
        list(range(len(rows))),
        default=opened,
        key=_field("batch"),
        persist_state="page",
        required=True,
        format_func=lambda i: _batch_label(starts[i] + 1, starts[i] + len(rows[i])),
    )
    return chosen or 0


def _batch_label(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def go_to(case_id: str) -> None:
    """Show another case; for callbacks."""
    st.session_state[CASE] = case_id
    st.session_state[_WHY] = ""
    show_open()


def look_ahead(task: Task, case: CaseToRate) -> None:
    """Choose what comes after a case, and read it, while its rater reads this one."""
    after = _after(task, case)
    if case.is_done or st.session_state.get(_AHEAD, (None, None))[0] == after:
        return
    ahead = handing_out.look_ahead(session.store(), task, case.id)
    st.session_state[_AHEAD] = after, ahead
    if ahead is not None:
        reading.case(task, ahead.handed.case_id)
        reading.trials(task, ahead.handed.case_id)
        reading.is_told(task, ahead.handed.case_id)


def _after(task: Task, case: CaseToRate) -> tuple[object, ...]:
    """What a choice made ahead holds for: this table, by this wording and share, after a case."""
    share = reading.second_share(task.criterion, task.experiment.feature_id)
    return (*task.place, task.criterion.number, share, case.id)


def go_on(task: Task, done: CaseToRate | None = None) -> None:
    """Show the case that this rater should see next, after the one that is `done`; for
    callbacks."""
    after, ahead = st.session_state.pop(_AHEAD, (None, None))
    if done is None or after != _after(task, done):
        ahead = None
    try:
        handed = handing_out.next_case(session.store(), session.who(), task, ahead)
    except WorkbenchError as error:
        trouble.later(TROUBLE, error)
        return
    if handed is not None:
        go_to(str(handed.case_id))
        _take(handed)
    elif reading.queue(task, str(st.session_state.get(CASE) or "")).next_open is not None:
        _take(None)
        say(
            "Nothing waits for you here: what is left is with other raters, or was rated by them.",
            ":material/done_all:",
        )


def say(words: str, icon: str) -> None:
    """Have the desk say something in passing; for callbacks, which have no place of their own."""
    st.session_state[_SAYS] = (words, icon)


def show_said() -> None:
    """Say it, once."""
    words, icon = st.session_state.pop(_SAYS, ("", ""))
    if words:
        st.toast(md(words), icon=icon)


def _take(handed: Handed | None) -> None:
    st.session_state[_WHY] = "" if handed is None else handed.why.value


def why() -> str:
    """Why the case at hand was chosen, in a short line; empty where the rater went there."""
    chosen = str(st.session_state.get(_WHY) or "")
    return f"Chosen because {Why(chosen).sentence}." if chosen else ""


def show_open() -> None:
    """Begin with the outputs that are open; for callbacks."""
    st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1


def _go_to_chosen(field: str) -> None:
    go_to(st.session_state[field])


def _field(name: str) -> str:
    return f"score_{name}_{st.session_state.get(_MOVES, 0)}"
