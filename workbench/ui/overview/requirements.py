"""The open feature's requirements at a glance: one row each, with the evidence that decides."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import streamlit as st

from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.words import figures, measures, sentences
from workbench.ui.parts import look, pages, pictures, session
from workbench.ui.parts.text import md, short

_FEW = 8
"""So many rows stand below each other: more scroll by themselves, so that what follows is found."""
_HEIGHT = 640  # pixels


def draw(feature_id: UUID) -> None:
    """Every requirement with its verdict; clicking one opens it."""
    rows = session.requirement_verdicts()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Requirements", width="stretch", anchor=False)
        st.page_link(
            pages.link("requirements"), label="Write requirements", icon=":material/edit_note:"
        )
    if not rows:
        away = session.loop_counts().put_away
        st.info(
            f"No requirement is in force: {md(str(away))} archived. Restore one on Requirements, "
            "or write another."
            if away
            else "There is no requirement yet. Write the first one: what must the feature do, and "
            "what happens when it does not?",
            icon=":material/lightbulb:",
        )
        return
    _whose()
    height: int | Literal["content"] = _HEIGHT if len(rows) > _FEW else "content"
    with st.container(height=height, border=False, gap="small", key="overview_rows"):
        for row in rows:
            with st.container(border=True, gap="xsmall", key=f"overview_row_{row.requirement.id}"):
                _row(row)


def _whose() -> None:
    """Whose verdicts these are, how to change that, and how to read the picture."""
    chosen = session.candidate()
    tried = session.variants()
    whose = (
        "No candidate is chosen: every variant that was tried must reach the bar."
        if chosen is None
        else f"For the candidate, {_named(chosen, tried)}."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{whose}  \n{pictures.LEGEND}", width="stretch")
        st.page_link(
            pages.link("verdicts"),
            label="Choose a candidate" if chosen is None else "Choose another in Decide",
            icon=":material/balance:",
        )


def _named(chosen: UUID, variants: Sequence[Variant]) -> str:
    found = next(variant for variant in variants if variant.id == chosen)
    return f"variant **{md(found.label)}** ({md(found.describe())})"


def _row(row: RequirementVerdict) -> None:
    requirement = row.requirement
    shown = decisive(row)
    draft = requirement.draft
    is_opened = st.button(
        f"**{requirement.key}**\u2002:gray[{draft.kind}, {draft.horizon}]\u2002"
        f"{short(draft.statement, 160)}",
        key=f"overview_requirement_{requirement.id}",
        type="tertiary",
        wrap=False,
        help=f"{short(draft.statement, 600)} Click to open it in Requirements.",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shown is not None:
            pictures.line(shown, key=f"overview_line_{requirement.id}", width=pictures.NARROW)
        is_stale = any(found.stale for found in row.criteria)
        look.draw(look.verdict(row.verdict, is_evaluated=row.is_evaluated, is_stale=is_stale))
    _criteria(row, shown)
    if is_opened:
        st.session_state["requirements_open"] = requirement.key
        pages.go("requirements")


def _criteria(row: RequirementVerdict, shown: CriterionVerdict | None) -> None:
    """One line for each criterion (and variant, where several count)."""
    if not row.criteria:
        st.caption(
            ":material/straighten: No criterion yet: nothing says how to tell whether it is met."
        )
        return
    lines = []
    for found in row.criteria:
        mark = look.verdict(found.verdict, is_evaluated=found.is_evaluated).mark
        draft = found.criterion.draft
        whose = f" · variant {md(found.variant)}" if _has_several(row) and found.variant else ""
        drawn = " · drawn above" if found is shown and len(row.criteria) > 1 else ""
        lines.append(
            f"{mark} **{found.criterion.key}** {short(draft.title, 70)}{whose}: "
            f"{md(figures.figure(found))}, bar {measures.bar(found.criterion)}{drawn}"
        )
    together = sentences.together(row.criteria)
    if together:
        lines.append(f":material/rule: {md(together)}")
    st.caption("  \n".join(lines))


def _has_several(row: RequirementVerdict) -> bool:
    return len({found.variant_id for found in row.criteria} - {None}) > 1


def decisive(row: RequirementVerdict) -> CriterionVerdict | None:
    """The criterion that a requirement's verdict hangs on: of those that give it, the nearest miss.

    None where the requirement has no criterion.
    """
    evaluated = [found for found in row.criteria if found.is_evaluated]
    same = [found for found in evaluated if found.verdict == row.verdict]
    pool = same or evaluated
    if not pool:
        return row.criteria[0] if row.criteria else None
    return min(pool, key=_margin)


def _margin(found: CriterionVerdict) -> float:
    """How far the estimate is on the good side of the bar, as a share; negative where it misses."""
    draft, value = found.criterion.draft, found.estimate.value or 0.0
    return draft.bar - value if draft.measure.is_upper_bar else value - draft.bar
