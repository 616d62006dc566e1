"""Evidence that was changed behind our back: what it is, and a way on that somebody chooses."""

import streamlit as st

from workbench.actions import upkeep
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md

_DONE = "altered_done"


def draw() -> None:
    """Nothing while all evidence is as it was written; else what is not, and the two ways on."""
    done = st.session_state.pop(_DONE, "")
    if done:
        st.success(md(done), icon=":material/check_circle:")
    audit = session.store().audits.latest()
    if audit.is_whole:
        return
    with st.container(border=True, key="altered"):
        st.error(
            "**Evidence was changed since it was written, by another program or by a failing "
            "disk.** What rests on it is not decided.",
            icon=":material/gpp_maybe:",
        )
        for said in audit.sentences():
            st.markdown(f"- {md(said)}")
        st.caption(
            "If you have a backup from before, restore it: `python -m workbench restore BACKUP`. "
            "If not, leave out what rests on these rows. Look at the disk, and at what else opens "
            "this file."
        )
        with st.popover(
            "Leave out what rests on them", icon=":material/block:", key="altered_menu"
        ):
            _ask()


def _ask() -> None:
    would = session.store().leaving_out.forecast()
    st.markdown(
        f"**{count(would.trials, 'answer')}** would count no more: the next run of their "
        f"experiments asks again.  \n**{count(would.scores, 'score')}** would be taken away: "
        "checks look again at once, people rate again."
    )
    st.caption(
        "A changed requirement, criterion, prompt or case stays as it is now: look at it first. "
        "It is kept what was found, and that you decided this."
    )
    st.button(
        "Leave it out",
        key="altered_leave_out",
        icon=":material/block:",
        on_click=_leave_out,
    )


def _leave_out() -> None:
    """Callback: one deed, on record. A second click finds nothing to leave out."""
    store = session.store()
    if store.audits.latest().is_whole:
        return
    try:
        done = upkeep.leave_out_changed(store, session.who())
    except WorkbenchError as error:
        trouble.show(error)
        return
    st.session_state[_DONE] = done.sentence()
