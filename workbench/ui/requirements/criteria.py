"""How the open requirement is told to be met: its criteria as cards, with their verdicts."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import criteria as deeds
from workbench.domain.criteria import Criterion, Lane
from workbench.domain.requirements import Requirement
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence.words import figures, measures
from workbench.runs.rescoring import catch_up
from workbench.ui.parts import look, pages, pictures, session
from workbench.ui.parts.text import md, short
from workbench.ui.requirements import criterion as requirements_criterion
from workbench.ui.requirements import flips

_KIND_ICON = {True: ":material/rule:", False: ":material/person:"}


def draw(criteria: Sequence[Criterion], verdicts: Sequence[CriterionVerdict]) -> None:
    """The cards, and what adds one."""
    if not criteria:
        st.info(
            "Nothing measures this requirement yet. Say how you would tell a good answer from a "
            "bad one, and in how many of 100 answers it must hold.",
            icon=":material/straighten:",
        )
    for criterion in criteria:
        _card(criterion, [found for found in verdicts if found.criterion.id == criterion.id])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Add a criterion",
            key="requirements_criterion_add",
            icon=":material/add:",
            type="secondary" if criteria else "primary",
            on_click=requirements_criterion.show,
            args=(requirements_criterion.NEW,),
        )
        if any(found.is_evaluated for found in verdicts):
            st.page_link(
                pages.link("verdicts"),
                label="See what the evidence says",
                icon=":material/balance:",
            )


def rescore(requirement: Requirement) -> None:
    """Score stored outputs by a criterion that was just saved; the model is not asked again."""
    key = st.session_state.pop(requirements_criterion.RESCORE, None)
    if key is None:
        return
    with st.spinner("Scoring the stored outputs again…"):
        added = catch_up(session.store(), requirement.feature_id)
    said = f"{md(str(key))} saved."
    if added:
        said += f" {added:,} stored outputs were scored by it, without asking the model again."
    st.toast(said, icon=":material/check:")


def _card(criterion: Criterion, found: Sequence[CriterionVerdict]) -> None:
    draft = criterion.draft
    with st.container(border=True, gap="small", key=f"requirements_card_{criterion.key}"):
        title, actions = st.columns([5, 2], vertical_alignment="top")
        icon = _KIND_ICON[draft.scorer.kind.is_check]
        title.markdown(f"{icon} **{criterion.key}** {short(draft.title, 160)}")
        if draft.lane == Lane.DISCOVERED:
            title.badge("discovered in results", icon=":material/search:", color="violet")
        with actions:
            _actions(criterion)
        st.caption(f"{md(measures.promise(criterion))}  \n_{_scored(criterion)}_")
        for verdict in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                if verdict.variant:
                    st.markdown(f"**{md(verdict.variant)}**", width="content")
                look.draw(
                    look.verdict(
                        verdict.verdict,
                        is_evaluated=verdict.is_evaluated,
                        is_stale=bool(verdict.stale),
                    )
                )
                if verdict.is_evaluated:
                    st.caption(md(figures.figure(verdict)))
            if verdict.is_evaluated:
                pictures.line(verdict, key=f"requirements_line_{criterion.key}_{verdict.variant}")
        flips.draw(criterion)


def _scored(criterion: Criterion) -> str:
    draft = criterion.draft
    origin = f" Seen in: {md(draft.origin)}." if draft.origin else ""
    who = "Check" if draft.scorer.kind.is_check else "Rater"
    return f"{who}: {md(measures.describe_scorer(criterion))}.{origin}"


def _actions(criterion: Criterion) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Edit",
            key=f"requirements_criterion_edit_{criterion.id}",
            icon=":material/edit:",
            type="tertiary",
            on_click=requirements_criterion.show,
            args=(str(criterion.id),),
        )
        with st.popover(
            "Archive",
            icon=":material/archive:",
            type="tertiary",
            key=f"requirements_criterion_put_away_{criterion.id}",
        ):
            st.write(
                f"Put {criterion.key} away? Verdicts no longer ask for it. Its versions and scores "
                "stay in the database."
            )
            why = st.text_input(
                "Why?",
                key=f"requirements_criterion_archive_why_{criterion.id}",
                live=True,
                placeholder="What it asked for is covered by C3",
            )
            st.button(
                f"Archive {criterion.key}",
                key=f"requirements_criterion_archive_{criterion.id}",
                disabled=not why.strip(),
                help=None if why.strip() else "Say why first: it is kept in the history.",
                on_click=_archive,
                args=(criterion.id, why),
            )


def _archive(criterion_id: UUID, why: str) -> None:
    deeds.archive(session.store(), session.who(), criterion_id, why)
