"""Conflicts and gaps: what contradicts, what is vague, what lacks cases, what the prompt omits."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.domain.prompts import PromptVersion
from workbench.drafting import conflicts, unsaid
from workbench.drafting.conflicts import Finding, FindingKind, Unit
from workbench.drafting.unsaid import Said, Standing
from workbench.say import count
from workbench.ui.parts import session
from workbench.ui.parts.text import md, plain, short

_LOOKS = {
    FindingKind.CONFLICT: ("Conflicts", ":red[:material/call_split:]"),
    FindingKind.AMBIGUOUS: ("Ambiguous", ":orange[:material/help:]"),
    FindingKind.MISSING: ("Missing", ":orange[:material/playlist_add:]"),
    FindingKind.THIN: ("Too few cases", ":blue[:material/stacked_bar_chart:]"),
}
_MARKS = {
    Standing.SPECIFIED: ":green-badge[:material/check: specified]",
    Standing.LUCK: ":orange-badge[:material/casino: met by luck]",
    Standing.MISSING: ":red-badge[:material/close: missing]",
    Standing.CONFLICT: ":red-badge[:material/call_split: conflicts]",
    Standing.UNKNOWN: ":gray-badge[:material/hourglass_empty: unsaid, not enough evidence]",
    Standing.ELSEWHERE: ":gray-badge[:material/timer: not for the prompt]",
}


def draw() -> None:
    """What rules find between the requirements, and what the prompt leaves unsaid."""
    store, feature_id = session.store(), session.feature_id()
    requirements = store.requirements.of(feature_id)
    if not requirements:
        st.info("There is no requirement yet: nothing can conflict.", icon=":material/lightbulb:")
        return
    units = session.remembered("gap_units", feature_id, lambda: _units(feature_id))
    found = conflicts.found(requirements, store.criteria.of(feature_id), units)
    st.caption(
        "Found by rules, which read words and settings and no meaning: look at each. Nothing is "
        "sent anywhere."
    )
    if not found:
        st.success("The rules find nothing to settle.", icon=":material/check:")
    for kind, (title, mark) in _LOOKS.items():
        of_kind = [each for each in found if each.kind is kind]
        if of_kind:
            st.subheader(f"{mark} {title} · {len(of_kind)}", anchor=False)
            for each in of_kind:
                _finding(each)
    _prompt(feature_id, found)


def _finding(found: Finding) -> None:
    st.markdown(f"**{md(', '.join(found.about))}** · {md(found.said)}  \n:gray[{md(found.advice)}]")


def _units(feature_id: UUID) -> list[list[Unit]]:
    """What counts once, for each dataset of the feature."""
    store = session.store()
    return [
        [
            Unit(case.draft().cluster(), frozenset(case.tags))
            for case in store.datasets.cases(version.id)
        ]
        for version in store.datasets.of(feature_id)
    ]


def _prompt(feature_id: UUID, found: Sequence[Finding]) -> None:
    """Each requirement beside a prompt and the verdicts that there are."""
    store = session.store()
    st.subheader(":material/chat: What the prompt leaves unsaid", anchor=False)
    versions = [each for each in store.prompts.versions(feature_id) if not each.is_outside]
    if not versions:
        st.caption("There is no prompt yet: write one in the Playground.")
        return
    chosen = _choose(versions)
    requirements = store.requirements.of(feature_id)
    variants = store.variants.of(feature_id)
    rows = unsaid.of_prompt(chosen.text, requirements, session.all_verdicts(), variants, found)
    for row in rows:
        _row(row)
    st.caption(
        "Specified: the prompt shares at least half of the words of a requirement's promise. Met "
        "by luck: unsaid, and met on two models or phrasings or more, as it may be no longer with "
        "the next. Missing: unsaid, and not met somewhere."
    )


def _choose(versions: Sequence[PromptVersion]) -> PromptVersion:
    by_id = {str(each.id): each for each in reversed(versions)}
    chosen = st.selectbox(
        "Prompt",
        list(by_id),
        format_func=lambda each: plain(by_id[each].label),
        key="requirements_gaps_prompt",
        persist_state="session",
    )
    return by_id[chosen]


def _row(row: Said) -> None:
    key, statement = row.requirement.key, row.requirement.draft.statement
    ways = "not tried yet"
    if row.tried:
        open_ = row.tried - row.met - row.not_met
        ways = f"met by {row.met} of {count(row.tried, 'variant')} tried"
        ways += f", not by {row.not_met}" if row.not_met else ""
        ways += f", {open_} undecided" if open_ else ""
    words = f" · the prompt says too: {md(', '.join(row.words))}" if row.words else ""
    against = f" with {', '.join(row.against)}" if row.against else ""
    st.markdown(
        f"{_MARKS[row.standing]}{md(against)} **{md(key)}** {short(statement, 140)}  \n"
        f":gray[{md(ways)}{words}]"
    )
