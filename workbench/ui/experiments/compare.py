"""Variants side by side: what differs beyond chance, which cases changed, what quality costs."""

import math
from typing import NamedTuple

import pandas as pd
import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.evidence import besides, comparison_cases, comparisons, economy
from workbench.evidence.comparison_cases import Cases
from workbench.evidence.comparisons import Comparison
from workbench.evidence.counting import READS
from workbench.evidence.economy import Economy
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import comparisons as words
from workbench.evidence.words import economy as economy_words
from workbench.evidence.words import figures
from workbench.say import money
from workbench.stats.comparison import Change
from workbench.stats.quantiles import QuantileInterval
from workbench.ui.parts import difference, look, session
from workbench.ui.parts.text import md, tabular

_ICON = {
    Change.FIXED: ":material/healing:",
    Change.BROKEN: ":material/heart_broken:",
    Change.FLICKERING: ":material/flare:",
}
_MOST_NAMED = 60
_WORTH, _BEHIND = "worth considering", "behind on these answers"
_TYPICAL, _SLOWEST = "A typical answer takes", "The slowest 5% take"
_HEADS = {
    _TYPICAL: "Half of the answers arrive within this time: the median, or p50.",
    _SLOWEST: "This long, or longer: 19 of 20 answers arrive before it. Engineers call it p95.",
}


class _Lot(NamedTuple):
    """How many answers a price is told for, and the heads of the two prices."""

    answers: int
    costs: str
    costs_good: str


_ONE = _Lot(1, "An answer costs", "A good one costs")
_MANY = _Lot(1_000, "1,000 answers cost", "1,000 good ones cost")
_CHEAP = 0.001
"""USD: prices of one answer that are all below this look alike, and are told for many."""


def draw(experiment: Experiment) -> None:
    """The comparison of an experiment's variants, against one that is chosen as the baseline."""
    if len(experiment.variants) > 1:
        _differences(experiment)
    else:
        st.info(
            "This experiment asks one variant. To compare, set one up with two or more: they are "
            "compared case by case, which takes far fewer calls than two experiments.",
            icon=":material/call_split:",
        )
    _economy(experiment)


def _differences(experiment: Experiment) -> None:
    by_id = {str(variant.id): variant for variant in experiment.variants}
    chosen = st.segmented_control(
        "Compared to",
        list(by_id),
        default=next(iter(by_id)),
        required=True,
        format_func=lambda v: md(by_id[v].label),
        key=f"experiments_baseline_{experiment.id}",
        persist_state="page",
    )
    assert chosen is not None
    others = [variant for key, variant in by_id.items() if key != chosen]
    found: list[Comparison] = session.remembered(
        "comparison",
        (experiment.id, chosen),
        lambda: comparisons.against(session.store(), experiment, by_id[chosen], others, _pairing()),
        feature=experiment.feature_id,
    )
    for comparison in found:
        _one(comparison)
    if found and found[0].family.n > 1:
        st.caption(
            f"Adjusted for {md(found[0].family.what)}, whichever of them is shown: one false "
            "“beyond chance” in 20 such tables.",
            help="P-values after Holm 1979, intervals after Bonferroni.",
        )


def _one(found: Comparison) -> None:
    key = f"{found.criterion.id}_{found.b.id}"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"**{found.criterion.key}** {md(found.criterion.draft.title)}", width="content"
            )
            look.variant(found.b)
            st.markdown(":gray[against]", width="content")
            look.variant(found.a)
        st.markdown(f"{_look(found)} {md(words.verdict(found))}")
        if not found.is_compared:
            return
        difference.line(found, f"experiments_gap_{key}")
        # The interval stands in sight, its method and the p-value where somebody asks for them.
        lies = f"The difference lies {words.span(found)}. " if found.is_sure else ""
        st.caption(md(f"{lies}{words.counted(found)}"), help=md(words.details(found)))
        _cases(found, key)
        for caution in words.cautions(found, _besides(found)):
            st.caption(f":material/warning: {md(caution)}")


def _look(found: Comparison) -> str:
    if not found.is_sure:
        return ":material/help:"
    return ":material/trending_up:" if found.is_better else ":material/trending_down:"


def _besides(found: Comparison) -> str:
    said: str = session.remembered(
        "comparison_besides",
        (found.experiment.id, found.a.id, found.b.id),
        lambda: besides.prompt(_pairing(), found.side_a, found.side_b),
        feature=found.experiment.feature_id,
        also=READS,
    )
    return said


def _cases(found: Comparison, key: str) -> None:
    cases: Cases = session.remembered(
        "comparison_cases",
        (found.experiment.id, found.criterion.id, found.a.id, found.b.id),
        lambda: comparison_cases.of(_pairing(), found),
        feature=found.experiment.feature_id,
        also=READS,
    )
    with st.container(horizontal=True, gap="small"):
        for kind, icon in _ICON.items():
            keys = cases.changed[kind]
            with st.popover(
                f"{len(keys)} {kind}",
                icon=icon,
                disabled=not keys,
                key=f"experiments_{kind.value}_{key}",
            ):
                st.caption(_MEANING[kind])
                st.markdown(", ".join(md(each) for each in keys[:_MOST_NAMED]))
                if len(keys) > _MOST_NAMED:
                    st.caption(f"and {len(keys) - _MOST_NAMED} more")
    for line in words.slices(cases.slices, found.criterion, with_p=False):
        st.caption(f":material/label: {md(line)}")


_MEANING = {
    Change.FIXED: "Failed every time before, passes every time now.",
    Change.BROKEN: "Passed every time before, fails every time now.",
    Change.FLICKERING: "Passes sometimes, under one of the two or both.",
}


