"""Two who rated blind see each other's words at one moment: who is ready, and who waits."""

from uuid import UUID

import streamlit as st

from workbench import say
from workbench.actions import reveals
from workbench.actions.rating import Task
from workbench.domain.reveals import MOST_NOTE, Round
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short

VIEW, SHOWN = "agreement", "score_view"
"""The view with what was said, and the key of the field that chooses it."""
_PLACE, _NOTE = "score_together", "score_why_now"
_LOOK_S = 2
"""Seconds between two looks while one waits for the other."""


def draw(task: Task) -> bool:
    """Whether this person may read what the others said; where not, who is how far, and the way
    to reveal."""
    found = _round(task)
    if found.is_open_to(task.rater):
        _opened(task, found)
        return True
    with st.container(border=True, key="score_together"):
        st.markdown("#### :material/visibility_off: Blind until you reveal together")
        st.markdown(
            "Each of you has rated without a word of the other. What was said, how far you agree "
            "and where you differ appears for both at one moment."
        )
        st.fragment(trouble.boundary(_wait), run_every=_LOOK_S)(task)
        if task.rater in found.ready:
            _now(task)
        else:
            _ask(task, found)
        trouble.show_kept(_PLACE)
    return False


def is_chosen() -> bool:
    """Whether what was said is to be shown."""
    return bool(st.session_state.get(SHOWN) == VIEW)


def offer(task: Task) -> None:
    """The button for who has rated all, where somebody else rates too."""
    found = _round(task)
    if found.others(task.rater) and task.rater not in found.opened:
        _button(task, found)


def say_who_waits(task: Task) -> None:
    """That another is ready, for one who rates still."""
    found = _round(task)
    waiting = found.waiting(task.rater)
    if waiting and task.rater in found.rated and task.rater not in found.ready:
        st.caption(
            f":material/hourglass_top: {md(_names(waiting))} {_is(waiting)} ready to reveal. "
            "Rate on: nobody sees a word before you are ready too."
        )


def closed(task: Task) -> tuple[UUID, ...]:
    """The experiments in which this person must not read yet what others said by the criterion."""
    return session.remembered(
        "score_closed",
        (task.criterion.id, task.criterion.number, task.rater),
        lambda: tuple(
            session.store().reveals.closed(
                task.criterion.id, task.scorer, task.rater, is_paired=task.is_paired
            )
        ),
        feature=task.experiment.feature_id,
    )


def _wait(task: Task) -> None:
    """Who is how far; the page as a whole is drawn anew once the words may be read."""
    found = _round(task)
    if found.is_open_to(task.rater):
        st.rerun()
    for name in (task.rater, *found.others(task.rater)):
        is_ready = name in found.ready
        icon = ":green[:material/check_circle:]" if is_ready else ":gray[:material/edit:]"
        who = "You" if name == task.rater else name
        rated = f"rated {found.rated.get(name, 0):,} of {found.outputs:,}"
        st.markdown(f"{icon} **{md(who)}** {rated}{', ready' if is_ready else ''}")
    waiting = found.waiting(task.rater)
    if task.rater in found.ready:
        others = _names(found.others(task.rater))
        st.caption(
            f":material/hourglass_top: Waiting for {md(others)}. This page changes by itself."
        )
    elif waiting:
        st.caption(
            f":material/hourglass_top: {md(_names(waiting))} {_is(waiting)} waiting for you."
        )


def _ask(task: Task, found: Round) -> None:
    mine = found.rated.get(task.rater, 0)
    left = found.outputs - mine
    if not mine:
        st.caption(
            "Rate some outputs first, or look now and say why: what you rate later is then "
            "not blind."
        )
        _now(task)
        return
    if left:
        st.caption(
            f"{say.count(left, 'output')} {'is' if left == 1 else 'are'} left for you. What was "
            "said of those stays hidden until you have rated them."
        )
    _button(task, found)


def _button(task: Task, found: Round) -> None:
    st.button(
        "Reveal together",
        key="score_reveal_together",
        icon=":material/visibility:",
        type="primary",
        on_click=_ready,
        args=(task,),
        help="Both see each other's words from the same moment on. Who asks first waits for the "
        "other. That you asked is kept on record.",
    )


def _now(task: Task) -> None:
    with st.popover("Reveal now", icon=":material/fast_forward:", type="tertiary"):
        st.caption(
            "You see what the others said so far. They see yours when they are ready. That you "
            "did not wait is kept on record, with your reason."
        )
        st.text_input(
            "Why do you not wait?",
            key=_NOTE,
            max_chars=MOST_NOTE,
            placeholder="Ben had to leave.",
            persist_state="session",
        )
        st.button("Reveal to me now", key="score_reveal_now", on_click=_at_once, args=(task,))


def _opened(task: Task, found: Round) -> None:
    """Since when the words are open, and who did not wait."""
    since = found.opened.get(task.rater)
    if since is None:
        return
    together = [name for name in found.others(task.rater) if name in found.opened]
    note = found.notes.get(task.rater)
    if note:
        said = f"Revealed to you {say.ago(since)}, without waiting: {short(note, MOST_NOTE)}"
    elif together:
        said = f"Revealed to you and {md(_names(together))} {say.ago(since)}."
    else:
        said = f"Revealed {say.ago(since)}."
    still = [name for name in found.others(task.rater) if name not in found.opened]
    if still:
        said += f" {md(_names(still))} can't see your words yet."
    st.caption(f":material/visibility: {said}")


def _ready(task: Task) -> None:
    """Callback: ready, and on to where the words will appear."""
    st.session_state[SHOWN] = VIEW
    try:
        reveals.ask(session.store(), session.who(), task)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)


def _at_once(task: Task) -> None:
    """Callback: see the words without waiting."""
    try:
        reveals.at_once(
            session.store(), session.who(), task, str(st.session_state.get(_NOTE) or "")
        )
    except WorkbenchError as error:
        trouble.later(_PLACE, error)
        return
    st.session_state[_NOTE] = ""


def _round(task: Task) -> Round:
    return session.remembered(
        "score_round",
        (task.experiment.id, task.criterion.id, task.criterion.number),
        lambda: reveals.now(session.store(), task),
        feature=task.experiment.feature_id,
    )


def _names(names: tuple[str, ...] | list[str]) -> str:
    *most, last = names or ("the other",)
    return f"{', '.join(most)} and {last}" if most else last


def _is(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"
