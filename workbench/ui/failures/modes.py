"""The failure modes as a list, the notes that wait to be sorted, and the one that is open."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import failures
from workbench.domain.experiments import Experiment
from workbench.errors import WorkbenchError
from workbench.evidence.failures import Seen
from workbench.evidence.words import failures as words
from workbench.say import count
from workbench.ui.failures import mode, output, reading, sorting, suggesting
from workbench.ui.parts import look, session, trouble
from workbench.ui.parts.text import md, short

OPEN = "failures_open"
"""Session state: the key of the failure mode that is shown, such as "F1"."""


def draw(experiment: Experiment) -> None:
    """List and notes at the left, the open one at the right."""
    found = reading.seen(experiment)
    waiting = sorting.unsorted(reading.notes())
    if not found and not waiting:
        st.info(
            "There is no note yet. Read some outputs first, and write down what went wrong first "
            "in each: failure modes are made of these notes.",
            icon=":material/lightbulb:",
        )
    holds = output.shares_hold(reading.to_read(experiment, at_random=False))
    if found and holds:
        st.caption(f":material/info: {md(holds)}")
    desk = st.grid(2, min_column_width=380, gap="medium")
    with desk.cell():
        opened = _list(found)
        st.markdown(f"**Notes to sort** ({len(waiting):,})")
        if waiting:
            sorting.suggested(waiting)
        suggesting.draw(waiting)
        if waiting:
            sorting.draw("waiting", sorting.chosen_first(waiting), None)
        else:
            st.caption("Every note is in a failure mode." if found else "None yet.")
        _archived()
    with desk.cell():
        if opened is not None:
            mode.draw(opened, experiment)


def _list(found: Sequence[Seen]) -> Seen | None:
    """The failure modes, the most frequent first; returns the open one."""
    if not found:
        return None
    chosen = st.session_state.get(OPEN)
    opened = next((each for each in found if each.mode.key == chosen), found[0])
    st.markdown(f"**{count(len(found), 'failure mode').capitalize()}**")
    with st.container(gap="xxsmall", key="failures_list"):
        for each in found:
            is_open = each is opened
            name, mark = (
                short(each.mode.draft.name, 60),
                look.severity(each.mode.draft.severity).mark,
            )
            st.button(
                f"{mark} **{md(each.mode.key)}**\u2002"
                + (f"**{name}**" if is_open else name)
                + f" :gray[· {each.having:,} of {each.read:,}]",
                key=f"failures_open_{each.mode.id}",
                type="secondary" if is_open else "tertiary",
                wrap=False,
                on_click=_open,
                args=(each.mode.key,),
                help=f"{each.mode.draft.severity.value.capitalize()}, "
                f"{md(words.likelihood(each))}.",
            )
    return opened


def _open(key: str) -> None:
    st.session_state[OPEN] = key


def _archived() -> None:
    store = session.store()
    away = store.failures.of(session.feature_id(), is_archived=True)
    if not away:
        return
    with st.expander(f"Archived ({len(away)})", icon=":material/archive:"):
        for each in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{md(each.key)}** {short(each.draft.name, 60)}")
                st.button(
                    "Restore",
                    key=f"failures_restore_{each.id}",
                    icon=":material/unarchive:",
                    type="tertiary",
                    on_click=_restore,
                    args=(each.id,),
                )
    trouble.show_kept("failures_restore")


def _restore(mode_id: UUID) -> None:
    try:
        failures.restore_mode(session.store(), session.who(), mode_id)
    except WorkbenchError as error:
        trouble.later("failures_restore", error)
