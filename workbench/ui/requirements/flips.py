"""What the newest change of a criterion did to the outputs that were scored before."""

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.evidence.words import flips
from workbench.store.reports.flips import Flips
from workbench.ui.parts import session
from workbench.ui.parts.text import md, output, short

_SHOWN = 6


def draw(criterion: Criterion) -> None:
    """Nothing where the criterion was never changed; otherwise the change and its flips."""
    if criterion.number < 2:
        return
    store = session.store()
    *_, before, after = store.criteria.versions(criterion.id)

    def read() -> Flips:
        scorers = (before.draft.scorer.fingerprint(), after.draft.scorer.fingerprint())
        return store.reports.flips.flips(criterion.id, *scorers, limit=_SHOWN)

    found = session.remembered("flips", (criterion.id, criterion.number), read)
    n = found.to_fail + found.to_pass
    label = f"Version {criterion.number}: what the change did"
    with st.expander(
        f"{label} ({n:,} flipped)" if n else label,
        icon=":material/compare_arrows:",
        key=f"requirements_flips_{criterion.key}",
    ):
        st.markdown(f"**Changed:** {md(flips.changed(before, after))}")
        if after.why:
            st.caption(f"Why: {md(after.why)}")
        st.markdown(md(flips.flipped(before, after, found)))
        for flip in found.examples:
            color = "red" if flip.after == "fail" else "green"
            where = md(f"{flip.variant}, trial {flip.number}")
            st.markdown(
                f"**{short(flip.case)}** :gray[{where}] {md(flip.before)} → "
                f":{color}[{md(flip.after)}] :gray[{short(flip.reason, 120)}]"
            )
            output(flip.output[:400])
        if n > len(found.examples):
            st.caption(f"The first {len(found.examples)} of {n:,} are shown.")
