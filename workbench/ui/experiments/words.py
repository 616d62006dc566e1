"""Small words and badges that every part of the Experiments page uses."""

from typing import Literal

import streamlit as st

from workbench.domain.experiments import RunState
from workbench.domain.prompts import Variant

Color = Literal["blue", "orange", "green", "violet", "red", "yellow", "gray"]
STATES: dict[str, tuple[str, str, Color]] = {
    "": ("not started", ":material/radio_button_unchecked:", "gray"),
    RunState.WAITING: ("running", ":material/sync:", "blue"),
    RunState.RUNNING: ("running", ":material/sync:", "blue"),
    RunState.PAUSED: ("paused", ":material/pause_circle:", "orange"),
    RunState.STOPPED: ("stopped", ":material/pause_circle:", "orange"),
    RunState.FAILED: ("failed", ":material/error:", "red"),
    RunState.FINISHED: ("finished", ":material/check_circle:", "green"),
    RunState.INTERRUPTED: ("interrupted", ":material/power_off:", "orange"),
}
HELD_OUT: dict[str, bool | None] = {
    "Without held-out": False,
    "All cases": None,
    "Only held-out": True,
}


def state_badge(state: str) -> None:
    """Where a run stands, as a word with an icon."""
    label, icon, color = STATES[state]
    st.badge(label, icon=icon, color=color)


def variant_name(variant: Variant) -> str:
    """A variant as an option's plain text."""
    limit = variant.parameters.max_tokens
    return f"{variant.label}: {variant.describe()} · {limit} tokens · {variant.connection}"


def held_out_words(held_out: bool | None) -> str:
    """Which cases a plan takes, as a phrase."""
    if held_out is None:
        return "held-out cases included"
    return "only held-out cases" if held_out else "without held-out cases"
