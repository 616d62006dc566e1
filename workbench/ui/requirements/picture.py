"""The picture of priorities: impact against effort, and where each requirement lies."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from workbench.domain.requirements import Level, Requirement, priority

_LEVELS = [level.value for level in Level]
_FOLDED_FROM = 13
_NAMED = 3
"""So many keys fit into a cell; more are counted."""


def beside(requirements: Sequence[Requirement], opened: str) -> None:
    """The picture below the list; folded where that is long, so that both stay in view."""
    if len(requirements) > _FOLDED_FROM:
        with st.expander("Priorities", icon=":material/grid_view:", key="requirements_priorities"):
            draw(requirements, opened)
    elif requirements:
        draw(requirements, opened)


def draw(requirements: Sequence[Requirement], opened: str) -> None:
    """Impact against effort: what is worth doing first lies top left."""

    def within(effort: str, impact: str) -> list[Requirement]:
        here = (effort, impact)
        found = [r for r in requirements if (r.draft.effort, r.draft.impact) == here]
        return sorted(found, key=priority)

    cells = [
        {
            "effort": effort,
            "impact": impact,
            "worth": _LEVELS.index(impact) - _LEVELS.index(effort),
            "keys": ", ".join(found.key for found in within(effort, impact)),
            "shown": _said([found.key for found in within(effort, impact)]),
            "is_open": any(found.key == opened for found in within(effort, impact)),
        }
        for effort in _LEVELS
        for impact in _LEVELS
    ]
    # A plain specification, as in `pictures`: what Altair checks took half of the page's time. One
    # hue, stronger where impact outweighs effort; readable on light and dark pages.
    tint: dict[str, Any] = {"field": "worth", "type": "quantitative", "legend": None}
    tint["scale"] = {"domain": [-2, 2], "range": [0.04, 0.34]}
    # The text colour around the picture: one chosen here would stay when somebody, or the system at
    # dusk, changes the theme, since that draws no page anew.
    ink = "currentColor"
    chart = {
        "height": 170,
        "encoding": {
            "x": _axis("effort", _LEVELS, {"labelAngle": 0}),
            "y": _axis("impact", _LEVELS[::-1], {}),
            "tooltip": [
                {"field": "keys", "title": "Requirements"},
                {"field": "impact", "title": "Impact"},
                {"field": "effort", "title": "Effort"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "rect", "color": "#389194", "cornerRadius": 4, "stroke": None},
                "encoding": {"opacity": tint},
            },
            {
                "transform": [{"filter": "datum.is_open"}],
                "mark": {
                    **{"type": "rect", "filled": False, "cornerRadius": 4},
                    **{"stroke": "#178382", "strokeWidth": 2},
                },
            },
            {
                "mark": {"type": "text", "fontWeight": "bold", "fontSize": 13, "color": ink},
                "encoding": {"text": {"field": "shown"}},
            },
        ],
    }
    spoken = "; ".join(
        f"{cell['keys']}: impact {cell['impact']}, effort {cell['effort']}"
        for cell in cells
        if cell["keys"]
    )
    st.vega_lite_chart(
        pd.DataFrame(cells), chart, width="stretch", key="requirements_picture", alt=spoken
    )


def _axis(name: str, levels: Sequence[str], more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{"field": name, "type": "ordinal", "sort": list(levels)},
        "axis": {"title": name, **more},
    }


def _said(keys: Sequence[str]) -> str:
    return ", ".join(keys) if len(keys) <= _NAMED else f"{len(keys)} of them"
