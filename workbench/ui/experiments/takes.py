"""What a plan takes and what it can show, beside the button that starts it."""

import streamlit as st

from workbench.actions.outlook import Outlook
from workbench.evidence.words import outlook as words
from workbench.say import count
from workbench.ui.parts.text import md


def draw(outlook: Outlook) -> None:
    """A plan's calls, time and cost, and what it can show at best."""
    asked, answered = st.columns(2)
    noun = md(outlook.most.noun)
    asked.metric(
        f"{noun.capitalize()}s to make",
        f"{outlook.to_ask:,}",
        help="Each call asks one variant for one case once."
        if noun == "call"
        else "In each one variant talks once with the user of one case.",
    )
    answered.metric(
        "Answered already",
        f"{outlook.answered:,}",
        help="Other experiments asked the same variant for the same case. Those answers are "
        "shared: they cost nothing again.",
    )
    st.markdown(
        f"{count(outlook.n_variants, 'variant')} × {count(outlook.n_cases, 'case')} × "
        f"{count(outlook.trials, 'trial')} = **{count(outlook.calls, noun)}**"
    )
    if several := words.requests(outlook.most):
        st.markdown(f":material/forum: {md(several)}")
    for sentence in outlook.unreadable:
        st.error(md(sentence), icon=":material/error:")
    st.markdown(f":material/timer: Time: {outlook.time}")
    st.markdown(f":material/payments: Cost: {md(outlook.cost)}")
    st.markdown(f":material/insights: {outlook.reach}")
    if outlook.extends:
        st.markdown(f":material/history: {md(outlook.extends)}")
    if outlook.tells:
        with st.expander("What this plan can tell apart", icon=":material/search:"):
            for line in outlook.tells:
                st.markdown(f"- {md(line)}")
    if outlook.bars.promise:
        st.markdown(f":green[:material/check_circle:] {md(outlook.bars.promise)}")
    if outlook.bars.warnings:
        n = len(outlook.bars.warnings)
        st.markdown(
            f":orange[:material/warning:] **{n} "
            f"{'criterion' if n == 1 else 'criteria'} can't be met with this plan:** add cases, or "
            "run it for what can be learned."
        )
    for warning in outlook.bars.warnings:
        st.caption(md(warning))
