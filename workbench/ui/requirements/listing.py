"""The feature's requirements in the order of their priority, and the picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from workbench.domain.requirements import Horizon, Kind, Level, Requirement, priority
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui.parts import look
from workbench.ui.parts.text import short

OPEN = "requirements_open"
"""Session state: the key of the requirement that is open, such as "R1"; `NEW` for a new one."""
NEW = "new"
PARAM = "requirement"

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
_LEVELS = [level.value for level in Level]


@dataclass(frozen=True)
class Group:
    """The requirements of one horizon, most worthwhile first."""

    horizon: Horizon
    rows: tuple[RequirementVerdict, ...]


def groups(rows: Sequence[RequirementVerdict]) -> list[Group]:
    """Now, next and later; those that hold something."""
    ordered = sorted(rows, key=lambda row: priority(row.requirement))
    found = [
        Group(horizon, tuple(row for row in ordered if row.requirement.draft.horizon == horizon))
        for horizon in Horizon
    ]
    return [group for group in found if group.rows]


def choose(rows: Sequence[RequirementVerdict]) -> str:
    """The key of the requirement that is open: as set, as linked to, or the most worthwhile.

    `NEW` where a new one is written; the page's address follows, so that it can be shared.
    """
    keys = [row.requirement.key for group in groups(rows) for row in group.rows]
    wanted = st.session_state.get(OPEN) or st.query_params.get(PARAM)
    found = str(wanted) if wanted in (*keys, NEW) else keys[0] if keys else NEW
    st.session_state[OPEN] = found
    if st.query_params.get(PARAM) != found:
        st.query_params[PARAM] = found
    return found


def show(key: str) -> None:
    """Open another requirement; for callbacks."""
    st.session_state[OPEN] = key


def draw(rows: Sequence[RequirementVerdict], opened: str) -> None:
    """The list, one button a requirement, and what opens a new one."""
    st.button(
        "New requirement",
        key="requirements_new",
        icon=":material/add:",
        type="primary" if opened == NEW else "secondary",
        width="stretch",
        on_click=show,
        args=(NEW,),
    )
    for group in groups(rows):
        st.caption(f"**{group.horizon.value.capitalize()}** · {len(group.rows)}")
        for row in group.rows:
            _row(row, row.requirement.key == opened)


def _row(row: RequirementVerdict, is_open: bool) -> None:
    requirement = row.requirement
    draft = requirement.draft
    with st.container(border=True, gap=None, key=f"requirements_row_{requirement.key}"):
        st.button(
            f"{KIND_ICON[draft.kind]} **{requirement.key}** · {_standing(row)}",
            key=f"requirements_open_{requirement.id}",
            type="tertiary",
            on_click=show,
            args=(requirement.key,),
            help=f"{draft.kind.value.capitalize()}: {KIND_HELP[draft.kind]}",
        )
        statement = short(draft.statement, 76)
        st.caption(f"**{statement}**" if is_open else statement)


def _standing(row: RequirementVerdict) -> str:
    if not row.criteria:
        return ":orange[:material/straighten: no criterion yet]"
    shown = look.verdict(row.verdict, is_evaluated=row.is_evaluated, is_stale=row.is_stale)
    return shown.text


def picture(requirements: Sequence[Requirement], opened: str) -> None:
    """Impact against effort: what is worth doing first lies top left."""
    cells = [
        {
            "effort": effort,
            "impact": impact,
            "worth": _LEVELS.index(impact) - _LEVELS.index(effort),
            "keys": ", ".join(
                found.key
                for found in sorted(requirements, key=priority)
                if (found.draft.effort, found.draft.impact) == (effort, impact)
            ),
            "is_open": any(
                found.key == opened and (found.draft.effort, found.draft.impact) == (effort, impact)
                for found in requirements
            ),
        }
        for effort in _LEVELS
        for impact in _LEVELS
    ]
    base = alt.Chart(pd.DataFrame(cells)).encode(
        x=alt.X("effort:O", sort=_LEVELS, axis=alt.Axis(title="effort", labelAngle=0)),
        y=alt.Y("impact:O", sort=_LEVELS[::-1], axis=alt.Axis(title="impact")),
        tooltip=[
            alt.Tooltip("keys:N", title="Requirements"),
            alt.Tooltip("impact:N", title="Impact"),
            alt.Tooltip("effort:N", title="Effort"),
        ],
    )
    # One hue, stronger where impact outweighs effort; readable on light and dark pages.
    tint = alt.Opacity("worth:Q", scale=alt.Scale(domain=[-2, 2], range=[0.04, 0.34]), legend=None)
    ink = "#e4ebec" if st.context.theme.type == "dark" else "#1d2b2e"
    chart = alt.layer(
        base.mark_rect(color="#389194", cornerRadius=4, stroke=None).encode(opacity=tint),
        base.transform_filter("datum.is_open").mark_rect(
            filled=False, stroke="#178382", strokeWidth=2, cornerRadius=4
        ),
        base.mark_text(fontWeight="bold", fontSize=13, color=ink).encode(text="keys:N"),
    ).properties(height=170)
    spoken = "; ".join(
        f"{cell['keys']}: impact {cell['impact']}, effort {cell['effort']}"
        for cell in cells
        if cell["keys"]
    )
    st.altair_chart(chart, width="stretch", key="requirements_picture", alt=spoken)
