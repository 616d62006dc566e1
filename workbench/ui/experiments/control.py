"""The controls of a run: what it may cost, how urgent it is, pause, go on and stop."""

from dataclasses import replace
from uuid import UUID

import streamlit as st

from workbench.actions import experiments
from workbench.domain.experiments import Experiment, Limits, Run, RunState
from workbench.runs.job import Status
from workbench.say import count, money
from workbench.ui.parts import pages, runs, session
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, tabular

_URGENCY = {"When it is its turn": 0, "Before other runs": experiments.URGENT}


_LEAST = 0.0001
"""USD: a budget of nothing is none, and the field says so where it is typed."""


def ended(run: Run, said: str) -> None:
    """Say that a run ended before its time; where it failed, with the way to the connections: what
    fails every call is a key, a model or an address."""
    has_failed = run.state is RunState.FAILED
    (st.error if has_failed else st.warning)(said, icon=":material/pause_circle:")
    if has_failed:
        st.page_link(
            pages.link("settings"),
            label="See the connections in Settings",
            icon=":material/settings:",
        )


def limits(feature_id: UUID, key: str, kept: Limits | None = None) -> Limits:
    """Ask what a run may take, folded away; `kept` is what it was given before."""
    kept = kept or Limits()
    budget = session.store().features.budget(feature_id)
    # What was typed is seen when the fields are folded away again: nobody wonders if it holds.
    typed = replace(
        kept,
        usd=st.session_state.get(f"{key}_usd", kept.usd),
        calls=st.session_state.get(f"{key}_calls", kept.calls),
    )
    with st.popover(_said(typed, budget), icon=":material/savings:", key=f"{key}_budget"):
        usd = st.number_input(
            "This run may cost (USD)", min_value=_LEAST, value=kept.usd, format="%g",
            placeholder="no limit", key=f"{key}_usd", persist_state="page",
            help="It ends before the next call could pass this, in-flight calls counted in full.",
        )  # fmt: skip
        calls = st.number_input(
            "It may send (requests)", min_value=1, value=kept.calls, step=1, placeholder="no limit",
            key=f"{key}_calls", persist_state="page",
            help="Where no price is known, this is the limit to set. A conversation takes several.",
        )  # fmt: skip
        # Several starters may stand on one page: each shows the budget as it is kept, and only the
        # field that somebody changed sets it.
        st.session_state[f"{key}_feature"] = budget
        st.number_input(
            "All runs of this feature may cost (USD)", min_value=_LEAST, value=None, format="%g",
            placeholder="no limit", key=f"{key}_feature", persist_state="page",
            on_change=_set_budget, args=(feature_id, f"{key}_feature"),
            help="What was spent before counts. Kept with the feature.",
        )  # fmt: skip
        spent = session.store().attempts.spent_on(feature_id)
        st.caption(f"Spent on this feature so far: at most {money(spent.usd)}.")
        urgency = st.segmented_control(
            "When it shares a connection", list(_URGENCY), required=True, key=f"{key}_urgency",
            persist_state="page",
            default=next(iter(_URGENCY)) if not kept.priority else list(_URGENCY)[1],
        )  # fmt: skip
    return Limits(usd, None if calls is None else int(calls), _URGENCY[urgency or ""])


def draw(experiment: Experiment, status: Status) -> None:
    """What a run that is going on is at, and its buttons."""
    key = experiment.id
    if status.is_paused:
        st.info("Paused. Nothing is sent until you let it go on.", icon=":material/pause_circle:")
    elif status.trouble:
        st.warning(f"It waits: {md(status.trouble)}.", icon=":material/hourglass_top:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[{_at(status)}]")
        st.button(
            "Go on" if status.is_paused else "Pause",
            key=f"experiments_pause_{key}",
            icon=":material/play_arrow:" if status.is_paused else ":material/pause:",
            disabled=status.is_stopping,
            on_click=_held,
            args=(experiment, not status.is_paused),
        )
        if not status.limits.priority:
            st.button(
                "Put first",
                key=f"experiments_first_{key}",
                icon=":material/keyboard_double_arrow_up:",
                on_click=_put_first,
                args=(experiment,),
                help="Of runs that share a connection, this one's calls go first.",
            )
        # One button in one place: it stops, and then, while calls finish, it cancels those.
        if not status.is_stopping:
            runs.stop_button(experiment, f"experiments_stop_{key}")
        elif status.in_flight:
            st.button(
                f"Cancel {count(status.in_flight, 'call')} in flight",
                key=f"experiments_cancel_{key}",
                icon=":material/cancel:",
                on_click=runs.stop,
                args=(experiment,),
                kwargs={"cancel": True},
                help="Ends at once. They may be billed all the same, and are counted so.",
            )


def lost(experiment: Experiment) -> None:
    """The requests that a crash cut off, if any: each may be paid for and is asked again."""
    found = session.store().attempts.lost(experiment.id)
    if not found:
        return
    with st.expander(
        f"{count(len(found), 'call')} cut off when the workbench ended: they may be billed",
        icon=":material/power_off:",
    ):
        st.dataframe(
            tabular(
                [
                    {
                        "Variant": call.variant,
                        "Case": call.case,
                        "Trial": call.number,
                        "At most": "unknown" if call.most_cost is None else money(call.most_cost),
                        "Written down": call.started_at,
                    }
                    for call in found
                ]
            ),
            hide_index=True,
            key=f"experiments_lost_{experiment.id}",
        )
        st.caption(
            "Each was written down before it was sent, and no answer was seen. Their answers are "
            "asked for again when the run is resumed."
        )


def _set_budget(feature_id: UUID, key: str) -> None:
    usd = st.session_state[key]
    experiments.limit_feature(session.store(), services().jobs, session.who(), feature_id, usd)


def _held(experiment: Experiment, is_paused: bool) -> None:
    deed = session.store(), services().jobs, session.who(), experiment
    experiments.hold(*deed, is_paused=is_paused)


def _put_first(experiment: Experiment) -> None:
    experiments.put_first(session.store(), services().jobs, session.who(), experiment)


def _at(status: Status) -> str:
    parts = [f"{status.in_flight:,} in flight of {status.at_once:,} at once"]
    if status.at_once < status.at_most:
        parts.append(f"slowed down from {status.at_most:,}: the server is busy")
    if status.limits.usd is not None:
        parts.append(f"{money(status.usd)} of {money(status.limits.usd)}")
    if status.limits.calls is not None:
        parts.append(f"{status.calls:,} of {count(status.limits.calls, 'call')}")
    return " · ".join(parts)


def _said(kept: Limits, budget: float | None) -> str:
    parts = [money(kept.usd)] if kept.usd is not None else []
    if kept.calls is not None:
        parts.append(count(kept.calls, "call"))
    if budget is not None:
        parts.append(f"{money(budget)} for the feature")
    return f"Budget: {', '.join(parts)}" if parts else "Budget"
