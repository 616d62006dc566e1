"""The rater's desk: the case at hand, its outputs side by side, and what follows from a rating."""

import streamlit as st

from workbench.actions.rating import Task
from workbench.store.reports.rating import CaseToRate
from workbench.ui.parts import bursts, links, pages, rubric, session, trouble
from workbench.ui.parts import together as people
from workbench.ui.parts.loop_bar import Bar
from workbench.ui.parts.text import md
from workbench.ui.rating import pairs, place, reading, reveal, table, together


def draw(task: Task, bar: Bar) -> None:
    """The case, its outputs, a rating for each, and the way on; then the `bar` above the page.

    What counts the ratings so far stands above the outputs and is drawn after them: after a key it
    takes longer to work out than the next outputs do.
    """
    # Whoever reveals goes to where the words appear, which is another view of this page.
    if reading.is_out_of_date(task) or together.is_chosen():
        st.rerun()
    with session.drawing():
        # The bar is renewed whatever happens here: what a part does not draw again is cleared.
        with trouble.errors():
            _draw(task)
        people.seen(bar.current)
        bar.renew()


def _draw(task: Task) -> None:
    trouble.show_kept(place.TROUBLE)
    place.show_said()
    links.take_open("case", place.CASE)
    case = place.choose_case(task)
    links.give_open("case", place.CASE, None if case is None else str(case.id))
    if case is None:
        st.info(md(reading.nothing_here(task)), icon=":material/lightbulb:")
        st.page_link(
            pages.link("experiments"), label="Go to Experiments", icon=":material/science:"
        )
        return
    # A part of its own, so that what stands below keeps its place (and a half-typed note) as it
    # fills.
    above = st.container(key="score_above")
    given = reading.case(task, case.id)
    table.draw_case(task, given)
    rubric.draw(task.criterion.draft.scorer)
    if task.is_paired:
        pairs.draw(task, case)
    else:
        table.draw(task, case, given)
    if case.is_done:
        st.caption(
            ":material/undo: Rating again is fine: your newest word counts, and the older one "
            "stays on record."
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"You rate as {md(task.rater)}. While you are not typing, the keys on the buttons work."
        )
        table.draw_undo(task)
        st.page_link(pages.link("settings"), label="Change who you are", icon=":material/person:")
    bursts.send()
    place.look_ahead(task, case)
    with above:
        _follows(task, case)


def _follows(task: Task, case: CaseToRate) -> None:
    """What follows from the last rating, and what to know before the next."""
    reveal.draw(task, case)
    if reading.queue(task, str(case.id)).next_open is None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.success("You have rated every output here.", icon=":material/check_circle:")
            together.offer(task)
            st.page_link(
                pages.link("verdicts"), label="See what it decides", icon=":material/balance:"
            )
    together.say_who_waits(task)
    if doubt := reading.slices_in_doubt(task):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.warning(md(doubt), icon=":material/filter_alt:")
            st.page_link(
                pages.link("requirements"), label="Change its slices", icon=":material/edit_note:"
            )
    if earlier := reading.by_earlier_rubric(task):
        st.caption(f":material/history: {md(earlier)}")
    if chosen := place.why():
        st.caption(f":material/route: {md(chosen)}")
