"""The picture of priorities: impact against effort, and where each requirement lies."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.requirements import Level, Requirement, priority
from workbench.ui.parts import folds
from workbench.ui.parts.text import md

_FOLDED_FROM = 13


def beside(requirements: Sequence[Requirement], opened: str) -> None:
    """The picture below the list; folded where that is long, so that both stay in view."""
    if len(requirements) > _FOLDED_FROM:
        with st.expander(
            "Priorities",
            icon=":material/grid_view:",
            **folds.bind("requirements_priorities", "Priorities"),
        ) as folded:
            if folded.open:
                draw(requirements, opened)
    elif requirements:
        draw(requirements, opened)


def draw(requirements: Sequence[Requirement], opened: str) -> None:
    """Impact against effort: what is worth doing first lies top left.

    A table, for a chart of nine cells would have a browser load what draws charts. The page's sheet
    tints the cells by their place and frames the one with the strong key, which is open.
    """

    levels = " | ".join(level.value for level in Level)
    lines = [f"| impact ↓ effort → | {levels} |", f"|---|{':-:|' * len(Level)}"]
    for impact in reversed(Level):
        here = [r for r in requirements if r.draft.impact is impact]
        cells = [_keys([r for r in here if r.draft.effort is effort], opened) for effort in Level]
        lines.append(f"| {impact.value} | {' | '.join(cells)} |")
    with st.container(key="requirements_picture"):
        st.markdown("\n".join(lines))


def _keys(found: Sequence[Requirement], opened: str) -> str:
    """What lies in a cell, the most worthwhile first."""
    return ", ".join(
        f"**{md(requirement.key)}**" if requirement.key == opened else md(requirement.key)
        for requirement in sorted(found, key=priority)
    )
