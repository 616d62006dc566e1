"""A pack's models against each other, on the same cases: what got better or worse, and how sure."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.packs import Pack
from workbench.evidence import comparisons
from workbench.evidence.capabilities import Capability
from workbench.evidence.comparisons import Comparison
from workbench.evidence.words import comparisons as words
from workbench.ui.parts import difference, folds, look, session
from workbench.ui.parts.text import md


def draw(pack: Pack, found: Sequence[Capability]) -> None:
    """Every pair of the pack's models, folded; nothing where there is one model."""
    feature_id = pack.feature_id
    if feature_id is None or len({each.variant.id for each in found}) < 2:
        return
    made = session.remembered(
        "capabilities_compared",
        feature_id,
        lambda: comparisons.of_feature(session.store(), feature_id),
        feature=feature_id,
    )
    sure = sum(one.is_sure for one in made)
    label = f"Compared on the same cases: {sure} of {len(made)} differences beyond chance"
    key = f"capabilities_compared_{feature_id}"
    with st.expander(label, icon=":material/compare_arrows:", **folds.bind(key, label)) as folded:
        if folded.open:
            _all(made)


def _all(made: Sequence[Comparison]) -> None:
    for one in made:
        _one(one)
    if made:
        st.caption(
            f"B against A, case by case. Adjusted for {md(made[0].family.what)}.",
            help="P-values after Holm 1979, intervals after Bonferroni.",
        )
    else:
        st.caption("Nothing can be compared yet.")


def _one(found: Comparison) -> None:
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            criterion = found.criterion
            st.markdown(f"**{md(criterion.key)}** {md(criterion.draft.title)}", width="content")
            look.variant(found.b)
            st.markdown(":gray[against]", width="content")
            look.variant(found.a)
        st.markdown(md(words.verdict(found)))
        if found.is_compared:
            key = f"{criterion.id}_{found.a.id}_{found.b.id}"
            difference.line(found, f"capabilities_gap_{key}", width=difference.NARROW)
            st.caption(md(words.counted(found)))
