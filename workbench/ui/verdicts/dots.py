"""A hundred answers as dots: what the evidence shows, what could go either way, and the rest."""

from math import ceil, floor

import streamlit as st

from workbench.domain.criteria import Measure
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence.words import figures, measures, sentences
from workbench.ui.parts import pictures

_SIDE, _CELL, _RADIUS = 10, 20, 7
"""Ten rows of ten; pixels from dot to dot, and half a dot."""
_GOOD, _OPEN, _BAD, _RING = "#2a9163", "#c27c1e", "#c8503f", "#7c8a8d"
"""The hues of the verdicts, of one strength on light and dark pages."""
_HAPPENS = {
    Measure.PASS_RATE: "pass",
    Measure.FAIL_RATE: "fail",
    Measure.PASS_HAT_K: "pass every time",
    Measure.AGREEMENT: "agree",
}


def draw(found: CriterionVerdict) -> None:
    """The picture of one evaluated criterion, with its legend and what is wanted."""
    wanted = f"Wanted: {measures.bar(found.criterion)}"
    if found.criterion.draft.scale is not None:
        # A mean is no share of answers, so no dots out of a hundred stand for it.
        pictures.line(found, key="decide_mean")
        st.caption(f"{wanted}. {figures.design(found)}.")
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="decide_dots"
    ):
        # A drawing of its own size: a chart would be pulled to the width that is there.
        st.image(drawing(found), width=_SIDE * _CELL, alt=sentences.expectation(found))
        with st.container(width=210, gap="xsmall"):
            st.markdown("  \n".join(_legend(found)))
            st.caption(f"{wanted} (the ringed dot). {figures.design(found)}.")


def drawing(found: CriterionVerdict) -> str:
    """Ten by ten dots as SVG. What is shown is filled, what could be is half, the rest is hollow:
    so they can be told apart without their colours. A ring marks the dot that the bar stands at."""
    shown, possible = _bounds(found)
    is_upper = found.criterion.draft.measure.is_upper_bar
    good, rest = (_BAD, _GOOD) if is_upper else (_GOOD, _BAD)
    parts = []
    for number in range(1, _SIDE * _SIDE + 1):
        x = _CELL * ((number - 1) % _SIDE) + _CELL / 2
        y = _CELL * ((number - 1) // _SIDE) + _CELL / 2
        hue = good if number <= shown else _OPEN if number <= possible else rest
        filling = hue if number <= shown else "none"
        parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{_RADIUS}" fill="{filling}" stroke="{hue}" '
            'stroke-width="1.5"/>'
        )
        if shown < number <= possible:
            parts.append(
                f'<path d="M{x:g} {y - _RADIUS:g} A{_RADIUS} {_RADIUS} 0 0 0 {x:g} '
                f'{y + _RADIUS:g} Z" fill="{hue}"/>'
            )
        if number == _barred(found):
            parts.append(
                f'<circle cx="{x:g}" cy="{y:g}" r="9.25" fill="none" stroke="{_RING}" '
                'stroke-width="1.5"/>'
            )
    side = _SIDE * _CELL
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="0 0 {side} {side}">{"".join(parts)}</svg>'
    )


def _legend(found: CriterionVerdict) -> list[str]:
    """A line for each sort of dot that there is, as Markdown."""
    shown, possible = _bounds(found)
    draft = found.criterion.draft
    happens = _HAPPENS[draft.measure]
    good, rest = ("red", "green") if draft.measure.is_upper_bar else ("green", "red")
    lines = (
        (shown, f":{good}[●]", f"{happens}, shown by the evidence"),
        (possible - shown, ":orange[◐]", "could go either way"),
        (_SIDE * _SIDE - possible, f":{rest}[○]", f"do not {happens}"),
    )
    return [f"{mark} **{number}** {said}" for number, mark, said in lines if number]


def _bounds(found: CriterionVerdict) -> tuple[int, int]:
    """Up to which dot the evidence shows it, and up to which it may be."""
    return floor(100 * found.estimate.low), ceil(100 * found.estimate.high)


def _barred(found: CriterionVerdict) -> int:
    """The first dot that reaches a bar of 88.5% is the 89th; the last within at most that, the
    88th."""
    to = floor if found.criterion.draft.measure.is_upper_bar else ceil
    return to(round(100 * found.criterion.draft.bar, 9))
