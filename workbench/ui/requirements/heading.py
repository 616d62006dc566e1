"""The open requirement's name, and what can be done to it as a whole: copy, move, put away."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import requirements as deeds
from workbench.domain.requirements import Requirement
from workbench.errors import WorkbenchError
from workbench.ui.parts import session
from workbench.ui.parts.text import md
from workbench.ui.requirements import finding, listing, putting_away
from workbench.ui.requirements.finding import Group, Order


def draw(requirement: Requirement, shown: Sequence[Group]) -> None:
    """`shown` is the list as it is: a requirement moves among those that one sees."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="requirements_heading"
    ):
        st.subheader(f"{requirement.key} · {md(requirement.draft.kind)}", anchor=False)
        _moves(requirement, shown)
        st.button(
            "Duplicate",
            key="requirements_duplicate",
            icon=":material/content_copy:",
            type="tertiary",
            help="A copy with its criteria, without its history.",
            on_click=_duplicate,
            args=(requirement,),
        )
        putting_away.draw(
            "requirements",
            requirement.key,
            requirement.id,
            "It leaves the list, the spec and the verdicts. Its revisions and evidence stay, and "
            "it can be restored below the list.",
            "Nobody asked for it in three weeks of support mail",
            lambda why: _archive(requirement, why),
        )


def _moves(requirement: Requirement, shown: Sequence[Group]) -> None:
    if finding.order() is not Order.ARRANGED:
        return
    beside = finding.neighbours(requirement.id, shown)
    for name, icon, other in (
        ("up", ":material/arrow_upward:", beside.before),
        ("down", ":material/arrow_downward:", beside.after),
    ):
        st.button(
            f"Move {name}",
            key=f"requirements_move_{name}",
            icon=icon,
            type="tertiary",
            disabled=other is None,
            on_click=_move,
            args=(requirement, other),
        )


def _move(requirement: Requirement, other: UUID) -> None:
    try:
        deeds.move(session.store(), session.who(), requirement.id, other)
    except WorkbenchError as error:
        st.toast(f"{md(error.message)} {md(error.hint)}", icon=":material/error:")


def _duplicate(requirement: Requirement) -> None:
    try:
        kept = deeds.duplicate(session.store(), session.who(), requirement.id)
    except WorkbenchError as error:
        st.toast(f"{md(error.message)} {md(error.hint)}", icon=":material/error:")
        return
    listing.show(kept.key)
    st.toast(f"{kept.key} copied from {requirement.key}", icon=":material/content_copy:")


def _archive(requirement: Requirement, why: str) -> None:
    deeds.archive(session.store(), session.who(), requirement.id, why)
    st.session_state.pop(listing.OPEN, None)
