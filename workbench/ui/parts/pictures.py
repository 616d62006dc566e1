"""One look for evidence everywhere: a line for the interval, a dot, a tick for the bar, a word."""

import streamlit as st

from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence.words import details as detail_words
from workbench.evidence.words import figures, measures, settling
from workbench.evidence.words import sentences as verdict_words
from workbench.exchange.safe.markdown import visible
from workbench.store.rows_query import rows_query
from workbench.ui.parts.text import md

# The hues of the theme's verdict colours, of one strength on light and dark pages.
_HUE = {
    Verdict.MET: "#2a9163",
    Verdict.NOT_MET: "#c8503f",
    Verdict.NOT_ENOUGH_EVIDENCE: "#c27c1e",
}
_UNSURE = _HUE[Verdict.NOT_ENOUGH_EVIDENCE]
_TRACK = "#7c8a8d"
WIDE, NARROW = 400, 240
"""Pixels: a picture on a line of its own, and one beside words. Both fit a page 900 wide."""

LEGEND = (
    "From 0 to 100%, or over the scale of a mean score: the line is the interval, the dot the "
    "estimate, the tick the bar, and green the side of the bar where it should lie."
)
"""How to read the picture, in one sentence."""


def line(found: CriterionVerdict, key: str, *, width: int = WIDE) -> None:
    """A criterion's estimate, interval and bar on one line from 0 to 100%.

    A drawing, not a chart: a list of requirements has many, and each chart takes a browser a tenth
    of a second.
    """
    estimate, bar = found.estimate, found.criterion.draft.bar
    good = (0.0, bar) if found.criterion.draft.measure.is_upper_bar else (bar, 1.0)
    parts = [
        _stroke(width, 0, 1, _TRACK, 2, 0.5),
        _stroke(width, *good, _HUE[Verdict.MET], 14, 0.22, cap="butt"),
    ]
    if estimate.value is not None:
        hue, at = _HUE[found.verdict], _x(width, estimate.value)
        parts.append(_stroke(width, estimate.low, estimate.high, hue, 5, 0.6))
        parts.append(f'<circle cx="{at:.1f}" cy="14" r="6" fill="{hue}"/>')
    parts.append(_tick(width, bar))
    spoken = (
        f"{found.criterion.key}: {figures.figure(found)}, bar {measures.bar(found.criterion)}, "
        f"{found.verdict.label}"
    )
    _show(parts, key, spoken, width)


def share(
    value: float | None,
    low: float,
    high: float,
    key: str,
    spoken: str,
    *,
    width: int = NARROW,
    verdict: Verdict = Verdict.NOT_ENOUGH_EVIDENCE,
    bar: float | None = None,
) -> None:
    """A share on a line from 0 to 100%: the interval and its dot, in the colour of a verdict, and
    the tick of a bar where there is one."""
    hue, parts = _HUE[verdict], [_stroke(width, 0, 1, _TRACK, 2, 0.5)]
    if value is not None:
        parts.append(_stroke(width, low, high, hue, 5, 0.6))
        parts.append(f'<circle cx="{_x(width, value):.1f}" cy="14" r="6" fill="{hue}"/>')
    if bar is not None:
        parts.append(_tick(width, bar))
    _show(parts, key, spoken, width)


def sentences(found: CriterionVerdict) -> None:
    """What a verdict says, what follows, and what to do next."""
    st.markdown(f"{verdict_words.expectation(found)} **{verdict_words.conclusion(found)}**")
    step = settling.next_step(found)
    if step:
        st.markdown(f":material/arrow_forward: {step}")
    if found.stale:
        st.caption(f":material/history: Stale: since {found.experiment}, {md(_joined(found))}.")
    for warning in found.warnings:
        st.caption(f":material/warning: {md(warning[0].upper() + warning[1:])}.")


def spread(found: CriterionVerdict, key: str, *, width: int = WIDE) -> None:
    """How many cases pass never, now and then, always: one bar in three parts, and a sentence."""
    said = detail_words.spread(found)
    if not said or found.spread is None:
        return
    steady = found.spread
    parts, at = [], 0.0
    for k, n in enumerate(steady.by_passes):
        wide = width * n / steady.cases
        share = k / steady.trials
        hue = _UNSURE if 0 < share < 1 else _HUE[Verdict.MET if share else Verdict.NOT_MET]
        # Denser the more often it passes: the parts can be told apart without their colour.
        parts.append(
            f'<rect x="{at:.1f}" y="4" width="{max(0.0, wide - 1):.1f}" height="14" rx="2" '
            f'fill="{hue}" fill-opacity="{0.45 + 0.5 * share:.2f}"/>'
        )
        at += wide
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="22" '
        f'viewBox="0 0 {width} 22">{"".join(parts)}</svg>'
    )
    with st.container(key=key, gap="xsmall"):
        st.image(drawing, width=width, alt=detail_words.alternative(steady))
        st.caption(md(said))


def details(found: CriterionVerdict) -> None:
    """The numbers behind a verdict, for the engineer, and the query that fetches its rows."""
    st.caption(md(f"{detail_words.numbers(found)} {detail_words.source(found)}"))
    if found.experiment_id is None or found.variant_id is None:
        return
    draft = found.criterion.draft
    query = rows_query(
        found.experiment_id,
        found.variant_id,
        found.criterion.id,
        draft.scorer.fingerprint(),
        draft.slices,
    )
    st.caption("The rows, from a copy of the database (a backup, or the file while it is closed):")
    st.code(visible(query), language="sql")


def _joined(found: CriterionVerdict) -> str:
    return " and ".join(found.stale)


def _stroke(
    width: int, start: float, end: float, hue: str, thick: int, opacity: float, cap: str = "round"
) -> str:
    x1, x2 = _x(width, start), _x(width, end)
    return (
        f'<line x1="{x1:.1f}" y1="14" x2="{x2:.1f}" y2="14" stroke="{hue}" '
        f'stroke-width="{thick}" stroke-opacity="{opacity}" stroke-linecap="{cap}"/>'
    )


def _tick(width: int, bar: float) -> str:
    """The mark of a bar."""
    left = _x(width, bar) - 1.5
    return f'<rect x="{left:.1f}" y="3" width="3" height="22" rx="1.5" fill="{_TRACK}"/>'


def _show(parts: list[str], key: str, spoken: str, width: int) -> None:
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="28" '
        f'viewBox="0 0 {width} 28">{"".join(parts)}</svg>'
    )
    with st.container(key=key, width=width):
        st.image(drawing, width=width, alt=spoken)


def _x(width: int, share: float) -> float:
    """Where a share lies on the drawing, with room for half a dot at both ends."""
    return 8 + share * (width - 16)
