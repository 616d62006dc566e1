"""A model that revises a prompt: who is asked, what that takes, and what came of it last."""

from collections.abc import Hashable

import streamlit as st

from workbench.actions import revising_by_model
from workbench.actions.revising import Proposal
from workbench.actions.revising_by_model import Suggested
from workbench.domain.drafting import Resolution
from workbench.errors import InputError, WorkbenchError
from workbench.runs.errands import Errand
from workbench.say import count, money_ahead
from workbench.ui.parts import choose_model, errands, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md

_TROUBLE = "failures_revise_model"


def draw(found: Proposal, suggested: Suggested | None) -> None:
    """Who may be asked, and what was said last where that is no revision to try."""
    is_live = errands.draw(_key(found), "failures_revise_model")
    with st.popover("Ask a model for a revision", icon=":material/smart_toy:", width=420):
        _ask(found, is_live=is_live)
    trouble.show_kept(_TROUBLE)
    if suggested is None:
        return
    choose_model.came_of(suggested.call, suggested.reply, suggested.wrong)
    resolved = suggested.resolved
    if resolved is not None and resolved.resolution is Resolution.REJECTED:
        st.caption(f"{md(resolved.person)} rejected what it suggested.")
    elif resolved is not None:
        st.caption(f"{md(resolved.person)} tried what it suggested in {md(resolved.made)}.")
    fared = session.store().suggestions.acceptance(found.mode.feature_id, "prompt")
    said = "; ".join(
        f"{each.source}: {each.accepted + each.edited} of {count(each.judged, 'revision')}"
        for each in fared
        if each.judged
    )
    if said:
        st.caption(f":material/thumbs_up_down: Tried in this feature, of those judged: {md(said)}.")


def reject(found: Proposal, suggested: Suggested) -> None:
    """The button that turns what it suggested down."""
    st.button(
        "Reject",
        key=f"failures_revise_reject_{suggested.call.id}",
        icon=":material/close:",
        type="tertiary",
        on_click=_reject,
        args=(found, suggested),
    )


def _ask(found: Proposal, *, is_live: bool) -> None:
    chosen = choose_model.draw("failures_revise")
    if chosen is None:
        st.caption(":material/info: Choose a connection and a model.")
        return
    try:
        takes = revising_by_model.expected(session.store(), found, chosen.connection, chosen.model)
    except InputError as error:
        st.caption(f":material/info: {md(error.message)} {md(error.hint)}")
        return
    st.button(
        "Ask for a revision",
        key="failures_revise_ask",
        icon=":material/smart_toy:",
        disabled=is_live,
        on_click=_begin,
        args=(found, chosen.connection, chosen.model),
    )
    against = ", ".join(mode.key for mode in found.modes)
    st.caption(
        f"{md(found.variant.prompt.label)}, {md(against)} and outputs that had it are sent to "
        f"{md(chosen.connection)} in one call: some {takes.input_tokens:,} tokens, and "
        f"{takes.output_tokens:,} likely come back: {md(money_ahead(takes.cost))}."
    )


def _key(found: Proposal) -> Hashable:
    return "prompt", found.mode.id


def _begin(found: Proposal, connection: str, model: str) -> None:
    store, who, models = session.store(), session.who(), services().models

    def work(errand: Errand) -> None:
        revising_by_model.ask(store, models, who, found, connection, model, errand)

    try:
        services().errands.start(_key(found), model, work)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)


def _reject(found: Proposal, suggested: Suggested) -> None:
    try:
        revising_by_model.reject(session.store(), session.who(), found, suggested)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)
