"""Whether a spec is ready to hand over: what is still missing, and where to put it right."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import streamlit as st

from workbench.domain.prompts import Variant
from workbench.domain.verdicts import Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui import decide_reading, pages
from workbench.ui.text import md


class Check(NamedTuple):
    """One thing that a spec should have: what is true of it now, and the page that changes it."""

    is_done: bool
    said: str
    page: str
    where: str


def checks(
    rows: Sequence[RequirementVerdict], candidate: UUID | None, ratings_open: int
) -> list[Check]:
    """What a spec should have before engineers build on it, in the order in which to do it."""
    bare = _keys([row for row in rows if not row.criteria])
    open_ones = _keys([r for r in rows if r.criteria and r.verdict is Verdict.NOT_ENOUGH_EVIDENCE])
    missed = _keys([row for row in rows if row.verdict is Verdict.NOT_MET])
    stale = _keys([row for row in rows if decide_reading.is_stale(row)])
    return [
        Check(
            bool(rows),
            _said("There are requirements", "There is no requirement yet", rows),
            "requirements",
            "Draft one",
        ),
        _check(
            bare,
            "Every requirement has a criterion",
            "without a criterion",
            "requirements",
            "Add a criterion",
        ),
        Check(
            candidate is not None,
            "A candidate variant is chosen" if candidate else "No candidate variant is chosen",
            "verdicts",
            "Choose one",
        ),
        Check(
            not ratings_open,
            "Every output that asks for a person is rated"
            if not ratings_open
            else f"{ratings_open:,} outputs wait for a person's rating",
            "compare",
            "Rate them",
        ),
        _check(
            open_ones,
            "Every requirement is decided",
            "without enough evidence",
            "verdicts",
            "See what would settle it",
        ),
        _check(missed, "No bar is missed", "not met", "verdicts", "Read the failures"),
        _check(
            stale,
            "All evidence is newer than what it judges",
            "resting on stale evidence",
            "experiments",
            "Run again",
        ),
    ]


def draw(found: Sequence[Check]) -> None:
    """The checklist, each open point with a link to where it is put right."""
    open_ones = [check for check in found if not check.is_done]
    if open_ones:
        noun = "point is" if len(open_ones) == 1 else "points are"
        st.markdown(f"**{len(open_ones)} of {len(found)} {noun} open before this is ready**")
    else:
        st.markdown("**Ready to hand over**")
    for check in sorted(found, key=lambda check: check.is_done):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if check.is_done:
                st.markdown(f":green[:material/check_circle:] :gray[{md(check.said)}]")
            else:
                st.markdown(f":orange[:material/radio_button_unchecked:] {md(check.said)}")
                st.page_link(
                    pages.link(check.page),
                    label=md(check.where),
                    icon=":material/arrow_forward:",
                )


def named(candidate: UUID | None, variants: Sequence[Variant]) -> Variant | None:
    """The candidate among a feature's variants, if one is chosen."""
    return next((variant for variant in variants if variant.id == candidate), None)


def _check(keys: Sequence[str], good: str, lack: str, page: str, where: str) -> Check:
    if not keys:
        return Check(True, good, page, where)
    verb = "is" if len(keys) == 1 else "are"
    return Check(False, f"{', '.join(keys)} {verb} {lack}", page, where)


def _keys(rows: Sequence[RequirementVerdict]) -> list[str]:
    return [row.requirement.key for row in rows]


def _said(good: str, bad: str, found: Sequence[object]) -> str:
    return good if found else bad
