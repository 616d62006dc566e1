"""Who plays the users of the chosen cases, where an experiment is set up."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from workbench.actions import experiments
from workbench.domain.datasets import Case
from workbench.domain.prompts import Variant
from workbench.say import count
from workbench.ui.parts import players, session

_KEY = "experiments_setup_player"


def here(
    variants: Sequence[Variant], cases: Sequence[Case], swap: Callable[[Variant, Variant], None]
) -> bool:
    """Whether every variant says who plays the users that cases have. A choice is drawn where some
    case has one; it puts variants with that player in the place of these, by `swap`."""
    users = [case.user for case in cases if case.user is not None]
    asked = [variant for variant in variants if not variant.is_outside]
    if not users or not asked:
        return True
    played = {variant.parameters.user for variant in asked}
    known = next(iter(played)) if len(played) == 1 else None
    st.session_state[_KEY] = None if known is None else players.label(known)
    with st.container(border=True):
        talk = count(len(users), "case")
        st.markdown(
            f":material/forum: {talk} with a simulated user: each trial is a conversation, in "
            f"which they answer up to {count(max(user.turns for user in users), 'time')}."
        )
        players.choose(_KEY, lambda: _play(asked, swap))
        if None in played:
            st.caption("Choose before you start: nobody is taken unasked.")
    return None not in played


def _play(variants: Sequence[Variant], swap: Callable[[Variant, Variant], None]) -> None:
    player = players.chosen(_KEY)
    for variant in variants:
        if player is None or variant.parameters.user == player:
            continue
        parameters = replace(variant.parameters, user=player)
        made = experiments.add_variant(
            *(session.store(), session.who(), variant.feature_id),
            *(variant.prompt, variant.connection, variant.model),
            parameters,
        )
        swap(variant, made)
