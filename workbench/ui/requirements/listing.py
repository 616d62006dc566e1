"""The feature's requirements, a line each: which is open, and what is put away."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import streamlit as st

from workbench.actions import requirements as deeds
from workbench.domain.requirements import Kind, Requirement
from workbench.errors import WorkbenchError
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui.parts import links, session
from workbench.ui.parts.text import md, short
from workbench.ui.requirements import finding, rescoring
from workbench.ui.requirements.finding import Group

OPEN = "requirements_open"
"""Session state: the key of the requirement that is open, such as "R1"; `NEW` for a new one."""
NEW = "new"
PARAM = "requirement"
SIDE = "requirements_side"
"""Session state: what a narrow window shows, the list or the text."""
_DRAWN = "requirements_drawn"
LIST, TEXT = "All requirements", "The open one"

KIND_ICON = {
    Kind.QUALITY: ":material/star:",
    Kind.SAFETY: ":material/shield:",
    Kind.CONSISTENCY: ":material/repeat:",
    Kind.DEGRADATION: ":material/healing:",
    Kind.LATENCY: ":material/timer:",
    Kind.COST: ":material/payments:",
}
KIND_HELP = {
    Kind.QUALITY: "what a good answer does",
    Kind.SAFETY: "what an answer must not do",
    Kind.CONSISTENCY: "the same question gets the same answer",
    Kind.DEGRADATION: "what happens when the input is poor or something fails",
    Kind.LATENCY: "how soon the answer is there",
    Kind.COST: "what an answer may cost",
}
_SCROLLS_FROM = 14
"""From so many requirements on the list scrolls by itself, beside an editor that stays."""
_HEIGHT = 520


def choose(rows: Sequence[RequirementVerdict]) -> str:
    """The key of the requirement that is open: as set, as linked to, or the most worthwhile.

    `NEW` where a new one is written; the page's address follows, so that it can be shared.
    """
    keys = [row.requirement.key for group in finding.groups(rows) for row in group.rows]
    links.take(PARAM, OPEN, (*keys, NEW))
    wanted = st.session_state.get(OPEN)
    found = str(wanted) if wanted in (*keys, NEW) else keys[0] if keys else NEW
    st.session_state[OPEN] = found
    if found != st.session_state.get(_DRAWN):
        # Whoever asked for one, here or on another page, sees it; else there is a list, if any.
        st.session_state[SIDE] = TEXT if found in (wanted, NEW) else LIST
        st.session_state[_DRAWN] = found
    links.give(PARAM, OPEN)
    return found


def show(key: str) -> None:
    """Open another requirement; for callbacks."""
    st.session_state[OPEN] = key
    st.session_state[SIDE] = TEXT


def switch() -> None:
    """What a narrow window shows: the list, or the open requirement. Wide ones show both."""
    side = "text" if st.session_state[SIDE] == TEXT else "list"
    with st.container(key=f"requirements_switch_{side}"):
        st.segmented_control(
            "Show", [LIST, TEXT], key=SIDE, required=True,
            label_visibility="collapsed", persist_state="session", width="stretch",
        )  # fmt: skip


def shown(rows: Sequence[RequirementVerdict]) -> list[Group]:
    """What the list shows, in its order."""
    return finding.groups(rows, finding.order(), finding.wanted())


def draw(rows: Sequence[RequirementVerdict], opened: str) -> None:
    """What opens a new one, the search, and a button a requirement."""
    st.button(
        "New requirement",
        key="requirements_new",
        icon=":material/add:",
        type="primary" if opened == NEW else "secondary",
        width="stretch",
        on_click=show,
        args=(NEW,),
    )
    if not rows:
        return
    finding.draw()
    found = shown(rows)
    n_found = sum(len(group.rows) for group in found)
    if n_found < len(rows):
        _counted(n_found, len(rows))
    height: Literal["content"] | int = _HEIGHT if n_found >= _SCROLLS_FROM else "content"
    with st.container(key="requirements_rows", height=height, border=False, gap=None):
        for group in found:
            st.caption(f"**{group.horizon.value.capitalize()}** · {len(group.rows)}")
            for row in group.rows:
                _row(row, row.requirement.key == opened)


def _counted(n_found: int, n_all: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{n_found} of {n_all} fit." if n_found else f"None of {n_all} fits.")
        st.button(
            "Show all",
            key="requirements_show_all",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=finding.clear,
        )


def _row(row: RequirementVerdict, is_open: bool) -> None:
    requirement, draft = row.requirement, row.requirement.draft
    standing = finding.standing(row)
    look = finding.LOOKS[standing]
    stale = ", stale" if row.is_stale else ""
    old = " :gray[:material/history:]" if stale else ""
    st.button(
        f"{look.mark} **{requirement.key}**{old} {short(draft.statement, 90)}",
        key=f"requirements_open_{requirement.id}",
        type="secondary" if is_open else "tertiary",
        width="stretch",
        on_click=show,
        args=(requirement.key,),
        help=f"**{standing.value}{stale}** · {md(draft.kind)}: {KIND_HELP[draft.kind]}",
    )


def archived(feature_id: UUID) -> None:
    """Those that were put away, each with what brings it back; nothing where none were."""
    store = session.store()
    away = session.remembered(
        "archived_requirements", feature_id, lambda: store.requirements.archived(feature_id)
    )
    if not away:
        return
    with st.expander(
        f"Archived · {len(away)}", icon=":material/inventory_2:", key="requirements_archived"
    ):
        for requirement in away:
            by, why = store.requirements.put_away_by(requirement.id)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{requirement.key}** {short(requirement.draft.statement, 60)}  \n"
                    f":gray[{md(by or 'somebody')}: {short(why, 80) or 'no reason given'}]",
                    width="stretch",
                )
                st.button(
                    "Restore",
                    key=f"requirements_restore_{requirement.id}",
                    icon=":material/unarchive:",
                    on_click=_restore,
                    args=(requirement,),
                )


def _restore(requirement: Requirement) -> None:
    try:
        deeds.restore(session.store(), session.who(), requirement.id)
    except WorkbenchError as error:
        st.toast(f"{md(error.message)} {md(error.hint)}", icon=":material/error:")
        return
    show(requirement.key)
    rescoring.ask(f"{requirement.key} restored.")
