"""The top of Decide: one sentence, a hundred dots, the candidate, and the variants compared."""

from collections.abc import Sequence
from math import ceil, floor

import altair as alt
import pandas as pd
import streamlit as st

from workbench.actions import candidates
from workbench.domain.criteria import Measure
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import WorkbenchError
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.words import figures, measures, sentences
from workbench.ui.parts import look, pictures, session, trouble
from workbench.ui.parts.text import md, plain, short
from workbench.ui.verdicts import reading

_SIDE = 10  # ten rows of ten: a hundred answers
_BESIDE = 2
"""So many variants fit beside each other."""
_ORDER = (Verdict.MET, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.NOT_MET, None)
_WHY = "decide_why"
_CHOSEN = "decide_candidate"
_HAPPENS = {
    Measure.PASS_RATE: "pass",
    Measure.FAIL_RATE: "fail",
    Measure.PASS_HAT_K: "pass every time",
    Measure.AGREEMENT: "agree",
}


def draw_candidate(tried: Sequence[Variant]) -> Variant | None:
    """Who is judged: the variant that the team means to ship, and a way to choose another."""
    candidate_id = session.store().features.candidate(session.feature_id())
    known = {str(variant.id): variant for variant in tried}
    candidate = next(
        (v for v in session.store().variants.of(session.feature_id()) if v.id == candidate_id),
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


def draw_picture(rows: Sequence[RequirementVerdict]) -> None:
    """A hundred answers as dots, for one criterion: what is shown, what may be, and the rest."""
    evaluated = {
        f"{found.criterion.id} {found.variant_id}": found
        for row in rows
        for found in row.criteria
        if found.is_evaluated
    }
    if not evaluated:
        st.info(
            "What is judged has no scores yet: the picture comes with its first.",
            icon=":material/lightbulb:",
        )
        return
    if st.session_state.get("decide_picture") not in evaluated:
        st.session_state["decide_picture"] = _most_telling(evaluated)
    chosen = st.selectbox(
        "In pictures",
        list(evaluated),
        key="decide_picture",
        persist_state="session",
        format_func=lambda name: plain(_picture_label(evaluated[name])),
        help="Each dot is one of a hundred. The light ones lie inside the interval: "
        "they could go either way.",
    )
    found = evaluated[chosen]
    ringed = ""
    if found.criterion.draft.scale is None:
        ringed = " (the ringed dot)"
        st.altair_chart(
            dots(found), width="stretch", key="decide_dots", alt=sentences.expectation(found)
        )
    else:
        # A mean is no share of answers, so no dots out of a hundred stand for it.
        pictures.lines([found], key="decide_mean", labels=[found.variant])
    st.markdown(sentences.expectation(found))
    st.caption(f"Wanted: {measures.bar(found.criterion)}{ringed}. {figures.design(found)}.")


def dots(found: CriterionVerdict) -> alt.LayerChart:
    """Ten by ten dots: shown, possible, the rest. A ring marks the dot that the bar stands at."""
    estimate, draft = found.estimate, found.criterion.draft
    low, high = floor(100 * estimate.low), ceil(100 * estimate.high)
    happens = _HAPPENS[draft.measure]
    names = (f"{happens}, shown by the evidence", "could go either way", f"do not {happens}")
    numbers = range(1, _SIDE * _SIDE + 1)
    frame = pd.DataFrame(
        {
            "column": [(number - 1) % _SIDE for number in numbers],
            "row": [(number - 1) // _SIDE for number in numbers],
            "is": [names[0 if n <= low else 1 if n <= high else 2] for n in numbers],
            "number": list(numbers),
        }
    )
    good, rest = ("#c8503f", "#2a9163") if draft.measure.is_upper_bar else ("#2a9163", "#c8503f")
    base = alt.Chart(frame).encode(
        x=alt.X("column:O", axis=None),
        y=alt.Y("row:O", axis=None),
        tooltip=[alt.Tooltip("is:N", title="Answers")],
    )
    filled = base.mark_circle(size=130, opacity=1).encode(
        color=alt.Color(
            "is:N",
            scale=alt.Scale(domain=list(names), range=[good, "#d9b36a", rest]),
            legend=alt.Legend(title=None, orient="right", labelLimit=220, symbolOpacity=1),
        ),
    )
    # The first dot that reaches a bar of 88.5% is the 89th; the last within at most that, the 88th.
    at = (floor if draft.measure.is_upper_bar else ceil)(round(100 * draft.bar, 9))
    bar = base.transform_filter(alt.datum.number == at).mark_point(
        size=260, strokeWidth=2.5, color="#7c8a8d", opacity=1
    )
    return alt.layer(filled, bar).properties(height=200)


def _most_telling(evaluated: dict[str, CriterionVerdict]) -> str:
    for wanted in (Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE):
        for name, found in evaluated.items():
            if found.verdict is wanted:
                return name
    return next(iter(evaluated))


def _picture_label(found: CriterionVerdict) -> str:
    return f"{found.criterion.key} {found.criterion.draft.title} · variant {found.variant}"


def draw_matrix(tried: Sequence[Variant], candidate: Variant | None) -> None:
    """Every requirement for every variant, as verdicts only."""
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
