"""One click from what went wrong to what is asked for: a requirement, or a criterion of one."""

from uuid import UUID

import streamlit as st

from workbench.actions import lessons
from workbench.actions.lessons import Learnt
from workbench.domain.failures import FailureMode
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.text import md, plain


def draw(mode: FailureMode, *, has_example: bool) -> None:
    """What the failure mode became, and the ways to make something of it."""
    became = _became(mode)
    if became:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/school: Became {md(', '.join(became))}.", width="content")
            st.page_link(pages.link("requirements"), label="See it", icon=":material/edit_note:")
    requirements = session.store().requirements.of(mode.feature_id)
    known = {str(found.id): f"{found.key} {found.draft.statement}" for found in requirements}
    why_not = None if has_example else "Sort a note into it first: it is the evidence."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Make it a requirement",
            key=f"failures_require_{mode.id}",
            icon=":material/add_task:",
            disabled=not has_example or any(key.startswith("R") for key in became),
            help=why_not
            or "Adds a requirement with a criterion that people rate, the notes as what caused it, "
            "and its examples as cases. You can reword both.",
            on_click=_require,
            args=(mode,),
        )
        if known:
            with st.popover(
                "Make it a criterion",
                icon=":material/straighten:",
                key=f"failures_judge_open_{mode.id}",
                on_change="rerun",
                disabled=not has_example,
                help=why_not,
            ):
                chosen = st.selectbox(
                    "Of which requirement?",
                    list(known),
                    key=f"failures_judge_of_{mode.id}",
                    format_func=lambda found: plain(known.get(found, str(found)), 90),
                )
                st.button(
                    "Add the criterion",
                    key=f"failures_judge_{mode.id}",
                    icon=":material/add:",
                    type="primary",
                    help="People rate it. It counts as discovered: the answers that are there were "
                    "seen before it was written, so they can't confirm it.",
                    on_click=_judge,
                    args=(mode, chosen),
                )
    trouble.show_kept(f"failures_lesson_{mode.id}")


def _became(mode: FailureMode) -> list[str]:
    """The keys of what it became that is still asked for."""
    store = session.store()
    keys: dict[UUID | None, str] = {c.id: c.key for c in session.criteria()}
    keys |= {r.id: r.key for r in store.requirements.of(mode.feature_id)}
    found = store.failures.lessons(mode.feature_id).get(mode.id, [])
    return list(
        dict.fromkeys(
            keys[made]
            for requirement_id, criterion_id in found
            if (made := criterion_id or requirement_id) in keys
        )
    )


def _require(mode: FailureMode) -> None:
    try:
        _say(lessons.require(session.store(), session.who(), mode.id))
    except WorkbenchError as error:
        trouble.later(f"failures_lesson_{mode.id}", error)


def _judge(mode: FailureMode, requirement_id: str) -> None:
    st.session_state[f"failures_judge_open_{mode.id}"] = False
    try:
        made = lessons.judge(session.store(), session.who(), mode.id, UUID(requirement_id))
        _say(made)
    except WorkbenchError as error:
        trouble.later(f"failures_lesson_{mode.id}", error)


def _say(made: Learnt) -> None:
    added = made.cases_added
    cases = f"{count(added, 'case')} added" if added else "its examples are cases already"
    st.toast(
        f"{md(made.requirement.key)} has {md(made.criterion.key)} now: {cases}.",
        icon=":material/check:",
    )