def _pairing() -> Pairing:
    return Pairing(session.store(), session.counted())


def _economy(experiment: Experiment) -> None:
    found: list[Economy] = session.remembered(
        "economy",
        experiment.id,
        lambda: economy.of_experiment(session.store(), experiment),
        feature=experiment.feature_id,
        also=READS,
    )
    if not found:
        return
    lot = _lot(found)
    st.markdown("**What quality costs**")
    st.dataframe(
        tabular([_row(one, lot) for one in found]),
        hide_index=True,
        key=f"experiments_economy_{experiment.id}",
        column_config={
            head: st.column_config.TextColumn(help=meaning) for head, meaning in _HEADS.items()
        },
    )
    priced = [one for one in found if one.cost.estimate is not None and one.good is not None]
    is_free = all(one.cost.estimate == 0 for one in priced)
    if len(priced) > 1:
        _picture(priced, lot, is_free=is_free, key=f"experiments_efficient_{experiment.id}")
    unknown = (
        "; in brackets its share if what failed or has no score were not good, or good"
        if any(one.unknown for one in found)
        else ""
    )
    st.caption(
        f"{md(economy_words.conclusion(found))} A good answer passes every criterion that "
        f"looks at it{unknown}. Times are of all calls: one that failed took longer than any "
        "limit. In brackets what these could be (each bound at 95%, over cases)."
        if len(found) > 1
        else f"A good answer passes every criterion that looks at it{unknown}."
    )


def _lot(found: list[Economy]) -> _Lot:
    costs = [one.cost.estimate for one in found if one.cost.estimate]
    return _MANY if costs and max(costs) < _CHEAP else _ONE


def _row(one: Economy, lot: _Lot) -> dict[str, str]:
    cost = one.cost.estimate
    return {
        "Variant": one.variant.label,
        "Good answers": _good(one),
        _TYPICAL: _seconds(one.p50),
        _SLOWEST: _seconds(one.p95),
        lot.costs: "unknown" if cost is None else money(cost * lot.answers),
        lot.costs_good: _per_good(one, lot),
        "Answers": f"{one.answers:,}",
    }


def _good(one: Economy) -> str:
    if one.good is None:
        return "not scored"
    said = figures.percent(one.good)
    if not one.unknown:
        return said
    ends = f"{figures.at_least(one.good_low)} to {figures.at_most(one.good_high)}"
    return f"{said} ({ends}, {one.unknown:,} not known)"


def _per_good(one: Economy, lot: _Lot) -> str:
    if one.cost_per_good is None:
        return "unknown"
    return f"{'at most ' if one.unknown else ''}{money(one.cost_per_good * lot.answers)}"


def _seconds(found: QuantileInterval) -> str:
    """“4.8 s (3.9 to 7.5)”; where there is no upper bound, why."""
    if found.estimate is None or found.most_seen is None:
        return "unknown"
    beyond = f"over {found.most_seen / 1000:.1f}"

    def said(end: float) -> str:
        return f"{end / 1000:.1f}" if math.isfinite(end) else beyond

    low = "0" if found.low is None else said(found.low)
    if found.high is None:
        ends = f"{low} or more: {found.needs} cases give a bound"
    else:
        ends = f"{low} to {said(found.high)}" if math.isfinite(found.high) else f"{low} or more"
    return f"{said(found.estimate)} s ({ends})"


def _finite(found: QuantileInterval) -> float:
    """The estimate, or the most that was seen where that lies beyond it."""
    value = found.estimate or 0.0
    return value if math.isfinite(value) else found.most_seen or 0.0


def _kind(one: Economy) -> str:
    return _WORTH if one.is_efficient else _BEHIND


def _picture(found: list[Economy], lot: _Lot, *, is_free: bool, key: str) -> None:
    """Good answers against cost (or latency where all are free); the efficient set is filled."""
    across = "A typical answer takes (s)" if is_free else f"{lot.costs} (USD)"
    frame = pd.DataFrame(
        {
            "variant": [one.variant.label for one in found],
            "good": [one.good for one in found],
            "across": [
                _finite(one.p50) / 1000 if is_free else (one.cost.estimate or 0) * lot.answers
                for one in found
            ],
            "kind": [_kind(one) for one in found],
        }
    )
    # A plain specification: what Altair checks takes longer than the rest of the page.
    kinds = {"domain": [_WORTH, _BEHIND], "range": ["#2a9163", "#7c8a8d"]}
    chart = {
        "height": 240,
        "encoding": {
            "x": {
                **{"field": "across", "type": "quantitative", "title": across},
                "scale": {"zero": True, "nice": True},
                # As few decimals as tell the ticks apart, or their labels run into each other.
                "axis": {"format": "~g", "tickCount": 6},
            },
            "y": {
                **{"field": "good", "type": "quantitative", "title": "Good answers"},
                **{"axis": {"format": "%"}, "scale": {"domain": [0, 1]}},
            },
            "tooltip": [{"field": field} for field in ("variant", "good", "across", "kind")],
        },
        "layer": [
            {
                "mark": {"type": "point", "size": 140, "filled": True},
                "encoding": {
                    "color": {
                        **{"field": "kind", "type": "nominal", "scale": kinds},
                        "legend": {"title": None, "orient": "top"},
                    }
                },
            },
            {
                "mark": {
                    **{"type": "text", "dx": 14, "align": "left"},
                    **{"fontSize": 13, "color": "#7c8a8d"},
                },
                "encoding": {"text": {"field": "variant"}},
            },
        ],
    }
    spoken = "; ".join(
        f"{one.variant.label}: {figures.percent(one.good or 0)} good, {_kind(one)}" for one in found
    )
    st.vega_lite_chart(frame, chart, key=key, alt=spoken)
