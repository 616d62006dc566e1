"""How the models are asked: fields that are drawn once somebody opens them, and what they hold."""

from typing import NamedTuple

import streamlit as st

from workbench.domain.calls import Parameters
from workbench.say import count
from workbench.ui.parts import folds, players, request_fields, session
from workbench.ui.parts.text import md

_PREFIX = "playground_"
_TEMPERATURE, _TOP_P = f"{_PREFIX}temperature", f"{_PREFIX}top_p"
_TOKENS, _SEED, _STOP = f"{_PREFIX}max_tokens", f"{_PREFIX}seed", f"{_PREFIX}stop"
_PLAYER = f"{_PREFIX}player"
_MOST_TOKENS = Parameters.max_tokens
"""How long an answer may get where nobody said anything else."""


class Entered(NamedTuple):
    """The parameters, and what is wrong with what was entered."""

    parameters: Parameters
    flaw: str


def begin(asked: Parameters) -> None:
    """What was asked with last, where nothing was entered in this tab yet."""
    held = {
        _TEMPERATURE: asked.temperature,
        _TOP_P: asked.top_p,
        _TOKENS: asked.max_tokens,
        _SEED: asked.seed,
        _STOP: "|".join(asked.stop),
        _PLAYER: None if asked.user is None else players.label(asked.user),
        **request_fields.written(_PREFIX, asked),
    }
    for key, value in held.items():
        st.session_state.setdefault(key, value)


def draw(*, has_users: bool) -> Entered:
    """Draw the fields, where they are open, and return what they hold. Who plays simulated users
    is asked where a chosen case has one (`has_users`) or any case of the feature."""
    st.session_state.setdefault(_TOKENS, _MOST_TOKENS)
    is_played = has_users or _has_users()
    label = "Parameters"
    with st.expander(
        label, icon=":material/tune:", **folds.bind(f"{_PREFIX}parameters", label)
    ) as folded:
        if folded.open:
            _fields()
            if is_played:
                players.choose(_PLAYER)
            request_fields.draw(_PREFIX)
    entered = _entered(is_played=is_played)
    said = _in_words(entered.parameters)
    if said and not folded.open:
        st.caption(f":material/tune: {md(said)}")
    return entered


def _has_users() -> bool:
    read, opened = session.store().reports.datasets.has_users, session.feature_id()
    return session.remembered("has_users", opened, lambda: read(opened), feature=opened)


def _fields() -> None:
    grid = st.grid(5, min_column_width=130)
    first, second, third, fourth, fifth = (grid.cell() for _ in range(5))
    first.number_input(
        "Temperature",
        0.0,
        2.0,
        None,
        0.1,
        key=_TEMPERATURE,
        placeholder="The model's own",
        help="0 gives nearly the same answer each time; higher values vary more.",
        persist_state="session",
    )
    second.number_input(
        "Top p",
        0.01,
        1.0,
        None,
        0.05,
        key=_TOP_P,
        placeholder="The model's own",
        help="Leaves out unlikely words. Change this or the temperature, not both.",
        persist_state="session",
    )
    third.number_input(
        "Longest answer (tokens)",
        1,
        32_000,
        step=16,
        key=_TOKENS,
        help="A token is about four characters. Longer answers are cut off.",
        persist_state="session",
    )
    fourth.number_input(
        "Seed",
        0,
        2**31 - 1,
        None,
        1,
        key=_SEED,
        placeholder="None",
        help="With the same seed some servers repeat their answers.",
        persist_state="session",
    )
    fifth.text_input(
        "Stop at",
        key=_STOP,
        placeholder="Nothing",
        help="The answer ends before this text. Separate several with |.",
        persist_state="session",
    )


def _entered(*, is_played: bool) -> Entered:
    held = st.session_state
    more = request_fields.entered(_PREFIX)
    seed, stop = held.get(_SEED), held.get(_STOP) or ""
    parameters = Parameters(
        temperature=held.get(_TEMPERATURE),
        top_p=held.get(_TOP_P),
        max_tokens=int(held.get(_TOKENS) or _MOST_TOKENS),
        seed=None if seed is None else int(seed),
        extra_body=more.extra_body,
        headers=more.headers,
        stop=tuple(part.strip() for part in stop.split("|") if part.strip()),
        user=players.chosen(_PLAYER) if is_played else None,
    )
    return Entered(parameters, more.flaw)


def _in_words(asked: Parameters) -> str:
    """What is not as the model's server would have it; empty where all of it is."""
    shares = {"temperature": asked.temperature, "top p": asked.top_p}
    parts = [f"{name} {value:g}" for name, value in shares.items() if value is not None]
    if asked.seed is not None:
        parts.append(f"seed {asked.seed}")
    if asked.max_tokens != _MOST_TOKENS:
        parts.append(f"at most {count(asked.max_tokens, 'token')}")
    if asked.stop:
        parts.append(f"stops at {' or '.join(asked.stop)}")
    if asked.extra_body or asked.headers:
        parts.append("with fields or headers of its own")
    return " · ".join(parts)
