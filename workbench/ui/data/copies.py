"""Cases that nearly repeat another one, and held-out ones with such a twin in the open."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.datasets import DatasetVersion
from workbench.evidence import near_copies
from workbench.evidence.near_copies import NearCopies, NearCopy
from workbench.say import count
from workbench.ui.parts import session
from workbench.ui.parts.text import short

_SHOWN = 12


def draw(version: DatasetVersion) -> None:
    """How many near copies there are, leaks first; the pairs on demand."""
    others = [
        each
        for each in session.store().datasets.of(session.feature_id())
        if each.dataset_id != version.dataset_id
    ]
    known = (version.id, *(each.id for each in others))
    found = session.remembered("near_copies", known, lambda: _read(version, others))
    if found.leaks:
        pairs = count(len(found.leaks), "pair")
        st.warning(
            f"{pairs} of a held-out case and one that is not say nearly the same: whoever tunes a "
            "prompt has as good as seen the held-out one.",
            icon=":material/visibility:",
        )
    if not found.pairs:
        st.caption(f":material/content_copy: No near copies. {near_copies.CAN_NOT}")
        return
    with st.expander(
        f"Near copies: {count(found.cases, 'case')}",
        icon=":material/content_copy:",
    ):
        for pair in sorted(found.pairs, key=lambda one: not one.is_leak)[:_SHOWN]:
            st.markdown(_said(pair))
        if len(found.pairs) > _SHOWN:
            st.caption(f"{count(len(found.pairs) - _SHOWN, 'more pair')}.")
        if found.is_cut:
            st.caption("So many cases share phrases that not all of them were compared.")
        st.caption(
            f"{near_copies.CAN_NOT} Near copies count as cases of their own in verdicts: give them "
            "one group where they tend to pass or fail together."
        )


def _said(pair: NearCopy) -> str:
    other = f"**{short(pair.other, 60)}**"
    if pair.dataset:
        other += f" in the dataset {short(pair.dataset, 60)}"
    leak = " :orange[:material/visibility: one of them is held out]" if pair.is_leak else ""
    how = f"{pair.likeness:.0f}% the same letters{leak}"
    return f":small[**{short(pair.one, 60)}** and {other}: {how}]"


def _read(version: DatasetVersion, others: Sequence[DatasetVersion]) -> NearCopies:
    cases = session.store().datasets.cases
    return near_copies.among(cases(version.id), {each.name: cases(each.id) for each in others})
