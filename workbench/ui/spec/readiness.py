"""The checklist of a spec: what is still missing, and where to put it right."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.domain.prompts import Variant
from workbench.evidence.readiness import Point
from workbench.ui.parts import pages
from workbench.ui.parts.text import md


def draw(found: Sequence[Point]) -> None:
    """The checklist, each open point with a link to where it is put right."""
    open_ones = [point for point in found if not point.is_done]
    if open_ones:
        noun = "points is" if len(open_ones) == 1 else "points are"
        st.markdown(f"**{len(open_ones)} of {len(found)} {noun} open before this is ready**")
    else:
        st.markdown("**Ready to hand over**")
    for point in open_ones:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":orange[:material/radio_button_unchecked:] {md(point.said)}")
            st.page_link(
                pages.link(point.page), label=md(point.where), icon=":material/arrow_forward:"
            )
    done = [
        f":green[:material/check_circle:] :gray[{md(point.said)}]"
        for point in found
        if point.is_done
    ]
    if done:
        st.markdown("\n\n".join(done))


def named(candidate: UUID | None, variants: Sequence[Variant]) -> Variant | None:
    """The candidate among a feature's variants, if one is chosen."""
    return next((variant for variant in variants if variant.id == candidate), None)
