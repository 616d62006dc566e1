"""Who is asked and how: models, parameters, other variants beside it, and how often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from workbench.actions.asking import MOST_VARIANTS, Wish, lineup
from workbench.actions.outlook import UNPACED
from workbench.domain.calls import Parameters
from workbench.domain.datasets import Case
from workbench.domain.fingerprint import fingerprint
from workbench.domain.prompts import PromptVersion, Variant, refuse_unfit
from workbench.errors import InputError
from workbench.evidence.words import outlook as words
from workbench.runs.forecast import Forecast, forecast
from workbench.say import count, duration
from workbench.ui.parts import session
from workbench.ui.parts.text import md, plain
from workbench.ui.playground import earlier, parameters
from workbench.ui.playground.cases import Chosen
from workbench.ui.playground.prompt import Edited, unknown

MODELS, OTHERS, TRIALS = "playground_models", "playground_others", "playground_trials"


Outlook = tuple[Sequence[Variant], Forecast, int]
"""The variants that will be asked, what that takes, and how many answers are there already."""


@dataclass(frozen=True)
class Ways:
    """How the edited prompt is asked, and what else is asked beside it. `flaw` says what is wrong
    with the parameters."""

    models: tuple[tuple[str, str], ...]
    parameters: Parameters
    trials: int
    flaw: str
    other_versions: tuple[UUID, ...]
    other_variants: tuple[UUID, ...]


def choose(
    versions: Sequence[PromptVersion],
    saved: PromptVersion | None,
    cases: Sequence[Case],
) -> Ways:
    """Draw the choice of models, parameters and trials."""
    offered = {
        f"{connection.name} · {model}": (connection.name, model)
        for connection in session.connections()
        for model in connection.models
    }
    _begin(offered)
    st.session_state[MODELS] = [one for one in st.session_state[MODELS] if one in offered]
    grid = st.grid(3, min_column_width=220)
    left, middle, right = grid.cell(), grid.cell(), grid.cell()
    models = left.multiselect(
        "Models",
        list(offered),
        format_func=plain,
        key=MODELS,
        help="Other models are added in Settings.",
        max_selections=MOST_VARIANTS,
        # In one row the first of them would be out of sight.
        wrap=True,
        persist_state="session",
    )
    others = _others(versions, saved, middle)
    trials = right.slider(
        "Times each",
        1,
        10,
        key=TRIALS,
        help="Ask the same thing several times to see how much the answers vary.",
        persist_state="session",
    )
    entered, flaw = parameters.draw(has_users=any(case.user for case in cases))
    return Ways(
        tuple(offered[label] for label in models),
        entered,
        int(trials),
        flaw,
        tuple(UUID(o[1:]) for o in others if o.startswith("p")),
        tuple(UUID(o[1:]) for o in others if o.startswith("v")),
    )


def _begin(offered: Mapping[str, tuple[str, str]]) -> None:
    """Where nothing was chosen in this tab yet, what was asked last: a reload is a new tab."""
    if MODELS in st.session_state:
        return
    last = next(reversed(earlier.asked(session.feature_id())), None)
    mine = [v for v in last.variants if v.prompt.id == last.variants[0].prompt.id] if last else []
    asked = {(variant.connection, variant.model) for variant in mine}
    known = [label for label, model in offered.items() if model in asked]
    st.session_state[MODELS] = known or list(offered)[:1]
    st.session_state.setdefault(TRIALS, last.trials if last else 1)
    if mine:
        parameters.begin(mine[0].parameters)


def outlook(wish: Wish, chosen: Chosen) -> Outlook:
    """The variants that will be asked, what that takes, and how many answers are there already."""
    store = session.store()

    def read() -> Outlook:
        variants = lineup(store, wish)
        expected = forecast(store, variants, list(chosen.cases), wish.trials)
        ids = [variant.id for variant in variants], [case.id for case in chosen.cases]
        return variants, expected, store.reports.playground.answered(*ids, wish.trials)

    if chosen.is_typed:
        # It has another id with each drawing, and so has the wish.
        return read()
    return session.remembered("playground_outlook", fingerprint(repr(wish)), read)


def sentence(expected: Forecast, known: int) -> str:
    """The outlook in words: calls, time and money."""
    calls = count(expected.calls, md(expected.most.noun))
    if known >= expected.calls:
        return f"All {calls} were made before: their answers are shown, nothing is asked again."
    if known:
        calls += f", {known:,} of them made before"
    time = f"time {UNPACED}"
    if expected.seconds is not None:
        likely, most = expected.seconds
        time = f"about {duration(likely)}, at most {duration(most)}"
    if expected.cost is None:
        cost = "cost unknown (no price is known for a model)"
    elif expected.cost[1] == 0:
        cost = "no cost"
    else:
        cost = f"about \\${expected.cost[0]:.4f}, at most \\${expected.cost[1]:.4f}"
    several = md(words.requests(expected.most))
    return f"{calls} · {time} · {cost}" + (f". {several}" if several else "")


def lacking(edited: Edited, chosen: Chosen, asked: Sequence[Variant], flaw: str = "") -> str:
    """What is missing before anything can be asked, in one sentence; empty when nothing is."""
    missing = unknown(edited, chosen.available)
    if not edited.text.user.strip() and not edited.text.has_place:
        return "Write a user message first."
    try:
        refuse_unfit(edited.text)
    except InputError as error:
        return md(f"{error.message} {error.hint}")
    if flaw:
        return f"Repair the parameters first: {md(flaw)}"
    if edited.is_broken:
        return "Repair the prompt first."
    if not chosen.cases:
        return "Type an input first." if chosen.is_typed else "Choose a case first."
    if chosen.flaw:
        return chosen.flaw
    if missing:
        return f"The prompt uses {', '.join(map(md, missing))}, which the cases don't have."
    if not asked:
        return "Choose a model first."
    has_user = any(case.user is not None for case in chosen.cases)
    if has_user and any(variant.parameters.user is None for variant in asked):
        return "A chosen case has a simulated user: choose who plays it, under Parameters."
    if len(asked) > MOST_VARIANTS:
        return f"{len(asked)} variants don't fit side by side: choose up to {MOST_VARIANTS}."
    return ""


def _others(
    versions: Sequence[PromptVersion],
    saved: PromptVersion | None,
    place: "st.delta_generator.DeltaGenerator",
) -> list[str]:
    labels = {
        f"p{version.id}": f"{version.label}, asked in the same way"
        for version in reversed(versions)
        if saved is None or version.id != saved.id
    }
    known = session.variants()
    labels |= {f"v{v.id}": f"{v.label}: {v.describe()}" for v in known if not v.is_outside}
    st.session_state[OTHERS] = [o for o in st.session_state.get(OTHERS, []) if o in labels]
    found: list[str] = place.multiselect(
        "Beside it",
        list(labels),
        format_func=lambda option: plain(labels.get(option, "?")),
        key=OTHERS,
        max_selections=MOST_VARIANTS - 1,
        placeholder="Nothing else",
        help="Other saved versions or variants, answered side by side.",
        wrap=True,
        persist_state="session",
    )
    return found
