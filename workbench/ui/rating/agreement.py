"""How far those who scored a criterion agree: in words first, as lines, the figures folded."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions.rating import Task
from workbench.domain.criteria import Criterion
from workbench.domain.scores import who_said
from workbench.domain.verdicts import Verdict
from workbench.evidence import agreement
from workbench.evidence.agreement import LEAST_ALPHA, Agreement, Shown
from workbench.evidence.words import agreement as words
from workbench.ui.parts import pictures, session
from workbench.ui.parts.text import md
from workbench.ui.rating import disputes, together

_COLOR = {
    Shown.TWO_WAYS: Verdict.NOT_MET,
    Shown.ALIKE: Verdict.MET,
    Shown.OPEN: Verdict.NOT_ENOUGH_EVIDENCE,
}
_ICON = {
    Shown.TWO_WAYS: ":red[:material/call_split:]",
    Shown.ALIKE: ":green[:material/check_circle:]",
    Shown.OPEN: ":orange[:material/help:]",
}

_PAIRS = 6


def draw(task: Task) -> None:
    """A criterion's agreement, the two readings behind it, and where people differ; not before
    those who rate have revealed their words to each other."""
    if not together.draw(task):
        return
    criterion = task.criterion
    without = together.closed(task)
    found = _read(criterion, without)
    if len(found.scored) < 2:
        st.info(
            f"Nobody but {md(who_said(next(iter(found.scored), 'nobody')))} has scored by "
            f"{criterion.key} yet, so nothing can agree. Let a second person rate 20 outputs."
            if found.scored
            else f"Nobody has scored by {criterion.key} yet. Rate some outputs first.",
            icon=":material/group:",
        )
        return
    st.markdown(f"### {_ICON[found.shown]} {md(words.conclusion(found))}")
    _pairs(criterion, found)
    if criterion.draft.scorer.over is None:
        disputes.draw(criterion, found, without)
    else:
        st.caption(
            "Which of two outputs is better nobody settles for others: rate the pair again where "
            "you have changed your mind."
        )


def _pairs(criterion: Criterion, found: Agreement) -> None:
    # People first; what is left stands among the figures.
    shown = sorted(found.pairs, key=lambda pair: pair.has_model)[:_PAIRS]
    for place, pair in enumerate(shown):
        same = pair.observed
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pictures.share(
                same.estimate,
                same.low,
                same.high,
                f"score_pair_{criterion.id}_{place}",
                words.figures(pair),
            )
            st.markdown(md(words.frequency(pair)))
    if found.people.estimate is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            low, high = found.people.low or 0.0, found.people.high or 0.0
            pictures.share(
                max(0.0, found.people.estimate),
                max(0.0, low),
                max(0.0, high),
                f"score_alpha_{criterion.id}",
                words.alpha(found.people),
                verdict=_COLOR[found.shown],
                bar=LEAST_ALPHA,
            )
            st.markdown(
                "People's agreement beyond chance, from none to whole: the tick is enough.",
                help=words.RULE,
            )
    if not found.pairs:
        return
    with st.expander("The figures", icon=":material/functions:"):
        for pair in found.pairs:
            st.caption(md(f"{who_said(pair.a)} and {who_said(pair.b)}: {words.figures(pair)}."))
        st.caption(md(f"Over all {len(found.scored)}: {words.all_in_words(found)}"))
        st.caption(md(f"Over people: {words.alpha(found.people)}. {words.RULE}"))
        st.caption(
            "Over all experiments of this feature. Intervals are 95%; answers to one case hang "
            "together. All of it is about what each said before they saw what the others said, "
            "never about what was settled."
        )


def _read(criterion: Criterion, without: Sequence[UUID]) -> Agreement:
    return session.remembered(
        "score_agreement",
        (criterion.id, criterion.number, tuple(without)),
        lambda: agreement.of_criterion(session.store(), criterion, without),
        feature=session.feature_id(),
    )
