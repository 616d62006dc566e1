"""From check to requirement: which feature gets it, with which bar, and the click."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import adopting
from workbench.domain.features import Feature
from workbench.domain.packs import Pack
from workbench.errors import WorkbenchError
from workbench.evidence.capabilities import Capability
from workbench.evidence.words import figures, measures
from workbench.ui.parts import dialogs, session, trouble
from workbench.ui.parts.text import md, plain

ADOPT = "adopt"
_FEATURE, _SAID = "capabilities_adopt_feature", "capabilities_adopt_said"


def opener(each: Capability) -> None:
    """What opens the question; nothing where the result carries no bar."""
    if not adopting.carries_a_bar(each):
        return
    name = _name(each)
    st.button(
        "Make it a requirement",
        key=f"capabilities_adopt_{name}",
        type="tertiary",
        icon=":material/add_task:",
        on_click=dialogs.choose,
        args=(f"{ADOPT} {name}",),
    )


def dialog(results: Sequence[tuple[Pack, list[Capability]]]) -> None:
    """Ask which feature gets the requirement, if that was asked for."""
    said = st.session_state.pop(_SAID, "")
    if said:
        st.toast(md(said), icon=":material/check_circle:")
    what, _, name = dialogs.opened().partition(" ")
    found = next((each for _, every in results for each in every if _name(each) == name), None)
    if what == ADOPT and found is not None:
        dialogs.show(
            "Make it a requirement",
            lambda: _form(found),
            icon=":material/add_task:",
            width="medium",
        )


def _form(found: Capability) -> None:
    features = {f.name: f for f in session.store().features.all()}
    if not features:
        st.info("There is no feature yet. Create one on the Overview first.")
        return
    try:
        level = adopting.bar_of(found)
    except WorkbenchError as error:
        trouble.show(error)
        return
    draft, row = found.row.criterion.draft, found.row
    st.markdown(f"**{md(row.requirement.draft.statement)}**")
    st.markdown(
        f"{md(draft.title)}: {md(found.model)} came to {md(figures.figure(row))} on "
        f"{md(found.pack.label)}."
    )
    bar = "at most" if draft.measure.is_upper_bar else "at least"
    st.markdown(
        f"- Bar: **{bar} {figures.percent(level.bar)}**, the level that was shown\n"
        f"- Target: **{figures.percent(level.target)}**, the level that is hoped for\n"
        f"- The pack's own bar: {md(measures.bar(row.criterion))}"
    )
    st.caption(
        "The cases of the pack become a dataset of the feature, and the run is the requirement's "
        "evidence. The bar was read off these answers: fresh cases have to confirm it."
    )
    if st.session_state.get(_FEATURE) not in features:
        opened = st.session_state.get(session.FEATURE)
        st.session_state[_FEATURE] = opened if opened in features else next(iter(features))
    st.selectbox(
        "Feature", list(features), format_func=plain, key=_FEATURE, persist_state="session"
    )
    with st.container(horizontal=True):
        st.button(
            "Draft it",
            key="capabilities_adopt_now",
            type="primary",
            icon=":material/add_task:",
            on_click=_adopt,
            args=(found, features),
        )
        st.button("Cancel", key="capabilities_adopt_cancel", on_click=dialogs.close)


def _adopt(found: Capability, features: dict[str, Feature]) -> None:
    feature = features[st.session_state[_FEATURE]]
    assert feature.id is not None
    try:
        made = adopting.adopt(session.store(), session.who(), feature.id, found)
    except WorkbenchError as error:
        dialogs.report(error)
        return
    how = "drafted" if made.is_new else "is there already"
    # Said once the page is drawn: what a callback draws takes the place of something else.
    st.session_state[_SAID] = (
        f"{made.requirement.key} {how}, with {made.criterion.key}, in “{feature.name}”."
    )
    dialogs.close()


def _name(each: Capability) -> str:
    variant_id: UUID = each.variant.id
    return f"{each.row.criterion.id}_{variant_id}"
