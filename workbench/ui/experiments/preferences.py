"""Which variant is liked better: strengths as lines, each two variants in a sentence, the order."""

import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.evidence import preferences
from workbench.evidence.preferences import Ranking
from workbench.evidence.words import preferences as words
from workbench.say import count
from workbench.ui.parts import look, pages, pictures, session
from workbench.ui.parts.text import md

_EVEN = 0.5
_READING = (
    "Of comparisons with each of the others, the share that a variant wins, a tie as half a win "
    "for both, with its interval at 95%. The tick is 50%: as good as the others."
)
_METHOD = "Bradley and Terry 1952; the interval by a bootstrap over cases."


def draw(experiment: Experiment) -> None:
    """The rankings of an experiment; nothing where no criterion compares outputs."""
    found = session.remembered(
        "preferences",
        experiment.id,
        lambda: preferences.of_experiment(session.store(), experiment),
        feature=experiment.feature_id,
    )
    for ranking in found:
        with st.container(border=True, key=f"experiments_preferences_{ranking.criterion.id}"):
            _ranking(ranking)


def waiting(experiment: Experiment) -> int:
    """How many pairs wait for a person's first word."""
    return session.remembered(
        "pairs_open",
        experiment.id,
        lambda: preferences.waiting(session.store(), experiment),
        feature=experiment.feature_id,
    )


def link(experiment: Experiment) -> None:
    """The way to the pairs that wait, where some do."""
    n = waiting(experiment)
    if n:
        st.page_link(
            pages.link("rating"),
            label=f"{count(n, 'pair')} {'waits' if n == 1 else 'wait'} to be compared",
            icon=":material/compare_arrows:",
        )


def _ranking(ranking: Ranking) -> None:
    criterion = ranking.criterion
    st.markdown(f"**{criterion.key}** {md(criterion.draft.title)}: who is liked better")
    st.markdown(f":material/compare_arrows: {md(words.leads(ranking))}")
    for variant, strength in ranking.ranked:
        said = words.strength(strength)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            look.variant(variant)
            pictures.share(
                strength.share,
                strength.low,
                strength.high,
                f"experiments_strength_{criterion.id}_{variant.id}",
                f"{variant.label} wins {said} of its comparisons",
                bar=_EVEN,
                width=pictures.WIDE,
            )
            st.markdown(md(f"wins {said}"), width="content")
    if ranking.ranked:
        st.caption(_READING, help=_METHOD)
    if ranking.is_split:
        st.caption(
            ":material/info: Somebody won or lost every comparison, so each two variants were "
            "given one more that both won by half."
        )
    if ranking.others:
        labels = " and ".join(variant.label for variant in ranking.others)
        st.caption(f":material/hourglass_empty: Not compared yet: {md(labels)}.")
    for meeting in ranking.meetings:
        st.markdown(f"- {md(words.meeting(meeting))}")
    said = words.order(ranking.order, criterion.draft.scorer.kind.by)
    st.caption(f":material/swap_horiz: {md(said)} {words.HOW_TIES_COUNT}")
