"""One colour per variant on every page: its letter decides, so a badge means the same anywhere."""

from typing import Literal

import streamlit as st

from workbench.domain.prompts import Variant, next_label
from workbench.ui.parts.text import md

Color = Literal["blue", "orange", "green", "violet", "red", "yellow", "gray"]
COLORS: tuple[Color, ...] = ("blue", "orange", "green", "violet", "red", "yellow", "gray")
HUES = ("#3b7dd8", "#c27c1e", "#2a9163", "#7d5bd0", "#c8503f", "#a88d12", "#7c8a8d")
"""The same colours for charts, of one strength on light and dark pages."""

_LETTERS: list[str] = []
while len(_LETTERS) < 26 * len(COLORS):
    _LETTERS.append(next_label(_LETTERS))
_PLACE = {letter: position for position, letter in enumerate(_LETTERS)}


def position_of(variant: Variant) -> int:
    """A variant's place among its feature's, by its letter: A is 0, B is 1, Z is 25, AA is 26."""
    found = _PLACE.get(variant.label)
    return sum(variant.label.encode()) if found is None else found


def color(position: int) -> Color:
    """The colour of a variant at a position: A blue, B orange, C green, D violet, and around."""
    return COLORS[position % len(COLORS)]


def hue(position: int) -> str:
    """The colour as hex, for charts."""
    return HUES[position % len(HUES)]


def badge(variant: Variant, position: int | None = None) -> None:
    """The variant's letter in its colour; pointing at it says what it is.

    Leave `position` out to give the variant the colour it has on every other page.
    """
    place = position_of(variant) if position is None else position
    # Not `st.badge`: it escapes brackets once more, which makes escaped ones live.
    st.markdown(
        f":{color(place)}-badge[{md(variant.label)}]", width="content", help=describe(variant)
    )


def describe(variant: Variant) -> str:
    """What a variant is, in one line, escaped for labels and captions."""
    return md(variant.describe())
