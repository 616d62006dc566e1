"""One look for each thing: what is judged, what is going on and who answered look alike anywhere.

A verdict, an outcome, the state of a run: an icon, a colour and a word, never colour alone. A
variant has a colour by its letter.
"""

from typing import Literal, NamedTuple

import streamlit as st

from workbench.domain.experiments import RunState
from workbench.domain.failures import Severity
from workbench.domain.prompts import Variant, next_label
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.ui.parts.text import md

Color = Literal["blue", "orange", "green", "violet", "red", "yellow", "gray"]
COLORS: tuple[Color, ...] = ("blue", "orange", "green", "violet", "red", "yellow", "gray")
HUES = ("#3b7dd8", "#c27c1e", "#2a9163", "#7d5bd0", "#c8503f", "#a88d12", "#7c8a8d")
"""The same colours for charts, of one strength on light and dark pages."""

_LETTERS: list[str] = []
while len(_LETTERS) < 26 * len(COLORS):
    _LETTERS.append(next_label(_LETTERS))
_PLACE = {letter: position for position, letter in enumerate(_LETTERS)}


class Look(NamedTuple):
    """How a thing is shown: a colour, a Material icon and a word."""

    color: Color
    icon: str
    word: str

    @property
    def mark(self) -> str:
        """The icon alone, in its colour, for Markdown that says the word itself."""
        return f":{self.color}[:material/{self.icon}:]"

    @property
    def text(self) -> str:
        """Icon and word in their colour, for Markdown."""
        return f":{self.color}[:material/{self.icon}: {self.word}]"

    @property
    def badge(self) -> str:
        """Icon and word as a badge, for Markdown."""
        return f":{self.color}-badge[:material/{self.icon}: {self.word}]"


_NOT_EVALUATED = Look("gray", "radio_button_unchecked", "not evaluated")
_VERDICTS = {
    Verdict.MET: Look("green", "check_circle", Verdict.MET.label),
    Verdict.NOT_MET: Look("red", "cancel", Verdict.NOT_MET.label),
    Verdict.NOT_ENOUGH_EVIDENCE: Look("orange", "help", Verdict.NOT_ENOUGH_EVIDENCE.label),
}
_OUTCOMES = {
    Outcome.PASS: Look("green", "check_circle", "pass"),
    Outcome.FAIL: Look("red", "cancel", "fail"),
    Outcome.NOT_APPLICABLE: Look("gray", "do_not_disturb_on", "not applicable"),
    Outcome.UNSCORED: Look("gray", "help", "unscored"),
}
_SEVERITIES = {
    Severity.MINOR: Look("gray", "low_priority", Severity.MINOR.value),
    Severity.SERIOUS: Look("orange", "warning", Severity.SERIOUS.value),
    Severity.SEVERE: Look("red", "error", Severity.SEVERE.value),
}
_STATES = {
    "": Look("gray", "radio_button_unchecked", "not started"),
    RunState.WAITING: Look("blue", "sync", "running"),
    RunState.RUNNING: Look("blue", "sync", "running"),
    RunState.PAUSED: Look("orange", "pause_circle", "paused"),
    RunState.STOPPED: Look("orange", "pause_circle", "stopped"),
    RunState.FAILED: Look("red", "error", "failed"),
    RunState.FINISHED: Look("green", "check_circle", "finished"),
    RunState.INTERRUPTED: Look("orange", "power_off", "interrupted"),
}

STOPPING = Look("orange", "hourglass_top", "stopping")
"""Not a state that is kept: a run that was told to end goes on until its calls in flight have."""
_ANSWERED = Look("green", "check_circle", "answered")
"""Nor is this: an experiment that nobody started, all of whose answers other ones brought."""


def verdict(shown: Verdict, *, is_evaluated: bool = True, is_stale: bool = False) -> Look:
    """How a verdict looks; one of nothing yet is *not evaluated*."""
    found = _VERDICTS[shown] if is_evaluated else _NOT_EVALUATED
    return found._replace(word=f"{found.word}, stale") if is_evaluated and is_stale else found


def draw(shown: Look) -> None:
    """A look as a badge of its own."""
    st.markdown(shown.badge, width="content")


def outcome(shown: Outcome) -> Look:
    """How a score's outcome looks."""
    return _OUTCOMES[shown]


def severity(shown: Severity) -> Look:
    """How bad a failure mode is."""
    return _SEVERITIES[shown]


def state(shown: str, *, is_answered: bool = False) -> Look:
    """How a run's state looks; empty where none was started, though all may be answered."""
    return _ANSWERED if is_answered and not shown else _STATES[shown]


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


def variant(shown: Variant, position: int | None = None) -> None:
    """The variant's letter in its colour; pointing at it says what it is.

    Leave `position` out to give the variant the colour it has on every other page.
    """
    place = position_of(shown) if position is None else position
    # Not `st.badge`: it escapes brackets once more, which makes escaped ones live.
    st.markdown(f":{color(place)}-badge[{md(shown.label)}]", width="content", help=describe(shown))


def variant_text(shown: Variant) -> str:
    """The same inside Markdown."""
    return f":{color(position_of(shown))}-badge[{md(shown.label)}]"


def describe(variant: Variant) -> str:
    """What a variant is, in one line, escaped for labels and captions."""
    return md(variant.describe())
