"""What reading has come to: which failure modes matter most, over prompts, and what is unseen."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.domain.failures import Severity
from workbench.evidence import failure_trends, failures
from workbench.evidence.failures import Seen
from workbench.evidence.words import failures as words
from workbench.ui.failures import output, reading, sorting
from workbench.ui.parts import look, pictures
from workbench.ui.parts.text import md, plain, short

_COUNT, _HARM = "count", "harm"
_BY = {_COUNT: "By how often", _HARM: "By harm"}


def draw(experiment: Experiment) -> None:
    """Saturation, the order of what to do first, and each mode over prompt versions."""
    found = reading.seen(experiment)
    outputs = reading.reads().outputs
    waiting = len(sorting.unsorted(reading.notes()))
    richness = failure_trends.saturation([each.mode for each in found], outputs)
    st.markdown("**Does reading more pay?**")
    st.markdown(
        md(words.saturation(richness, waiting)),
        help="Chao1, a lower bound on how many kinds there are, and the Good-Turing estimate of "
        "what is missing. A sighting is a failure mode in the outputs of one input. Splitting or "
        "merging modes changes both.",
    )
    if not found:
        return
    _pareto(found, experiment)
    _trend(found)


def _pareto(found: Sequence[Seen], experiment: Experiment) -> None:
    st.markdown("**What to do first**")
    by = st.segmented_control(
        "Order",
        list(_BY),
        default=_COUNT,
        required=True,
        key="failures_pareto",
        format_func=_BY.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        help=f"Harm is {words.HARM}",
    )
    is_harm = by == _HARM
    ordered = failures.by_harm(found) if is_harm else failures.by_count(found)
    parts = [each.harm if is_harm else float(each.having) for each in ordered]
    holds = output.shares_hold(reading.to_read(experiment, at_random=False))
    if holds:
        st.caption(f":material/info: {md(holds)}")
    total, so_far = sum(parts), 0.0
    for each, part in zip(ordered, parts, strict=True):
        so_far += part
        mode, share = each.mode, each.likelihood
        weight = mode.draft.severity.weight / Severity.SEVERE.weight if is_harm else 1.0
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pictures.share(
                None if share.estimate is None else share.estimate * weight,
                share.low * weight,
                share.high * weight,
                f"failures_pareto_{mode.id}",
                f"{mode.key}: {words.likelihood(each)}",
            )
            cumulated = f" · {so_far / total:.0%} with those above" if total else ""
            st.markdown(
                f"{look.severity(mode.draft.severity).mark} **{md(mode.key)}** "
                f"{short(mode.draft.name, 60)} :gray[· {md(words.likelihood(each))}{cumulated}]"
            )
    if is_harm:
        st.caption("On these lines, all the way right is a severe failure in every output.")


def _trend(found: Sequence[Seen]) -> None:
    st.markdown("**Over prompt versions**")
    known = {str(each.mode.id): each.mode for each in found}
    chosen = st.selectbox(
        "Failure mode",
        list(known),
        key="failures_trend_mode",
        format_func=lambda mode_id: plain(known[mode_id].label if mode_id in known else mode_id),
        persist_state="session",
    )
    if chosen not in known:
        return
    mode = known[chosen]
    points = failure_trends.over_prompts(mode, reading.reads())
    for name, each in points:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pictures.share(
                each.likelihood.estimate,
                each.likelihood.low,
                each.likelihood.high,
                f"failures_trend_{mode.id}_{name}",
                f"{name}: {words.likelihood(each)}",
            )
            st.markdown(f"**{short(name, 40)}** :gray[· {md(words.likelihood(each))}]")
    if len(points) < 2:
        st.caption(
            "Outputs of one prompt version were read so far. Read outputs of the next one to see "
            "what it changed."
        )
    else:
        st.caption(
            "Shares of what was read, in all experiments: compare versions that were read alike. "
            "Where intervals overlap much, nothing is shown yet."
        )
