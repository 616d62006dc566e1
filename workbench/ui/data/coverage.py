"""What the cases cover: slices, sources, copies, and whether each criterion has enough of them."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from workbench.domain.criteria import Criterion, Measure
from workbench.domain.data_plans import DataPlan
from workbench.domain.datasets import DatasetVersion
from workbench.domain.kinds.entry import By
from workbench.domain.requirements import Horizon
from workbench.evidence.words import least, measures
from workbench.say import count, day
from workbench.store.reports.datasets import Covered, Overview
from workbench.ui.data import copies, plan, terms
from workbench.ui.parts import pages, session
from workbench.ui.parts.text import md, short

_BARS = 20


class Need(NamedTuple):
    """A criterion, the cases it finds, and the fewest that could show its bar."""

    criterion: Criterion
    covered: Covered
    least: int
    horizon: Horizon

    @property
    def lacking(self) -> int:
        """How many more cases it takes at least."""
        return max(0, self.least - self.covered.clusters)


def needs(version: DatasetVersion) -> list[Need]:
    """Each criterion of the feature against this version's cases."""
    reports, opened = session.store().reports.datasets, session.feature_id()
    wanted = {r.id: r.draft.horizon for r in session.store().requirements.of(opened)}
    found = []
    for criterion in session.store().criteria.of(opened):
        draft = criterion.draft
        fewest = least.fewest(draft.measure, draft.bar, draft.confidence)
        covered = reports.covered(version.id, draft.slices)
        found.append(Need(criterion, covered, fewest, wanted[criterion.requirement_id]))
    return found


def headline(overview: Overview) -> None:
    """The version in five numbers."""
    figures = (
        ("Cases", overview.cases, "What the model will be asked."),
        (
            "Different inputs",
            overview.inputs,
            "Cases with exactly the same input count as one case in every verdict.",
        ),
        (
            "Held out",
            overview.held_out,
            "Kept back to confirm a result: not shown in the playground.",
        ),
        (
            "Without a reference",
            overview.without_reference,
            "They have no good answer to compare with. Most scorers need none.",
        ),
        ("Without a tag", overview.untagged, "Criteria that look at slices pass them by."),
    )
    with st.container(horizontal=True, key="data_headline"):
        for label, value, help_text in figures:
            st.metric(label, f"{value:,}", help=help_text, width=170)


def line(overview: Overview) -> None:
    """The same numbers on one line."""
    parts = [f"**{overview.cases:,}** case{'' if overview.cases == 1 else 's'}"]
    if overview.inputs != overview.cases:
        parts.append(f"{overview.inputs:,} different inputs")
    if overview.groups:
        parts.append(count(overview.groups, "group"))
    parts += [
        f"{overview.held_out:,} held out",
        f"{overview.without_reference:,} without a reference",
        f"{overview.untagged:,} without a tag",
    ]
    st.markdown(f":gray[{' · '.join(parts)}]")


def draw(version: DatasetVersion, overview: Overview) -> None:
    """Criteria first, then slices and sources."""
    found = needs(version)
    st.subheader("Enough cases for each criterion?", anchor=False)
    if not found:
        st.info(
            "There is no criterion yet, so nothing asks for cases.", icon=":material/lightbulb:"
        )
        st.page_link(pages.link("requirements"), label="Write one", icon=":material/edit_note:")
    else:
        st.caption(_at_best(found))
        with st.container(border=True, gap="small"):
            planned = plan.plans()
            for need in sorted(found, key=lambda need: -need.lacking):
                _need(need, planned.get(need.criterion.id))
    _held_out(version)
    copies.draw(version)
    st.subheader("May they be used?", anchor=False)
    terms.draw(version)
    # Below each other where there is no room beside: names of sources are long.
    row = st.container(horizontal=True, gap="large")
    with row.container(width=560):
        st.subheader("Slices", anchor=False)
        _slices(version, found)
    with row.container(width=360):
        st.subheader("Sources", anchor=False)
        _sources(version)
    repeated = overview.cases - overview.inputs
    if repeated:
        st.caption(
            f":material/content_copy: {count(repeated, 'case')} repeat the "
            "input of another one exactly. Together they count as one case."
        )
    if overview.groups:
        grouped = count(overview.groups, "group")
        st.caption(
            f":material/account_tree: Cases share {grouped}, such as a document or a conversation. "
            "The cases of a group tend to pass or fail together, so each group counts once."
        )


def _at_best(found: list[Need]) -> str:
    """What “at least” supposes."""
    drafts = [need.criterion.draft for need in found]
    means = any(draft.measure is Measure.MEAN_SCORE for draft in drafts)
    best = ", or every score of a mean is the highest" if means else ""
    said = f"“At least” is what it takes if not a single answer fails{best}. It takes more "
    said += "otherwise." if means else "where some do."
    return said


