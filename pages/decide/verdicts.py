"""Decide: every requirement against its evidence, and what to do about it."""

import streamlit as st

from workbench.domain.verdicts import Verdict
from workbench.ui.parts import altered, cautions, pages, session
from workbench.ui.verdicts import bets, reading, requirement, summary

st.header("Decide", anchor=False)
st.caption("Every requirement against its evidence: what is met, what is missed, what is open.")

session.feature_id()
altered.draw()
rows = session.requirement_verdicts()
if not rows:
    st.info(
        "There is no requirement yet, so there is nothing to decide.", icon=":material/lightbulb:"
    )
    st.page_link(
        pages.link("requirements"),
        label="Draft the first requirement",
        icon=":material/edit_note:",
    )
    st.stop()

tried = reading.tried_variants()
candidate = summary.draw_candidate(tried)
# Side by side where there is room for both: a table of many variants takes the whole width.
is_narrow = len(tried) <= 2
with st.container(horizontal=is_narrow, gap="large"):
    words = st.container(width=590 if is_narrow else "stretch")
    picture = st.container(width="stretch")
with words:
    st.subheader(reading.sentence(rows), anchor=False)
    stale = reading.count_stale(rows)
    if stale:
        which = "It rests" if len(rows) == 1 else f"{stale} of them rest{'s' * (stale == 1)}"
        judged = "it judges" if len(rows) == 1 else "they judge"
        st.caption(f":material/history: {which} on results that are older than what {judged}.")
    if not tried:
        st.info("No experiment has been run yet.", icon=":material/lightbulb:")
        st.page_link(
            pages.link("experiments"), label="Set up an experiment", icon=":material/science:"
        )
    else:
        summary.draw_matrix(tried, candidate)
with picture:
    summary.draw_picture(rows)

cautions.draw(session.deciding_guards(), key="decide_guards", names_experiment=True)
bets.draw()

counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
order = (Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.MET)
chosen = st.segmented_control(
    "Show",
    ["all", *(verdict.value for verdict in order)],
    default="all",
    required=True,
    key="decide_filter",
    format_func=lambda name: (
        f"All ({len(rows)})"
        if name == "all"
        else f"{Verdict(name).label.capitalize()} ({counts[Verdict(name)]})"
    ),
    persist_state="session",
)
shown = [row for row in rows if chosen in ("all", row.verdict.value)]
if not shown:
    st.caption("No requirement has this verdict.")
known = {variant.id: variant for variant in tried}
for row in shown:
    requirement.draw(row, known)
