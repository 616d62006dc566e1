"""How the open requirement is told to be met: its criteria as cards, with their verdicts."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import criteria as deeds
from workbench.domain.criteria import Criterion, Lane
from workbench.domain.kinds.entry import By
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import WorkbenchError
from workbench.evidence.words import figures, measures
from workbench.ui.parts import look, pages, pictures, session
from workbench.ui.parts.text import md, short
from workbench.ui.requirements import criterion as requirements_criterion
from workbench.ui.requirements import flips, putting_away, rescoring

_BY_ICON = {
    By.CODE: ":material/rule:",
    By.MODEL: ":material/smart_toy:",
    By.PERSON: ":material/person:",
}
_WHO = {By.CODE: "Check", By.MODEL: "Judge", By.PERSON: "Rater"}


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


def _card(criterion: Criterion, found: Sequence[CriterionVerdict]) -> None:
    draft = criterion.draft
    with st.container(border=True, gap="small", key=f"requirements_card_{criterion.key}"):
        title, actions = st.columns([5, 2], vertical_alignment="top")
        icon = _BY_ICON[draft.scorer.kind.by]
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
    return f"{_WHO[draft.scorer.kind.by]}: {md(measures.describe_scorer(criterion))}.{origin}"


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
        putting_away.draw(
            "requirements_criterion",
            criterion.key,
            criterion.id,
            "Verdicts no longer ask for it. Its versions and scores stay, and it can be restored "
            "below the others.",
            "What it asked for is covered by C3",
            lambda why: deeds.archive(session.store(), session.who(), criterion.id, why),
        )


def archived(requirement_id: UUID) -> None:
    """Those that were put away, each with what brings it back; nothing where none were."""
    store = session.store()
    away = session.remembered(
        "archived_criteria", requirement_id, lambda: store.criteria.archived(requirement_id)
    )
    if not away:
        return
    with st.expander(
        f"Archived · {len(away)}",
        icon=":material/inventory_2:",
        key="requirements_criteria_archived",
    ):
        for criterion in away:
            by, why = store.criteria.put_away_by(criterion.id)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{criterion.key}** {short(criterion.draft.title, 80)}  \n"
                    f":gray[{md(by or 'somebody')}: {short(why, 120) or 'no reason given'}]"
                )
                st.button(
                    "Restore",
                    key=f"requirements_criterion_restore_{criterion.id}",
                    icon=":material/unarchive:",
                    on_click=_restore,
                    args=(criterion,),
                )


def _restore(criterion: Criterion) -> None:
    try:
        deeds.restore(session.store(), session.who(), criterion.id)
    except WorkbenchError as error:
        st.toast(f"{md(error.message)} {md(error.hint)}", icon=":material/error:")
        return
    rescoring.ask(f"{criterion.key} restored.")
