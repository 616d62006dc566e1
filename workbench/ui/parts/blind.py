"""What must not be shown to somebody who rates: what others said, before they reveal together."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.ui.parts import pages, session
from workbench.ui.parts.text import md


def criteria(experiment: Experiment, known: Sequence[Criterion]) -> list[Criterion]:
    """Those by which somebody else's ratings of an experiment are hidden from whoever is here."""
    return [one for one in known if _is_blind(experiment, one)]


def rated(experiment: Experiment, known: Sequence[Criterion]) -> list[Criterion]:
    """Those of them which only people score, so that every outcome is somebody's rating."""
    return [c for c in criteria(experiment, known) if c.draft.scorer.kind.by is By.PERSON]


def say(hidden: Sequence[Criterion]) -> None:
    """Which criteria are left out for that, and where they are revealed."""
    if hidden:
        keys = ", ".join(one.key for one in hidden)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                f":material/visibility_off: Left out here: {md(keys)}. Others rate by it too, and "
                "you have not revealed together yet.",
                width="content",
            )
            st.page_link(
                pages.link("rating"),
                label="Reveal",
                query_params={"show": "agreement"},
                icon=":material/visibility:",
            )


def _is_blind(experiment: Experiment, criterion: Criterion) -> bool:
    scorer = criterion.draft.scorer
    if scorer.kind.by is By.CODE:
        return False
    place = (experiment.id, criterion.id, scorer.labels())
    found = session.remembered(
        "blind",
        place,
        lambda: session.store().reveals.round(*place, is_paired=scorer.over is not None),
        feature=experiment.feature_id,
    )
    return not found.is_open_to(session.person())