def _held_out(version: DatasetVersion) -> None:
    """Whether held-out cases still can confirm something."""
    found = session.store().reports.datasets.held_out(session.feature_id(), version.id)
    if not found.cases:
        return
    used = "No experiment has asked about them yet."
    if found.used_by:
        used = (
            f"Asked about in {count(found.used_by, 'experiment')}: each look makes them say less "
            "about cases that nobody has seen."
        )
    st.caption(f":material/lock: {count(found.cases, 'case')} held out. {used}")
    if found.leaked:
        st.warning(
            f"{found.leaked:,} of them share their input or group with a case that is not held "
            "out: whoever tunes a prompt has seen them.",
            icon=":material/visibility:",
        )


def _need(need: Need, planned: DataPlan | None) -> None:
    draft = need.criterion.draft
    n_cases = need.covered.cases
    where = f"cases tagged {', '.join(map(md, draft.slices))}" if draft.slices else "every case"
    counted = count(n_cases, "case")
    if need.covered.clusters != n_cases:
        counted += f", which count as {need.covered.clusters:,}"
    judged = f" {least.JUDGED}" if draft.scorer.kind.by is By.MODEL else ""
    key, what, state = st.columns([2, 11, 7], vertical_alignment="center")
    key.markdown(f"**{md(need.criterion.key)}**")
    what.markdown(
        f"{short(draft.title, 120)}  \n:small[:gray[looks at {where}: **{counted}**. "
        f"To show {measures.bar(need.criterion)} it takes at least {need.least:,}.{judged}]]"
    )
    with state:
        if not n_cases:
            st.badge("no case at all", icon=":material/cancel:", color="red")
        elif need.lacking:
            st.badge(
                f"at least {need.lacking:,} more",
                icon=":material/add_circle:",
                color="orange",
            )
        else:
            st.badge("enough to be shown", icon=":material/check_circle:", color="green")
    if need.lacking or planned:
        _, said, way = st.columns([2, 11, 7], vertical_alignment="center")
        with said:
            if planned:
                plan.line(planned)
            else:
                st.caption(f"What waits for them is wanted {need.horizon.value}. No plan yet.")
        with way:
            plan.change(need.criterion, planned)


def _slices(version: DatasetVersion, found: list[Need]) -> None:
    counts = session.store().reports.datasets.tag_counts(version.id)
    wanted = {tag for need in found for tag in need.criterion.draft.slices}
    if counts.empty:
        st.caption("No case has a tag yet. Tags let a criterion look at some of the cases only.")
        return
    has = set(counts["tag"])
    counts["use"] = ["used by a criterion" if tag in wanted else "not used" for tag in counts.tag]
    _bars(counts.head(_BARS), "tag", "data_slices", "Cases for each tag")
    if len(counts) > _BARS:
        st.caption(f"The {_BARS} largest of {len(counts):,} tags.")
    unused = [tag for tag in counts["tag"] if tag not in wanted]
    if unused:
        st.caption(f":material/label_off: No criterion looks at: {_listed(unused)}.")
    empty = sorted(tag for tag in wanted if tag not in has)
    if empty:
        st.caption(f":material/warning: A criterion looks at, but no case has: {_listed(empty)}.")


def _sources(version: DatasetVersion) -> None:
    counts = session.store().reports.datasets.sources(version.id)
    counts["source"] = counts["source"].where(counts["source"] != "", "(not said)")
    counts["use"] = "used by a criterion"
    _bars(counts.head(_BARS), "source", "data_sources", "Cases from each source")
    ages = session.store().reports.datasets.ages(version.id)
    if ages is not None:
        middle, newest = md(day(ages.middle)), md(day(ages.newest))
        st.caption(
            f":material/calendar_month: Half of the cases are as they were on {middle} or before; "
            f"the newest came or changed on {newest}. What people ask changes: see whether they "
            "still ask this."
        )


def _bars(counts: pd.DataFrame, name: str, key: str, title: str) -> None:
    order = list(counts[name])
    # A plain specification: what Altair checks takes longer than the rest of the page.
    length = {"field": "cases", "type": "quantitative", "axis": None}
    unused = {"test": "datum.use == 'not used'", "value": 0.35}
    chart = {
        "height": {"step": 24},
        "encoding": {
            "y": {
                **{"field": name, "type": "nominal", "sort": order},
                "axis": {"title": None, "labelLimit": 200, "ticks": False},
            },
            "x": length,
            "tooltip": [{"field": name}, {"field": "cases"}, {"field": "use"}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "cornerRadiusEnd": 3, "color": "#3a9b9d"},
                "encoding": {"opacity": {"condition": unused, "value": 0.95}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": "#7c8a8d"},
                "encoding": {"text": {"field": "cases", "format": ","}},
            },
        ],
    }
    spoken = "; ".join(f"{row[name]}: {row['cases']}" for row in counts.to_dict("records"))
    st.vega_lite_chart(counts, chart, width="stretch", key=key, alt=f"{title}. {spoken}"[:2000])


def _listed(tags: list[str]) -> str:
    said = ", ".join(short(tag, 40) for tag in tags[:30])
    return said if len(tags) <= 30 else f"{said} and {len(tags) - 30} more"
