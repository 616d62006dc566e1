"""Decide: every requirement against its evidence, and what to do about it."""

import streamlit as st

from workbench.ui.parts import altered, cautions, glossary, pages, session, trouble
from workbench.ui.verdicts import bets, listing, reading, requirement, summary, undesigned

st.header("Decide", anchor=False)
st.caption(
    "Every requirement against its evidence: what is met, what is missed, what is open.",
    help=glossary.hover("verdict", "bar", "interval", "candidate", "variant", "stale"),
)

session.feature_id()
altered.draw()
rows = session.requirement_verdicts()
if not rows:
    away = session.loop_counts().put_away
    st.info(
        f"{'Every requirement is archived' if away else 'There is no requirement yet'}, so there "
        "is nothing to decide.",
        icon=":material/lightbulb:",
    )
    st.page_link(
        pages.link("requirements"),
        label="Go to Requirements" if away else "Draft the first requirement",
        icon=":material/edit_note:",
    )
    trouble.end()

tried = reading.tried_variants()
candidate = summary.draw_candidate(tried)
st.subheader(reading.sentence(rows), anchor=False)
stale = reading.count_stale(rows)
if stale:
    which = "It rests" if len(rows) == 1 else f"{stale} of them rest{'s' * (stale == 1)}"
    judged = "it judges" if len(rows) == 1 else "they judge"
    st.caption(f":material/history: {which} on results that are older than what {judged}.")
if tried:
    summary.draw_matrix(tried, candidate)
else:
    st.info("No experiment has been run yet.", icon=":material/lightbulb:")
    st.page_link(pages.link("experiments"), label="Go to Experiments", icon=":material/science:")
cautions.draw(session.deciding_guards(), key="decide_guards", names_experiment=True)
undesigned.draw()
bets.draw()

# Side by side where both have room; on a narrow page the evidence follows the list.
desk = st.grid(2, min_column_width=380, gap="medium")
with desk.cell():
    opened = listing.choose(rows)
with desk.cell():
    if opened is not None:
        requirement.draw(opened, {variant.id: variant for variant in tried})
