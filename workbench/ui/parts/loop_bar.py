"""The loop at the top of every page: five steps, where this feature stands, what to do next."""

import streamlit as st

from workbench.domain.loop import Step, StepState, next_action, steps
from workbench.ui.parts import session
from workbench.ui.parts.pages import Pages
from workbench.ui.parts.text import md

_PAGE = {
    Step.DEFINE: "requirements",
    Step.EXPERIMENT: "experiments",
    Step.SCORE: "rating",
    Step.DECIDE: "verdicts",
}
_ICON = {
    Step.DEFINE: ":material/edit_note:",
    Step.EXPERIMENT: ":material/science:",
    Step.SCORE: ":material/grading:",
    Step.DECIDE: ":material/balance:",
    Step.WATCH: ":material/monitoring:",
}


def draw(pages: Pages, current: str) -> None:
    """Draw the bar. `pages` by URL path; `current` is the one that is shown."""
    now = session.standing()
    with st.container(border=True, gap="small", key="loop_bar"):
        with st.container(horizontal=True, gap="small"):
            for state in steps(now):
                with st.container(gap="xsmall", key=f"loop_bar_{state.step.value}"):
                    _step(state, pages)
        action = next_action(now)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if action.page == current:
                st.markdown(f"**Next: {md(action.what)}**, here")
                st.caption(md(action.why))
            else:
                st.page_link(
                    pages[action.page],
                    label=f"**Next: {md(action.what)}**",
                    icon=":material/arrow_forward:",
                )
                st.caption(md(action.why))


def _step(state: StepState, pages: Pages) -> None:
    """One step: the way to its page, what it has and what it lacks."""
    path = _PAGE.get(state.step)
    st.page_link(
        pages[path or "overview"],
        label=f"**{state.step.value.capitalize()}**",
        icon=_ICON[state.step],
        disabled=path is None,
    )
    mark = ":green[:material/check:] " if state.is_done else ""
    lacks = f":orange[{state.lacks}]" if path and state.lacks else state.lacks
    st.caption(mark + " · ".join(part for part in (state.has, lacks) if part))
