"""What must be shown: a criterion's measure, bar, confidence and slices, and what that takes."""

from typing import NamedTuple

import streamlit as st

from workbench.domain.criteria import Lane, Measure, ScorerKind
from workbench.domain.kinds.entry import By
from workbench.domain.requirements import Requirement
from workbench.evidence.words import measures
from workbench.evidence.words.least import least
from workbench.ui.parts import session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain

_CONFIDENCES = (80.0, 90.0, 95.0, 99.0)


class _Unit(NamedTuple):
    """What verdicts count once, and the tags of the cases that are it."""

    identity: str
    tags: frozenset[str]


def draw(form: Form, requirement: Requirement) -> None:
    """Measure, bar, confidence and slices: what must be shown."""
    st.selectbox(
        "Measure",
        **form.bind_choice("measure", [measure.value for measure in Measure]),
        format_func=lambda measure: measures.MEASURES[Measure(measure)].capitalize(),
    )
    is_upper = Measure(form.value("measure")).is_upper_bar
    is_mean = form.value("measure") == Measure.MEAN_SCORE
    first, second, third = st.columns(3)
    first.number_input(
        "Bar: at most (%)" if is_upper else "Bar: at least (%)",
        min_value=0.0,
        max_value=100.0,
        step=1.0,
        format="%g",
        **form.bind("bar"),
        help="How far up the scale the mean must lie: on 1 to 5, 75% is a 4."
        if is_mean
        else "The level that must be shown.",
    )
    second.number_input(
        "Target (%)",
        min_value=0.0,
        max_value=100.0,
        step=1.0,
        format="%g",
        **form.bind_number("target"),
        placeholder="none",
        help="The level hoped for. It decides nothing.",
    )
    options = sorted({*_CONFIDENCES, float(form.value("confidence"))})
    third.selectbox(
        "Confidence",
        **form.bind_choice("confidence", options),
        format_func=lambda percent: f"{percent:g}%",
        help="95%: a feature that misses the bar would pass less than 1 time in 20.",
    )
    datasets = _units(requirement)
    _takes(form, datasets)
    tags = {tag for units in datasets for unit in units for tag in unit.tags}
    st.multiselect(
        "Slices",
        sorted({*tags, *form.value("slices")}),
        **form.bind_pills("slices"),
        format_func=plain,
        placeholder="Every case",
        accept_new_options=True,
        help="Only cases with one of these tags count. None chosen: every case. A tag that no "
        "case has yet can be typed.",
    )
    strange = [tag for tag in form.value("slices") if tag.strip() not in tags]
    if strange:
        named = ", ".join(f"“{md(tag)}”" for tag in strange)
        st.caption(
            f":orange[:material/label_off:] No case is tagged {named} yet: tag some on the page "
            "Data."
        )
    st.segmented_control(
        "How did it come up?",
        [lane.value for lane in Lane],
        **form.bind_pills("lane"),
        required=True,
        format_func={
            Lane.COMMITTED.value: "Committed before results",
            Lane.DISCOVERED.value: "Discovered in results",
        }.__getitem__,
        help="What was found by reading results should be confirmed on fresh cases.",
    )
    if form.value("lane") == Lane.DISCOVERED:
        st.text_input("Where it was seen", **form.bind_line("origin"))


def _units(requirement: Requirement) -> list[list[_Unit]]:
    """What counts once, for each dataset of the feature."""
    store, opened = session.store(), requirement.feature_id

    def read() -> list[list[_Unit]]:
        return [
            [
                _Unit(case.draft().cluster(), frozenset(case.tags))
                for case in store.datasets.cases(version.id)
            ]
            for version in store.datasets.of(opened)
        ]

    return session.remembered("criterion_units", opened, read)


def _takes(form: Form, datasets: list[list[_Unit]]) -> None:
    """Beside the bar: how many cases it takes at best, and how many the fullest dataset has."""
    slices = {tag.strip() for tag in form.value("slices")}
    there = [
        len({unit.identity for unit in units if not slices or slices & unit.tags})
        for units in datasets
    ]
    measure, bar = Measure(form.value("measure")), float(form.value("bar") or 0) / 100
    found = least(
        measure,
        bar,
        float(form.value("confidence")) / 100,
        max(there, default=0),
        is_judged=ScorerKind(form.value("kind")).by is By.MODEL,
    )
    if found is None:
        return
    is_there = max(there, default=0) >= found.cases
    mark = ":green[:material/check:]" if is_there else ":orange[:material/warning:]"
    st.caption(f"{mark} {md(found.said)}")
