"""Conflicts and gaps: what contradicts, what is vague, what lacks cases, what the prompt omits."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import opinions
from workbench.actions.opinions import Given, Item
from workbench.domain.prompts import PromptVersion
from workbench.drafting import conflicts, unsaid
from workbench.drafting.conflicts import Finding, FindingKind, Unit
from workbench.drafting.unsaid import PromptCoverage, Said
from workbench.ui.parts import session
from workbench.ui.parts.text import md, plain, short
from workbench.ui.requirements import opinion

_LOOKS = {
    FindingKind.CONFLICT: ("Conflicts", ":red[:material/call_split:]"),
    FindingKind.AMBIGUOUS: ("Ambiguous", ":orange[:material/help:]"),
    FindingKind.MISSING: ("Missing", ":orange[:material/playlist_add:]"),
    FindingKind.THIN: ("Too few cases", ":blue[:material/stacked_bar_chart:]"),
}
_MARKS = {
    PromptCoverage.SPECIFIED: ":green-badge[:material/check: specified]",
    PromptCoverage.LUCK: ":orange-badge[:material/casino: met by luck]",
    PromptCoverage.MISSING: ":red-badge[:material/close: missing]",
    PromptCoverage.CONFLICT: ":red-badge[:material/call_split: conflicts]",
    PromptCoverage.UNKNOWN: ":gray-badge[:material/hourglass_empty: unsaid, not enough evidence]",
    PromptCoverage.ELSEWHERE: ":gray-badge[:material/timer: not for the prompt]",
}

_PROMPT = "requirements_gaps_prompt"


def draw() -> None:
    """What rules find between the requirements, and what the prompt leaves unsaid."""
    store, feature_id = session.store(), session.feature_id()
    requirements = store.requirements.of(feature_id)
    if not requirements:
        st.info("No requirement is in force: nothing can conflict.", icon=":material/lightbulb:")
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
    given = opinions.newest(store, feature_id)
    version = _version(feature_id)
    opinion.draw(version, given)
    _prompt(feature_id, version, found, given)


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


def _version(feature_id: UUID) -> PromptVersion | None:
    """The prompt that is looked at: the one that was chosen below, or else the newest."""
    every = session.store().prompts.versions(feature_id)
    versions = [each for each in every if not each.is_outside]
    wanted = str(st.session_state.get(_PROMPT, ""))
    return next((e for e in versions if str(e.id) == wanted), versions[-1] if versions else None)


def _prompt(
    feature_id: UUID, chosen: PromptVersion | None, found: Sequence[Finding], given: Given | None
) -> None:
    """Each requirement beside a prompt and the verdicts that there are, and below it what a model
    thinks that was shown this prompt."""
    store = session.store()
    st.subheader(":material/chat: What the prompt leaves unsaid", anchor=False)
    if chosen is None:
        st.caption("There is no prompt yet: write one in the Playground.")
        return
    _choose([each for each in store.prompts.versions(feature_id) if not each.is_outside])
    views: dict[str, Item] = {}
    if given is not None and given.version is not None:
        if given.version.id == chosen.id:
            views = given.on_prompt()
        elif given.on_prompt():
            st.caption(
                f":material/smart_toy: {md(given.call.model)} was shown {md(given.version.label)}: "
                "choose it to see what it thinks."
            )
    requirements = store.requirements.of(feature_id)
    variants = store.variants.of(feature_id)
    rows = unsaid.of_prompt(chosen.text, requirements, session.all_verdicts(), variants, found)
    for row in rows:
        with st.container(gap=None):
            _row(row)
            if given is not None and row.requirement.key in views:
                opinion.beside(views[row.requirement.key], given.call.model)
            elif views:
                st.caption(":material/smart_toy: The model says nothing of it.")
    st.caption(
        "Specified: the prompt shares at least half of the words of a requirement's promise. Met "
        "by luck: unsaid, and met on two models or phrasings or more, as it may be no longer with "
        "the next. Missing: unsaid, and not met somewhere."
    )


def _choose(versions: Sequence[PromptVersion]) -> None:
    by_id = {str(each.id): each for each in reversed(versions)}
    st.selectbox(
        "Prompt",
        list(by_id),
        format_func=lambda each: plain(by_id[each].label),
        key=_PROMPT,
        persist_state="session",
    )


def _row(row: Said) -> None:
    key, statement = row.requirement.key, row.requirement.draft.statement
    words = f" · the prompt says too: {md(', '.join(row.words))}" if row.words else ""
    against = f" with {', '.join(row.against)}" if row.against else ""
    st.markdown(
        f"{_MARKS[row.standing]}{md(against)} **{md(key)}** {short(statement, 140)}  \n"
        f":gray[{md(row.shown())}{words}]"
    )
