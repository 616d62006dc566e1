"""A criterion over experiments, prompt versions and dates: what each run that ended came to."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.kept_verdicts import TrendPoint
from workbench.evidence.words import trends
from workbench.ui.parts import folds, look, pictures, session
from workbench.ui.parts.text import md

_SHOWN = 12


def draw(criterion: Criterion) -> None:
    """The kept verdicts of a criterion, the newest first. Nothing before there are two: one is
    what stands above."""
    points = [p for p in _all() if p.kept.criterion_id == criterion.id]
    if len(points) < 2:
        return
    label = f"Over time: {len(points)} verdicts"
    key = f"decide_trend_{criterion.id}"
    with st.expander(label, icon=":material/timeline:", **folds.bind(key, label)) as folded:
        if folded.open:
            _points(points, criterion)


def _points(points: Sequence[TrendPoint], criterion: Criterion) -> None:
    for place, point in enumerate(reversed(points[-_SHOWN:])):
        _point(point, criterion, place)
    if len(points) > _SHOWN:
        st.caption(
            f"The newest {_SHOWN} of {len(points)}. All are rows of the view “verdicts” in the "
            "database."
        )
    st.caption(
        "Each is what a run came to when it ended, by the cases, prompt and bar of then. "
        "Whether two variants differ is said by Compare on Experiments."
    )


def _point(point: TrendPoint, criterion: Criterion, place: int) -> None:
    kept = point.kept
    said = f"{trends.place(point)}: {trends.figure(point, criterion)}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pictures.share(
            kept.value,
            kept.low,
            kept.high,
            f"decide_trend_{criterion.id}_{place}",
            f"{said}, {kept.verdict.label}",
            verdict=kept.verdict,
            bar=point.bar,
        )
        with st.container(gap="xxsmall"):
            st.markdown(f"{look.verdict(kept.verdict).text} {md(trends.figure(point, criterion))}")
            st.caption(md(trends.place(point)))


def _all() -> list[TrendPoint]:
    opened = session.feature_id()
    return session.remembered(
        "trend", opened, lambda: session.store().kept_verdicts.trend(opened), feature=opened
    )
