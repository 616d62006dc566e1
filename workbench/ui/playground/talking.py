"""The simulated user of a typed input: who talks to the model, what they want, how often."""

import streamlit as st

from workbench.domain import simulated_users
from workbench.domain.simulated_users import MOST_TEXT, MOST_TURNS, TURNS, SimulatedUser
from workbench.errors import InputError
from workbench.ui.parts.text import md

_PERSONA, _GOAL = "playground_typed_persona", "playground_typed_goal"
_TURNS = "playground_typed_turns"


def draw() -> tuple[SimulatedUser | None, str]:
    """Draw the fields; who was typed, and what is wrong with it. Nobody where both are empty."""
    st.session_state.setdefault(_TURNS, TURNS)
    with st.expander("A simulated user answers", icon=":material/forum:"):
        st.caption(
            "A second model can play the user and answer what the model says, so that you see a "
            "whole conversation. Leave this empty to see one answer."
        )
        persona = st.text_area(
            "Who they are",
            key=_PERSONA,
            height=80,
            max_chars=MOST_TEXT,
            placeholder="Anna, 34, in a hurry, writes short messages",
            persist_state="session",
        )
        goal = st.text_area(
            "What they want",
            key=_GOAL,
            height=80,
            max_chars=MOST_TEXT,
            placeholder="Learn on which day parcel TB-7 comes",
            persist_state="session",
        )
        turns = st.number_input(
            "They answer at most (times)",
            1,
            MOST_TURNS,
            step=1,
            key=_TURNS,
            width=220,
            persist_state="session",
        )
        if not (persona or "").strip() and not (goal or "").strip():
            return None, ""
        try:
            typed = {"persona": persona or "", "goal": goal or "", "turns": int(turns or TURNS)}
            return simulated_users.of(typed), ""
        except InputError as error:
            # Its hint is about lines of a table, and there are fields here.
            st.caption(f":orange[:material/warning:] {md(error.message)}")
            return None, error.message
