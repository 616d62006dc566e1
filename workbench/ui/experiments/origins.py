"""Whose answers an experiment shows: host, model and date; asking anew, or where it is now."""

from collections.abc import Callable, Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import experiments, outlook
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.errors import WorkbenchError
from workbench.evidence import origins
from workbench.evidence.words import outlook as words
from workbench.runs import pointing
from workbench.say import count
from workbench.ui.experiments import control
from workbench.ui.parts import runs, session, trouble
from workbench.ui.parts.text import md

_OPEN = "experiments_again"
_CHOSEN = "experiments_open"


def draw(experiment: Experiment) -> None:
    """A line for each variant, and what can be done about old answers."""
    found = of_experiment(experiment)
    if not any(origin.answers for origin in found):
        return
    lines = [f":material/dns: {md(origin.sentence())}" for origin in found if origin.answers]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("  \n".join(lines), width="content")
        is_askable = any(not variant.is_outside for variant in experiment.variants)
        moved = session.remembered(
            "moved",
            experiment.id,
            lambda: pointing.moved(session.store(), experiment.variants),
            feature=experiment.feature_id,
        )
        if is_askable and not moved:
            _again(experiment)
    for variant in experiment.variants:
        for note in origins.rejudged(
            experiment, variant, session.counted().answered(experiment, variant)
        ):
            st.caption(f":material/history: {md(note)}.")
    if moved:
        _moved(experiment, moved)
    if st.session_state.get(_OPEN) == str(experiment.id):
        st.dialog("Ask again", icon=":material/refresh:", on_dismiss=_close)(
            trouble.boundary(_confirm)
        )(experiment)


def _again(experiment: Experiment) -> None:
    st.button(
        "Ask again",
        key=f"experiments_again_{experiment.id}",
        icon=":material/refresh:",
        type="tertiary",
        help="Asks every call anew. The answers that are here stay as evidence; the new ones "
        "count. You see what it takes before it starts.",
        on_click=_open,
        args=(experiment.id,),
    )


def of_experiment(experiment: Experiment) -> list[origins.Origin]:
    """Where its answers come from, read again only when something was kept since."""
    return session.remembered(
        "origins",
        experiment.id,
        lambda: origins.of_experiment(
            session.store(), experiment, known=session.counted().progress_of(experiment)
        ),
        feature=experiment.feature_id,
    )


def here(variants: Sequence[Variant], swap: Callable[[Variant, Variant], None]) -> bool:
    """Whether all of the variants can be asked where their connections are now. Where one was
    answered elsewhere this says so, and offers the one to ask instead to `swap`."""
    moved = pointing.moved(session.store(), variants)
    # One that moved in two ways is asked anew in both.
    for one in {one.variant.id: one for one in reversed(moved)}.values():
        with st.container(border=True):
            st.markdown(f":material/swap_horiz: {md(_said(one))}")
            st.button(
                f"Ask {md(one.to_host)} instead",
                key=f"experiments_setup_swap_{one.variant.id}",
                on_click=_swapped,
                args=(one.variant, swap),
            )
    return not moved


def _swapped(variant: Variant, swap: Callable[[Variant, Variant], None]) -> None:
    swap(variant, experiments.variant_here(session.store(), session.who(), variant))


def _moved(experiment: Experiment, moved: Sequence[pointing.Moved]) -> None:
    for one in moved:
        st.warning(md(_said(one)), icon=":material/swap_horiz:")
    hosts = " and ".join(dict.fromkeys(one.to_host for one in moved))
    if st.button(
        f"Set it up again to ask {md(hosts)}",
        key=f"experiments_moved_{experiment.id}",
        icon=":material/content_copy:",
        help="The same plan with variants of their own. Nothing is asked before you start it.",
    ):
        try:
            copy = experiments.set_up_here(session.store(), session.who(), experiment)
        except WorkbenchError as error:
            trouble.show(error)
            return
        st.session_state[_CHOSEN] = copy.key
        st.rerun(scope="app")


def _said(one: pointing.Moved) -> str:
    was = "was answered" if one.player is None else "has users who were played"
    return (
        f"{one.variant.label} {was} elsewhere ({one.from_host}): “{one.connection}” is at "
        f"{one.to_host} now, and its answers are its own."
    )


def _confirm(experiment: Experiment) -> None:
    if _OPEN not in st.session_state:
        st.rerun()
    store = session.store()
    takes = outlook.anew(store, experiment)
    kept = sum(origin.answers for origin in of_experiment(experiment))
    calls = count(takes.calls, takes.most.noun)
    st.markdown(
        f"Asks {md(calls)} of {md(experiment.key)} anew. What is here "
        f"({md(count(kept, 'answer'))}) stays in the database as evidence and no longer counts."
    )
    st.caption(
        "To ask until the bar is met would meet too many: where it was judged and not met, the new "
        "answers are held to more confidence. New cases are not."
    )
    if _is_rated(experiment):
        st.markdown(
            ":material/grading: People's ratings stay with the old answers: the new ones wait for "
            "theirs."
        )
    if several := words.requests(takes.most):
        st.markdown(f":material/forum: {md(several)}")
    st.markdown(f":material/timer: Time: {md(takes.time)}")
    st.markdown(f":material/payments: Cost: {md(takes.cost)}")
    wanted = control.limits(experiment.feature_id, f"{_OPEN}_limits")
    with st.container(horizontal=True):
        is_sure = st.button(
            f"Ask {md(calls)} again",
            key="experiments_again_sure",
            type="primary",
            icon=":material/refresh:",
        )
        st.button("Cancel", key="experiments_again_cancel", on_click=_close)
    if not is_sure:
        return
    if runs.start(experiment, fresh=True, limits=wanted):
        _close()
        st.rerun()


def _is_rated(experiment: Experiment) -> bool:
    return any(
        criterion.draft.scorer.kind.by is By.PERSON
        for criterion in session.store().criteria.of_experiment(experiment)
    )


def _open(experiment_id: UUID) -> None:
    st.session_state[_OPEN] = str(experiment_id)


def _close() -> None:
    st.session_state.pop(_OPEN, None)
