"""What to fix next, beside what earlier changes did."""

import streamlit as st

from workbench.evidence import bets, fixes, verdicts
from workbench.evidence.bets import Bet, Effect
from workbench.evidence.fixes import Fix
from workbench.evidence.words import bets as words_bets
from workbench.say import count
from workbench.ui.parts import folds, session
from workbench.ui.parts.text import md, short

_SHOWN = 5
_HALF = 490  # pixels
_ICON = {
    Effect.LIFTED: ":green[:material/trending_up:]",
    Effect.BROKEN: ":red[:material/trending_down:]",
    Effect.UNCLEAR: ":gray[:material/trending_flat:]",
    Effect.MIXED: ":gray[:material/call_merge:]",
    Effect.NOT_COMPARED: ":gray[:material/block:]",
}


def draw() -> None:
    """Both lists, folded; nothing where there is neither."""
    ranked, made = _fixes(), _bets()
    if not ranked and not made:
        return
    # Two side by side where there is room for both, else one below the other.
    with st.container(horizontal=True, gap="small"):
        left, right = st.container(width=_HALF), st.container(width=_HALF)
    if ranked:
        label = f"What to fix next: {md(ranked[0].found.criterion.key)} first"
        with left.expander(
            label, icon=":material/build:", **folds.bind("decide_fixes", label)
        ) as folded:
            if folded.open:
                _draw_fixes(ranked)
    if made:
        n_open = sum(bet.is_open for bet in made)
        still = f", {n_open} still open" if n_open else ""
        label = f"What our changes did: {count(len(made), 'change')}{still}"
        with right.expander(
            label, icon=":material/casino:", **folds.bind("decide_bets", label)
        ) as folded:
            for bet in made if folded.open else ():
                _draw_bet(bet)


def _fixes() -> list[Fix]:
    store, opened = session.store(), session.feature_id()

    def read() -> list[Fix]:
        deciding = verdicts.deciding(session.all_verdicts(), store.features.candidate(opened))
        return fixes.ranked(deciding, {e.id: e for e in store.experiments.of(opened)})

    return session.remembered("decide_fixes", opened, read, feature=opened)


def _bets() -> list[Bet]:
    opened = session.feature_id()
    return session.remembered(
        "decide_bets",
        opened,
        lambda: bets.of_feature(session.store(), opened, session.counted()),
        feature=opened,
    )


def _draw_fixes(ranked: list[Fix]) -> None:
    for place, fix in enumerate(ranked[:_SHOWN], 1):
        found = fix.found
        st.markdown(
            f"{place}. **{md(found.requirement.key)} {md(found.criterion.key)}** "
            f"{short(found.criterion.draft.title, 80)}  \n:gray[{md(fixes.sentence(fix))}]"
        )
    st.caption(
        "By share of failures × severity × reach ÷ effort. The share is an estimate: where the "
        "ranges of two overlap, their order could be chance."
    )


def _draw_bet(bet: Bet) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f"**{md(bet.what)}** :gray[· {md(bet.author or 'somebody')} · "
            f"{bet.created_at:%d %b %Y}]"
        )
        if bet.trigger:
            st.markdown(f":gray[Because:] {short(bet.trigger, 240)}")
        hoped = short(bet.expects, 240) if bet.expects else ":gray[nobody wrote it down]"
        st.markdown(f":gray[It should:] {hoped}")
        if bet.is_open:
            st.markdown(f":orange[:material/hourglass_empty:] {md(words_bets.state(bet))}")
            return
        if not bet.shifts:
            st.markdown(f":gray[:material/trending_flat:] {md(words_bets.did(bet))}")
        # What broke is said first: that is what people overlook.
        for effect in (
            Effect.BROKEN,
            Effect.LIFTED,
            Effect.UNCLEAR,
            Effect.MIXED,
            Effect.NOT_COMPARED,
        ):
            for found in bet.of(effect):
                verb = words_bets.VERBS[effect]
                st.markdown(
                    f"{_ICON[effect]} {verb[0].upper()}{verb[1:]} {md(words_bets.shift(found))}"
                )
        for said in (words_bets.why_not(bet), words_bets.state(bet), words_bets.correction(bet)):
            if said:
                st.caption(md(said))
