"""What is chosen, captions and focus can be seen on the page, in both themes (WCAG 2.2)."""

import re
import tomllib

import pytest

from tests.pages.conftest import ROOT

LEAST = 4.5
LEAST_OF_PARTS = 3.0
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


def mixed(a: tuple[float, ...], b: tuple[float, ...], share: float) -> tuple[float, ...]:
    """So much of the one colour, the rest of the other."""
    return tuple(share * one + (1 - share) * other for one, other in zip(a, b, strict=True))


def said(pattern: str) -> re.Match[str]:
    """Where the style sheet says it."""
    sheet = (ROOT / "workbench" / "server" / "dressing.css").read_text("utf-8")
    found = re.search(pattern, sheet)
    assert found, pattern
    return found


def theme(name: str) -> dict[str, str]:
    """The colours of a theme."""
    themes = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    found: dict[str, str] = themes[name]
    return found


@pytest.mark.parametrize("name", ["light", "dark"])
def test_what_is_chosen_is_readable_in_each_theme(name: str) -> None:
    found = said(r"color-mix\(in srgb, (#\w{6}), currentColor (\d+)%\)")
    colours = theme(name)
    page = rgb(colours["backgroundColor"])
    ink = mixed(rgb(colours["textColor"]), rgb(found.group(1)), int(found.group(2)) / 100)
    assert contrast(ink, page) >= LEAST
    assert contrast(ink, mixed(rgb(colours["primaryColor"]), page, TINT)) >= LEAST


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_caption_is_readable_in_each_theme(name: str) -> None:
    found = said(r"stCaptionContainer\"\] \{ opacity: ([\d.]+)")
    colours = theme(name)
    page = rgb(colours["backgroundColor"])
    assert contrast(mixed(rgb(colours["textColor"]), page, float(found.group(1))), page) >= LEAST


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_ring_around_a_button_is_seen_in_each_theme(name: str) -> None:
    found = said(r"button:focus-visible \{\s+outline: 2px solid (#\w{6})")
    colours = theme(name)
    for paper in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(rgb(found.group(1)), rgb(colours[paper])) >= LEAST_OF_PARTS
