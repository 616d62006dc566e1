"""What is chosen can be read: its colour against the page, in both themes (WCAG 2.2, 1.4.3)."""

import re
import tomllib

import pytest

from tests.pages.conftest import ROOT

LEAST = 4.5
TINT = 0.1
"""So much of the primary colour lies behind what is chosen."""


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: tuple[float, ...], paper: tuple[float, ...]) -> float:
    low, high = sorted((luminance(ink), luminance(paper)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("place", "name"), [(0, "light"), (1, "dark")])
def test_what_is_chosen_is_readable_in_each_theme(place: int, name: str) -> None:
    sheet = (ROOT / "workbench" / "server" / "dressing.css").read_text("utf-8")
    found = re.search(r"light-dark\((#\w{6}), (#\w{6})\)", sheet)
    assert found, "the colour of what is chosen"
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][name]
    page, primary = rgb(theme["backgroundColor"]), rgb(theme["primaryColor"])
    behind = tuple(TINT * p + (1 - TINT) * b for p, b in zip(primary, page, strict=True))
    ink = found.group(place + 1)
    assert contrast(rgb(ink), page) >= LEAST
    assert contrast(rgb(ink), behind) >= LEAST
    # One of the theme's own colours, so that a change of theme is a change here.
    assert ink in (theme["primaryColor"], theme["linkColor"])
