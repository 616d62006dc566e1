"""Which packs are tried on which models, what that takes, and the click that starts it."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import streamlit as st

from workbench import say
from workbench.actions import capabilities
from workbench.actions.capabilities import Expected, Model
from workbench.actions.outlook import UNPACED
from workbench.actions.packs import Offered
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.packs import Pack
from workbench.domain.simulated_users import Player
from workbench.errors import WorkbenchError
from workbench.evidence.words import outlook as words
from workbench.say import count
from workbench.ui.parts import folds, players, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, plain

_PACKS, _MODELS = "capabilities_packs", "capabilities_models"
_MADE = "capabilities_choices_made"
_TRIALS, BUDGET = "capabilities_trials", "capabilities_budget"


class Wish(NamedTuple):
    """What is chosen on the page: packs, models, times each, USD, and who plays users, if any."""

    chosen: tuple[Offered, ...]
    models: tuple[Model, ...]
    trials: int
    budget: float | None
    has_users: bool
    player: Player | None


def draw(offered: Sequence[Offered], *, is_first: bool) -> None:
    """The choice of packs, models, trials and budget, and the button that runs them."""
    if is_first:
        st.info(
            "**No results yet.** Run the packs that matter to you. On the local model nothing "
            "leaves this machine and nothing is paid; other models are added in Settings."
            if services().models.local.availability().is_available
            else "**No results yet.** Choose some packs and a model below. Models are added "
            "in Settings.",
            icon=":material/science:",
        )
    with st.container(border=True):
        chosen = _packs(offered)
        grid = st.grid(3, min_column_width=220)
        models = _models(grid.cell())
        st.session_state.setdefault(_TRIALS, 1)
        trials = grid.cell().slider(
            "Times each",
            1,
            10,
            key=_TRIALS,
            help="How often each case is asked. Packs about repeats ask more often by themselves.",
            persist_state="session",
        )
        budget = grid.cell().number_input(
            "Budget (USD)",
            min_value=0.01,
            value=None,
            step=1.0,
            key=BUDGET,
            placeholder="No limit",
            help="What all of them together may cost. Each pack gets its share, and ends before "
            "it is passed.",
            persist_state="session",
        )
        wish = Wish(tuple(chosen), tuple(models), int(trials), budget, *_player(chosen))
        _start(wish)


def _packs(offered: Sequence[Offered]) -> list[Offered]:
    by_label = {one.pack.label: one for one in offered}
    # A new field with each choice that a button makes: a click that comes before the browser has it
    # would report the old field as it was, and undo the choice.
    field = f"{_PACKS}_{st.session_state.get(_MADE, 0)}"
    known = st.session_state.get(field, st.session_state.get(_PACKS, list(by_label)))
    st.session_state[field] = [label for label in known if label in by_label]
    labels = st.pills(
        "Packs",
        list(by_label),
        format_func=lambda label: md(by_label[label].pack.title),
        selection_mode="multi",
        key=field,
        persist_state="session",
    )
    st.session_state[_PACKS] = list(labels)
    with st.container(horizontal=True, gap="small"):
        st.button("All", key="capabilities_all", on_click=_choose, args=(list(by_label),))
        st.button("None", key="capabilities_none", on_click=_choose, args=([],))
    chosen = [by_label[label] for label in labels]
    label = "What these packs ask"
    with st.expander(
        label, icon=":material/info:", **folds.bind("capabilities_about", label)
    ) as folded:
        for one in (chosen or offered) if folded.open else ():
            said = f"**{md(one.pack.title)}** · {count(one.n_cases, 'case')} · "
            st.markdown(f"{said}{md(one.pack.label)}")
            st.caption(md(f"{one.about} {one.pack.attribution}".strip()))
    return chosen


def add(pack: Pack) -> None:
    """Choose one more; for callbacks."""
    chosen = st.session_state.get(_PACKS, [])
    if pack.label not in chosen:
        _choose([*chosen, pack.label])


def _choose(labels: list[str]) -> None:
    st.session_state[_PACKS] = labels
    st.session_state[_MADE] = st.session_state.get(_MADE, 0) + 1


def _models(place: "st.delta_generator.DeltaGenerator") -> list[Model]:
    offered = {
        f"{connection.name} · {model}": (connection.name, model)
        for connection in session.connections()
        for model in connection.models
    }
    kept = [label for label in st.session_state.get(_MODELS, list(offered)[:1]) if label in offered]
    st.session_state[_MODELS] = kept
    labels = place.multiselect(
        "Models",
        list(offered),
        format_func=plain,
        key=_MODELS,
        help="Other models are added in Settings.",
        # In one row the first of them would be out of sight.
        wrap=True,
        persist_state="session",
    )
    return [offered[label] for label in labels]


def _player(chosen: Sequence[Offered]) -> tuple[bool, Player | None]:
    """Whether users are to be played, and by whom; a choice is drawn where they are."""
    labels = tuple(one.pack.label for one in chosen)
    has_users = session.remembered(
        "capabilities_users", labels, lambda: capabilities.has_users(session.store(), chosen)
    )
    return has_users, players.choose("capabilities_player") if has_users else None


def _start(wish: Wish) -> None:
    chosen, models, trials, budget, has_users, player = wish
    store = session.store()
    lacks = "Choose a pack first." if not chosen else "" if models else "Choose a model first."
    live = {services().jobs.is_live(e) for one in chosen for e in _experiments(one)}
    if not lacks and True in live:
        lacks = "Some of these packs are being tried: see below."
    found = services().models.local.availability()
    if not lacks and not found.is_available and any(name == LOCAL_NAME for name, _ in models):
        lacks = f"The local model is not available. {found.reason} {found.hint}"
    if not lacks and has_users and player is None:
        lacks = f"Some of these packs are conversations: choose “{players.LABEL}”."
    expected = None
    if not lacks:
        key = (tuple(one.pack.label for one in chosen), models, trials, player)
        try:
            expected = session.remembered(
                "capabilities_expected",
                key,
                lambda: capabilities.expected(store, chosen, models, trials, player),
            )
        except WorkbenchError as error:
            # One pack that can't be asked, and the results of all others are there to be read.
            lacks = f"{error.message} {error.hint}"
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            "Run" if expected is None else f"Run {count(expected.to_ask, md(expected.most.noun))}",
            key="capabilities_run",
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(lacks) or (expected is not None and not expected.to_ask),
        )
        st.caption(md(lacks) if expected is None else md(_sentence(expected)), width="stretch")
    if is_asked and not lacks:
        try:
            deed = store, services().jobs, session.who()
            capabilities.start(*deed, chosen, models, trials, budget, player)
        except WorkbenchError as error:
            trouble.show(error)
        else:
            st.rerun()


def _experiments(one: Offered) -> list[UUID]:
    if one.pack.feature_id is None:
        return []
    return [each.id for each in session.store().experiments.of(one.pack.feature_id)]


def _sentence(expected: Expected) -> str:
    """What it takes in words: calls, time and money."""
    noun = expected.most.noun
    if not expected.to_ask:
        return f"All {count(expected.calls, noun)} were made before: see below."
    known = expected.calls - expected.to_ask
    calls = count(expected.calls, noun) + (f", {known:,} of them made before" if known else "")
    time = f"time {UNPACED}"
    if expected.seconds is not None:
        likely, most = expected.seconds
        time = f"about {say.duration(likely)}, at most {say.duration(most)}"
    cost = "cost unknown (no price is known for a model)"
    if expected.cost is not None:
        likely, most = expected.cost
        cost = f"about {say.money(likely)}, at most {say.money(most)}" if most else "no cost"
    parts = (
        f"{calls} · {time} · {cost}.",
        words.requests(expected.most),
        "You may leave this page: the run goes on.",
    )
    return " ".join(part for part in parts if part)
