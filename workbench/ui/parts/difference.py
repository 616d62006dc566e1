"""A difference between two variants, drawn: none in the middle, coloured where it is a find."""

import streamlit as st

from workbench.evidence.comparisons import Comparison
from workbench.evidence.words import comparisons

WIDE, NARROW = 400, 240
"""Pixels: a line of its own, and one beside words."""
_BETTER, _WORSE, _UNSURE, _TRACK = "#2a9163", "#c8503f", "#c27c1e", "#7c8a8d"


def line(found: Comparison, key: str, *, width: int = WIDE) -> None:
    """B minus A on a line from -100 to +100 points (or over the scale), 0 in the middle.

    Green or red only where the comparison is beyond chance with all of its family considered: the
    interval alone, however far from the middle, is no find.
    """
    gap = found.difference
    middle = _x(width, 0.5)
    parts = [
        _stroke(width, 0, 1, _TRACK, 2, 0.5),
        f'<rect x="{middle - 1.5:.1f}" y="3" width="3" height="22" rx="1.5" fill="{_TRACK}"/>',
    ]
    if gap.estimate is not None:
        low, high = (min(1.0, max(0.0, (1 + end) / 2)) for end in (gap.low, gap.high))
        hue = (_BETTER if found.is_better else _WORSE) if found.is_sure else _UNSURE
        parts.append(_stroke(width, low, high, hue, 5, 0.6))
        at = _x(width, (1 + gap.estimate) / 2)
        parts.append(f'<circle cx="{at:.1f}" cy="14" r="6" fill="{hue}"/>')
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="28" '
        f'viewBox="0 0 {width} 28">{"".join(parts)}</svg>'
    )
    said = "beyond chance" if found.is_sure else "could be chance"
    with st.container(key=key, width=width):
        st.image(drawing, width=width, alt=f"Difference {comparisons.span(found)}, {said}")


def _stroke(width: int, start: float, end: float, hue: str, thick: int, opacity: float) -> str:
    x1, x2 = _x(width, start), _x(width, end)
    return (
        f'<line x1="{x1:.1f}" y1="14" x2="{x2:.1f}" y2="14" stroke="{hue}" '
        f'stroke-width="{thick}" stroke-opacity="{opacity}" stroke-linecap="round"/>'
    )


def _x(width: int, share: float) -> float:
    """Where a share lies on the drawing, with room for half a dot at both ends."""
    return 8 + share * (width - 16)
