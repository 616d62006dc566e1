"""The requirements to decide as one-line rows, found by verdict, kind and word; one is open."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from workbench.domain.requirements import Kind
from workbench.domain.verdicts import Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui.parts import links, look
from workbench.ui.parts.text import short
from workbench.ui.verdicts import reading

OPEN = "decide_open"
"""Session state: the key of the requirement whose evidence is shown, such as "R1"."""

_ALL = "all"
_ORDER = (Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.MET)
_FEW = 10
"""So many rows fit a screen: more get a search, and scroll by themselves."""
_HEIGHT = 480  # pixels


def choose(rows: Sequence[RequirementVerdict]) -> RequirementVerdict | None:
    """Draw the list, with what narrows it; returns the row that is open, None where none fits."""
    shown = _narrowed(rows)
    if not shown:
        st.caption("No requirement is like that.")
        return None
    links.take_open("requirement", OPEN)
    opened = reading.opened(shown, str(st.session_state.get(OPEN, "")))
    links.give_open("requirement", OPEN, opened.requirement.key)
    height: int | Literal["content"] = _HEIGHT if len(shown) > _FEW else "content"
    with st.container(height=height, border=False, gap="xxsmall", key="decide_list"):
        for row in shown:
            _row(row, is_open=row is opened)
    return opened


def show(key: str) -> None:
    """Open another requirement; for callbacks."""
    st.session_state[OPEN] = key


def _narrowed(rows: Sequence[RequirementVerdict]) -> list[RequirementVerdict]:
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    verdict = st.segmented_control(
        "Show",
        [_ALL, *(verdict.value for verdict in _ORDER)],
        default=_ALL,
        required=True,
        key="decide_filter",
        format_func=lambda name: (
            f"All ({len(rows)})"
            if name == _ALL
            else f"{Verdict(name).label.capitalize()} ({counts[Verdict(name)]})"
        ),
        persist_state="session",
    )
    words, kinds = "", list[Kind]()
    if len(rows) > _FEW:
        words = st.text_input(
            "Find",
            key="decide_find",
            placeholder="Words, R7 or C12",
            icon=":material/search:",
            persist_state="session",
        )
    there = [kind for kind in Kind if any(row.requirement.draft.kind is kind for row in rows)]
    if len(rows) > _FEW and len(there) > 1:
        kinds = st.pills(
            "Kind",
            there,
            selection_mode="multi",
            key="decide_kinds",
            format_func=str,
            label_visibility="collapsed",
            persist_state="session",
        )
    return [
        row
        for row in rows
        if verdict in (_ALL, row.verdict.value)
        and (not kinds or row.requirement.draft.kind in kinds)
        and reading.mentions(row, words)
    ]


def _row(row: RequirementVerdict, *, is_open: bool) -> None:
    requirement = row.requirement
    mark = look.verdict(row.verdict, is_evaluated=row.is_evaluated).mark
    stale = " :gray[:material/history:]" if row.is_stale else ""
    statement = short(requirement.draft.statement, 90)
    said = row.verdict.label if row.is_evaluated else "not evaluated"
    st.button(
        f"{mark}{stale} **{requirement.key}**\u2002"
        + (f"**{statement}**" if is_open else statement),
        key=f"decide_open_{requirement.id}",
        type="secondary" if is_open else "tertiary",
        wrap=False,
        on_click=show,
        args=(requirement.key,),
        help=f"{said.capitalize()}{', stale' if row.is_stale else ''}: "
        f"{short(requirement.draft.statement, 400)}",
    )
