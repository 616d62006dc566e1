"""The top of Decide: the candidate, and the variants compared."""

from collections.abc import Sequence

import streamlit as st

from workbench.actions import candidates
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import Verdict
from workbench.errors import WorkbenchError
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui.parts import folds, look, session, trouble
from workbench.ui.parts.text import md, plain, short
from workbench.ui.verdicts import reading

_BESIDE = 2
"""So many variants fit beside each other."""
_ORDER = (Verdict.MET, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.NOT_MET, None)
_WHY = "decide_why"
_CHOSEN = "decide_candidate"


def draw_candidate(tried: Sequence[Variant]) -> Variant | None:
    """Who is judged: the variant that the team means to ship, and a way to choose another."""
    candidate_id = session.candidate()
    known = {str(variant.id): variant for variant in tried}
    candidate = next(
        (v for v in session.variants() if v.id == candidate_id),
        None,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if candidate is None:
            st.markdown("No candidate is chosen, so **every variant** must meet every bar.")
        else:
            st.markdown("Judged: the candidate")
            look.variant(candidate)
            st.caption(look.describe(candidate))
            if str(candidate.id) not in known and tried:
                st.caption(":material/warning: It has no results yet.")
        if known:
            label = "Choose another" if candidate else "Choose a candidate"
            with st.popover(label, icon=":material/flag:", key="decide_candidate_menu"):
                _choose(known, candidate)
    return candidate


def _choose(known: dict[str, Variant], candidate: Variant | None) -> None:
    if st.session_state.get(_CHOSEN) not in known:
        st.session_state.pop(_CHOSEN, None)
    names = list(known)
    current = str(candidate.id) if candidate and str(candidate.id) in known else names[0]
    chosen = st.selectbox(
        "The variant you mean to ship",
        names,
        index=names.index(current),
        key=_CHOSEN,
        persist_state="page",
        format_func=lambda name: plain(f"{known[name].label} · {known[name].describe()}"),
    )
    st.text_input(
        "Why this one?", key=_WHY, persist_state="session", placeholder="What spoke for it"
    )
    st.button(
        "Make it the candidate",
        key="decide_choose",
        type="primary",
        icon=":material/flag:",
        disabled=candidate is not None and chosen == str(candidate.id),
        on_click=_make_candidate,
        args=(known[chosen],),
    )


def _make_candidate(variant: Variant) -> None:
    """Callback: keep the choice."""
    why = str(st.session_state.get(_WHY) or "")
    try:
        candidates.choose(session.store(), session.who(), session.feature_id(), variant.id, why)
    except WorkbenchError as error:
        trouble.show(error)
        return
    st.session_state[_WHY] = ""


def draw_matrix(tried: Sequence[Variant], candidate: Variant | None) -> None:
    """Every requirement for every variant, as verdicts only, folded."""
    label = "Every variant, requirement by requirement"
    with st.expander(
        label, icon=":material/grid_on:", **folds.bind("decide_matrix", label)
    ) as folded:
        if folded.open:
            _draw_matrix(tried, candidate)


def _draw_matrix(tried: Sequence[Variant], candidate: Variant | None) -> None:
    if len(tried) > _BESIDE:
        _draw_by_verdict(tried, candidate)
        return
    columns = [reading.as_variant(variant) for variant in tried]
    heads = [
        f"{look.variant_text(v)}{' candidate' if candidate and v.id == candidate.id else ''}"
        for v in tried
    ]
    lines = [
        f"| Requirement | {' | '.join(heads)} |",
        f"|---|{'---|' * len(tried)}",
    ]
    for cells in zip(*columns, strict=True):
        first = cells[0].requirement
        shown = [
            look.verdict(
                cell.verdict,
                is_evaluated=cell.is_evaluated,
                is_stale=cell.is_stale,
            ).badge
            for cell in cells
        ]
        name = f"**{md(first.key)}** {short(first.draft.statement, 44)}"
        lines.append(f"| {name} | {' | '.join(shown)} |")
    st.markdown("\n".join(lines))


def _draw_by_verdict(tried: Sequence[Variant], candidate: Variant | None) -> None:
    """The same with a column a verdict, whose cells name the variants: a column for each of many
    variants would run off the page."""
    columns = [reading.as_variant(variant) for variant in tried]
    cells = [cell for column in columns for cell in column]
    shown = [verdict for verdict in _ORDER if any(_column(cell) is verdict for cell in cells)]
    heads = [look.verdict(v).badge if v else "not evaluated" for v in shown]
    lines = [f"| Requirement | {' | '.join(heads)} |", f"|---|{'---|' * len(shown)}"]
    for row in zip(*columns, strict=True):
        first = row[0].requirement
        by_verdict = [
            " ".join(
                look.variant_text(variant)
                + (" candidate" if candidate and variant.id == candidate.id else "")
                + (" stale" if cell.is_stale else "")
                for variant, cell in zip(tried, row, strict=True)
                if _column(cell) is verdict
            )
            for verdict in shown
        ]
        name = f"**{md(first.key)}** {short(first.draft.statement, 44)}"
        lines.append(f"| {name} | {' | '.join(by_verdict)} |")
    st.markdown("\n".join(lines))


def _column(cell: RequirementVerdict) -> Verdict | None:
    return cell.verdict if cell.is_evaluated else None
