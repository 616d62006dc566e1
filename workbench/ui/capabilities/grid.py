"""What models can do: capability by model, each with its estimate, interval, and what it took."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from workbench import say
from workbench.actions.packs import Offered
from workbench.domain.packs import Pack
from workbench.evidence import capabilities
from workbench.evidence.capabilities import Capability
from workbench.evidence.words import figures, measures
from workbench.exchange.spec.capabilities import card
from workbench.say import count
from workbench.ui.capabilities import adopt, compared
from workbench.ui.parts import look, pages, pictures, session
from workbench.ui.parts.text import md, short

_COLUMN = 220
"""Pixels: three models fit beside their criteria on a page of 1,440."""
Found = tuple[Pack, list[Capability]]
"""A pack, and what it shows."""


def read(offered: Sequence[Offered]) -> list[Found]:
    """What every pack that was tried shows, in the order in which they are offered."""
    store = session.store()
    results = []
    for one in offered:
        feature_id = one.pack.feature_id
        if feature_id is None:
            continue
        found = session.remembered(
            "capabilities",
            feature_id,
            partial(capabilities.of_pack, store, one.pack),
            feature=feature_id,
        )
        if found:
            results.append((one.pack, found))
    return results


def draw(results: Sequence[Found]) -> None:
    """The grid: a section for each pack, in it a row for each criterion and a column a model."""
    if not results:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What they can do", anchor=False)
        st.download_button(
            "Card (Markdown)",
            card([each for _, found in results for each in found]),
            "capabilities.md",
            "text/markdown",
            key="capabilities_card",
            icon=":material/download:",
            on_click="ignore",
            help="All of this with dates, models and bounds, to share.",
        )
    st.caption(
        f"{pictures.LEGEND} A bar is met where the whole interval lies on its good side. Of each "
        "model its newest run counts."
    )
    for pack, found in results:
        with st.container(border=True, key=f"capabilities_pack_{pack.feature_id}"):
            _pack(pack, found)
            compared.draw(pack, found)


def _pack(pack: Pack, found: Sequence[Capability]) -> None:
    variants = list({each.variant.id: each.variant for each in found}.values())
    criteria = list({each.row.criterion.id: each.row.criterion for each in found}.values())
    cells = {(each.row.criterion.id, each.variant.id): each for each in found}
    st.markdown(f"**{md(pack.title)}** :gray[{md(pack.label)}]")
    # Each row is a grid of its own: where it breaks into lines, all of it stays together.
    heads = st.grid(1 + len(variants), min_column_width=_COLUMN)
    with heads.cell():
        st.caption("Criterion")
    for variant in variants:
        with heads.cell():
            _model(next(each for each in found if each.variant.id == variant.id))
    for criterion in criteria:
        row = st.grid(1 + len(variants), min_column_width=_COLUMN)
        with row.cell():
            where = f" :gray[on {md(', '.join(criterion.draft.slices))}]"
            st.markdown(
                f"{md(criterion.key)} {md(criterion.draft.title)}"
                f"{where if criterion.draft.slices else ''}  \n"
                f":gray[bar: {md(measures.bar(criterion))}]"
            )
        for variant in variants:
            with row.cell():
                each = cells.get((criterion.id, variant.id))
                if each is None:
                    st.caption("not tried")
                else:
                    _cell(each)


def _model(each: Capability) -> None:
    """The card of a model's result: which model, when, how fast and for how much."""
    named = [name for name in each.answered_as if name != each.model]
    with st.container(gap="xsmall"):
        st.markdown(f"{look.variant_text(each.variant)} **{short(each.model, 40)}**")
        parts = [md(each.variant.connection)]
        if named:
            parts.append(f"as {md(', '.join(named))}")
        if each.newest is not None:
            parts.append(md(say.day(each.newest)))
        if each.mean_latency_ms is not None:
            parts.append(f"{each.mean_latency_ms / 1000:.2f} s a call")
        parts.append("cost unknown" if each.cost is None else md(say.money(each.cost)))
        st.caption(" · ".join(parts))


def _cell(each: Capability) -> None:
    row = each.row
    key = f"{row.criterion.id}_{each.variant.id}"
    shown = look.verdict(row.verdict, is_evaluated=row.is_evaluated, is_stale=bool(row.stale))
    with st.container(gap="xsmall"):
        pictures.line(row, f"capabilities_line_{key}", width=pictures.NARROW)
        # Where the page is narrow, cells stand below each other: each says whose it is.
        whose = look.variant_text(each.variant)
        st.markdown(f"{whose} {shown.text}  \n{md(figures.figure(row))}")
        if each.steady is not None:
            same, cases = each.steady
            st.caption(f"{same:,} of {count(cases, 'case')} the same in every trial")
        failed = row.open.unscored.failed + row.open.n_refused
        if not row.is_evaluated:
            if failed:
                _opener("What failed", each, key, "unscored")
            return
        is_flawless = row.estimate.value == 1.0
        with st.container(horizontal=True, gap="small"):
            if is_flawless:
                _opener("Read its answers", each, key, None)
            else:
                _opener("What failed", each, key, "fail")
            adopt.opener(each)


def _opener(label: str, each: Capability, key: str, outcome: str | None) -> None:
    st.button(
        label,
        key=f"capabilities_failed_{key}",
        type="tertiary",
        icon=":material/arrow_forward:",
        on_click=_open,
        args=(each, outcome),
    )


def _open(each: Capability, outcome: str | None) -> None:
    """Show the outputs of one model for one criterion on the Experiments page."""
    feature_id = each.pack.feature_id
    assert feature_id is not None
    session.open_feature(session.store().features.get(feature_id).name)
    state = st.session_state
    state["experiments_open"] = each.experiment.key
    state["experiments_new"] = False
    state["experiments_view"] = "Outputs"
    state["experiments_filter_criterion"] = str(each.row.criterion.id)
    state["experiments_filter_variant"] = str(each.variant.id)
    state["experiments_filter_outcome"] = outcome
    slices = each.row.criterion.draft.slices
    state["experiments_filter_slice"] = slices[0] if len(slices) == 1 else None
    state["experiments_filter_search"] = ""
    state["experiments_outputs_page"] = 1
    pages.want("experiments")
