"""Cases × variants at a glance: each cell its trials by how they ended; one opens its outputs."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import streamlit as st

from workbench.domain import values
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.say import count
from workbench.store.reports.grid import CaseRow, Cell, Grid, Looked, Order, Show
from workbench.ui.experiments import filters
from workbench.ui.experiments import one as experiments_one
from workbench.ui.parts import blind, links, look, session
from workbench.ui.parts.text import md, plain, short, tinted

OPEN = "experiments_grid_open"
"""The id of the case whose outputs are shown."""
_PAGE = 25
_HEIGHT, _LINE = 430, 36  # pixels: so that the outputs below are on the screen, too
_WIDE, _NARROWEST = 970, 300  # pixels, of the outputs beside each other
_INPUT = 90  # characters of an input that tell what the case is about
_MARKS = {
    Outcome.PASS: "●",
    Outcome.FAIL: "✕",
    Outcome.UNSCORED: "○",
    Outcome.NOT_APPLICABLE: "–",
    None: "△",
}
_DISPUTED = "?"
_MEANING = (
    "One sign a trial, in order: ● passes · ✕ fails · ○ unscored · – not applicable · △ the call "
    "failed. A ? at the end: raters differ."
)
_SHOWS = {
    Show.FAILS: "fails",
    Show.FLICKERS: "flickers",
    Show.DISPUTED: "disputed",
    Show.UNSCORED: "unscored",
    Show.DIFFERS: "differs",
}
_ORDERS = {
    Order.CASE: "As in the data",
    Order.FAILS: "Most fails first",
    Order.DIFFERS: "Largest difference first",
}
_P = "experiments_grid_"
_FILTERS = tuple(f"{_P}{name}" for name in ("criterion", "show", "slice", "search"))


class _Chosen(NamedTuple):
    looked: tuple[Looked, ...]
    baseline: int
    show: Show | None
    order: Order
    tag: str | None
    search: str


def draw(experiment: Experiment) -> None:
    """The grid with its filters, and the outputs of the chosen case beside each other."""
    every = session.store().criteria.of_experiment(experiment)
    hidden = blind.rated(experiment, every)
    criteria = [one for one in every if one not in hidden]
    blind.say(hidden)
    links.take_open("case", OPEN)
    chosen = _filters(experiment, criteria)
    page = int(st.session_state.get("experiments_grid_page", 1))
    grid = _read(experiment, chosen, page)
    if not grid.rows and page > 1:
        # The filters leave fewer pages than the one that was open.
        st.session_state["experiments_grid_page"] = page = 1
        grid = _read(experiment, chosen, page)
    if not grid.rows:
        filters.nothing("case", _FILTERS, "experiments_grid_clear")
        return
    st.caption(_MEANING)
    _table(experiment, grid.rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{count(grid.total, 'case')}, {_PAGE} on a page", width="content")
        if grid.total > _PAGE:
            st.pagination(-(-grid.total // _PAGE), key="experiments_grid_page")
    opened = next((r for r in grid.rows if str(r.case_id) == st.session_state.get(OPEN)), None)
    links.give_open("case", OPEN, None if opened is None else str(opened.case_id))
    if opened is None:
        st.info("Select a cell to read its outputs.", icon=":material/ads_click:")
    else:
        _outputs(experiment, opened)


def _read(experiment: Experiment, chosen: _Chosen, page: int) -> Grid:
    def read() -> Grid:
        return session.store().reports.grid.page(
            experiment.id,
            chosen.looked,
            baseline=chosen.baseline,
            show=chosen.show,
            order=chosen.order,
            tag=chosen.tag,
            search=chosen.search,
            limit=_PAGE,
            offset=(page - 1) * _PAGE,
        )

    key = (experiment.id, chosen, page)
    return session.remembered("experiment_grid", key, read, feature=experiment.feature_id)


def _filters(experiment: Experiment, criteria: Sequence[Criterion]) -> _Chosen:
    by_id = {str(criterion.id): criterion for criterion in criteria}
    labels = [variant.label for variant in experiment.variants]
    tags = filters.tags(experiment)
    filters.forget_foreign({f"{_P}criterion": by_id, f"{_P}slice": tags})
    if st.session_state.get(f"{_P}baseline") not in labels:
        st.session_state[f"{_P}baseline"] = labels[0]
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    criterion = filters.criterion(
        row,
        {each: f"{by_id[each].key} {by_id[each].draft.title}" for each in by_id},
        f"{_P}criterion",
        placeholder="All together",
        help="Of all together a trial fails that fails one, and passes where it passes each that "
        "applies.",
    )
    show = row.segmented_control(
        "Only cases of which some variant",
        list(_SHOWS),
        format_func=lambda s: _SHOWS[s],
        key=f"{_P}show",
        persist_state="session",
        help="Flickers: some trials of one case pass and others fail. Disputed: raters said both. "
        "Differs: passes more or less often than the variant that is compared with.",
    )
    baseline = labels[0]
    if len(labels) > 1:
        baseline = row.selectbox(
            "Compared with",
            labels,
            format_func=plain,
            key=f"{_P}baseline",
            persist_state="session",
            width=110,
        )
    tag = filters.slice_of(row, tags, f"{_P}slice")
    search = filters.search(
        row,
        f"{_P}search",
        help="Looks into outputs, error messages, inputs and the keys of cases.",
    )
    order = row.selectbox(
        "Order",
        list(_ORDERS),
        format_func=lambda o: _ORDERS[o],
        key=f"{_P}order",
        persist_state="session",
        width=190,
    )
    asked = [by_id[criterion]] if criterion else criteria
    return _Chosen(
        tuple(
            Looked(
                c.id,
                c.draft.scorer.fingerprint(),
                tuple(c.draft.slices),
                next((at for at, label in enumerate(labels) if not c.is_about(label)), -1),
            )
            for c in asked
        ),
        labels.index(baseline),
        show,
        order,
        tag,
        search,
    )


def _table(experiment: Experiment, rows: Sequence[CaseRow]) -> None:
    labels = [variant.label for variant in experiment.variants]
    shown: dict[str, list[Any]] = {"Case": [row.key for row in rows]}
    for place, label in enumerate(labels):
        shown[label] = [_signs(row.cells.get(place, Cell())) for row in rows]
    # Last: where the page is narrow the cells are what has to be seen.
    shown["Input"] = [_input(row) for row in rows]
    key = f"experiments_grid_table_{rows[0].case_id}_{len(rows)}"
    st.dataframe(
        tinted(shown, _tint, labels),
        key=key,
        hide_index=True,
        height=min(_HEIGHT, _LINE * (len(rows) + 1)),
        on_select=lambda: _open(key, rows),
        selection_mode="single-cell",
        column_config={
            "Case": st.column_config.TextColumn(width=110, pinned=True),
            "Input": st.column_config.TextColumn(width="large"),
        }
        | {label: st.column_config.TextColumn(width=100) for label in labels},
    )


def _input(row: CaseRow) -> str:
    text = " · ".join(values.said(value) for value in row.input.values())
    flat = " ".join(text.split())
    return flat if len(flat) <= _INPUT else f"{flat[: _INPUT - 1]}…"


def _signs(cell: Cell) -> str:
    signs = "".join(_MARKS[ended] for _, ended in cell.trials)
    return f"{signs} {_DISPUTED}" if cell.is_disputed else signs


def _tint(signs: object) -> str:
    """The cell's colour: the signs say the same without it."""
    text = str(signs)
    if _MARKS[Outcome.FAIL] in text:
        is_mixed = _MARKS[Outcome.PASS] in text
        return "background-color: #d9770626" if is_mixed else "background-color: #dc262626"
    return "background-color: #16a34a1f" if _MARKS[Outcome.PASS] in text else ""


def _open(key: str, rows: Sequence[CaseRow]) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    st.session_state[OPEN] = str(rows[cells[0][0]].case_id) if cells else None


def _outputs(experiment: Experiment, row: CaseRow) -> None:
    """What each variant said of a case, beside each other: the same trial of all."""
    trials = max(len(cell.trials) for cell in row.cells.values())
    number = 1
    if trials > 1:
        chosen = st.segmented_control(
            "Trial",
            [str(n) for n in range(1, trials + 1)],
            format_func=md,
            default="1",
            required=True,
            key=f"experiments_grid_trial_{row.case_id}",
            persist_state="session",
        )
        number = int(chosen)
    # Below each other where the page is too narrow for all.
    beside = st.container(horizontal=True, gap="small")
    width = max(_NARROWEST, _WIDE // len(experiment.variants))
    for place, variant in enumerate(experiment.variants):
        with beside.container(width=width):
            cell = row.cells.get(place, Cell())
            if number > len(cell.trials):
                look.variant(variant)
                st.caption(f"Not asked yet for {short(row.key)}, trial {md(str(number))}.")
            else:
                experiments_one.draw(experiment, UUID(str(cell.trials[number - 1][0])))
