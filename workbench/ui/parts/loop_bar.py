"""The loop at the top of every page: five steps, where this feature stands, what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from workbench.domain.loop import LoopCounts, Step, StepState, next_action, steps
from workbench.ui.parts import session, trouble
from workbench.ui.parts.pages import Pages
from workbench.ui.parts.text import md

_SHOWN = "loop_bar_shown"
_drawn: ContextVar["Bar"] = ContextVar("bar")
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


@dataclass
class Bar:
    """The bar above a page: a place for each step and one for what to do next, which page is
    below it, and the way to all."""

    places: list[DeltaGenerator]
    pages: Pages
    current: str
    is_renewed: bool = False

    def fill(self, now: LoopCounts) -> None:
        """Draw where the feature stands."""
        *of_steps, of_action = self.places
        for place, state in zip(of_steps, steps(now), strict=True):
            with place.container(gap="xsmall"):
                _step(state, self.pages)
        action = next_action(now)
        with of_action.container(horizontal=True, vertical_alignment="center", gap="small"):
            if action.page == self.current:
                st.markdown(f"**Next: {md(action.what)}**, here")
            else:
                st.page_link(
                    self.pages[action.page],
                    label=f"**Next: {md(action.what)}**",
                    icon=":material/arrow_forward:",
                )
            st.caption(md(action.why))

    def renew(self) -> None:
        """Draw what is true now, from a part of the page that is drawn again without the rest.

        The part does so each time: Streamlit keeps a place for it only then, and clears what it
        drew there last time and does not draw again.
        """
        self.fill(_now())
        self.is_renewed = True


def drawn() -> Bar:
    """The bar above the page that is being drawn."""
    return _drawn.get()


@contextmanager
def above(pages: Pages, current: str) -> Iterator[None]:
    """Draw the bar, and inside the page below it. `pages` by URL path; `current` is the one shown.

    A verdict takes longer to work out than a page to draw. So what the bar showed last stands there
    until the page is whole, which waits for nothing then; after it the bar says what is true now.
    """
    opened = str(session.feature_id())
    shown = st.session_state.get(_SHOWN, {}).get(opened)
    before = session.loop_counts() if shown is None else LoopCounts(**shown)
    # A container's key may be given once in a drawing: what is drawn twice are their contents.
    with st.container(border=True, gap="small", key="loop_bar"):
        with st.container(horizontal=True, gap="small"):
            places = [
                st.container(gap="xsmall", key=f"loop_bar_{state.step.value}").empty()
                for state in steps(before)
            ]
        places.append(st.empty())
    bar = Bar(places, pages, current)
    bar.fill(before)
    _drawn.set(bar)
    with suppress(trouble.Ended):
        yield
    now = _now()
    if now != before and not bar.is_renewed:
        bar.fill(now)


def _now() -> LoopCounts:
    """Where the feature stands; kept for the next page, which begins with it."""
    now = session.loop_counts()
    st.session_state[_SHOWN] = {str(session.feature_id()): asdict(now)}
    return now


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
