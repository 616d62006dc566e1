"""Suggested requirements, each with the criteria that would show it."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.criteria import CriterionDraft
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import About, Resolution, Round, Suggestion, of_group
from workbench.domain.kinds.entry import By
from workbench.domain.requirements import RequirementDraft
from workbench.evidence.words import measures
from workbench.evidence.words.least import least
from workbench.say import count
from workbench.ui.parts import trouble
from workbench.ui.parts.text import md, short
from workbench.ui.requirements import scorers
from workbench.ui.requirements.drafting import buttons
from workbench.ui.requirements.listing import KIND_ICON

_BY = {By.CODE: ":material/rule:", By.MODEL: ":material/smart_toy:", By.PERSON: ":material/person:"}


def draw(found: Round, suggestions: Sequence[Suggestion]) -> None:
    """The requirements in the order of the text."""
    wanted = of_group(suggestions, About.REQUIREMENT)
    if not wanted and found.connection:
        return  # What came of asking for them is said above.
    if not wanted:
        st.info(
            "No promise was found in this text. Say what the feature must do: “at most 120 words”, "
            "“never promise a refund”, “within 3 seconds”.",
            icon=":material/lightbulb:",
        )
        return
    st.subheader("Requirements", anchor=False)
    trouble.show_kept(buttons.TROUBLE)
    cases = [one.body for one in of_group(suggestions, About.CASE)]
    drafted = [one for one in cases if isinstance(one, CaseDraft)]
    for each in wanted:
        of_it = [one for one in of_group(suggestions, About.CRITERION) if one.of_id == each.id]
        with st.container(border=True, gap="small", key=f"requirements_draft_{each.id}"):
            _requirement(found, each, of_it, drafted)


def _requirement(
    found: Round,
    suggestion: Suggestion,
    criteria: Sequence[Suggestion],
    drafted: Sequence[CaseDraft],
) -> None:
    body = suggestion.body
    assert isinstance(body, RequirementDraft)
    waiting = [each for each in criteria if each.is_open]
    if suggestion.is_open:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{KIND_ICON[body.kind]} **{md(body.statement)}**", width="stretch")
            st.badge(body.kind.value, color="gray")
            badge(found)
        said(suggestion)
    else:
        buttons.judged(suggestion)
    # Of a requirement that was turned down, so were these.
    for each in () if suggestion.resolution is Resolution.REJECTED else criteria:
        _criterion(each, drafted, is_ready=suggestion.resolution.is_taken)
    if suggestion.is_open:
        label = f"Accept with {count(len(waiting), 'criterion')}" if waiting else "Accept"
        label = label.replace("criterions", "criteria")
        buttons.draw(suggestion, label=label, with_criteria=bool(waiting))


def _criterion(suggestion: Suggestion, drafted: Sequence[CaseDraft], *, is_ready: bool) -> None:
    body = suggestion.body
    assert isinstance(body, CriterionDraft)
    if not suggestion.is_open:
        buttons.judged(suggestion)
        return
    shown = scorers.preview(body)
    takes = least(body.measure, body.bar, body.confidence, 0)
    n = sum(not body.slices or bool({*body.slices} & {*case.tags}) for case in drafted)
    need = (
        f" Takes {count(takes.cases, 'case')} without a failure; this draft has {n}."
        if takes
        else ""
    )
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"{_BY[body.scorer.kind.by]} {md(body.title)}")
            st.caption(
                f"{md(measures.promise(shown))}{need}  \n"
                f"_{short(measures.describe_scorer(shown), 130)}_  \n{md(suggestion.idea.why)}"
            )
        if is_ready:
            buttons.draw(suggestion)
        else:
            st.button(
                "Without this",
                key=f"requirements_draft_reject_{suggestion.id}",
                icon=":material/close:",
                type="tertiary",
                on_click=buttons.reject,
                args=(suggestion.id,),
            )


def badge(found: Round) -> None:
    """Who suggests, until a person accepts it."""
    st.markdown(
        f":violet-badge[:material/auto_fix_high: suggested by {md(found.source)}]", width="content"
    )


def said(suggestion: Suggestion) -> None:
    """The words that a suggestion came from, and why it is drawn up so."""
    idea = suggestion.idea
    parts = [f"From “{short(idea.quote, 240)}”" if idea.quote else "", md(idea.why)]
    st.caption("  \n".join(part for part in parts if part))
