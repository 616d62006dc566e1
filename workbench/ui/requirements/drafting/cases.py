"""Suggested cases: typical, edge, adversarial, near misses, and those that must be refused."""

from collections.abc import Callable, Sequence

import streamlit as st

from workbench.actions import drafting
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import Body, Round, Suggestion
from workbench.drafting.rules import FROM_LIBRARY
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short
from workbench.ui.requirements.drafting import buttons

_COLOURS = {
    "typical": "blue", "edge": "orange", "adversarial": "red", "near-miss": "green",
    "must-refuse": "red", "must-hand-over": "red",
}  # fmt: skip
_TROUBLE = "requirements_draft_cases"


def draw(found: Round, suggestions: Sequence[Suggestion]) -> None:
    """The cases, with one button that takes all which are ready."""
    if not suggestions:
        return
    waiting = [each for each in suggestions if each.is_open]
    ready = [each for each in waiting if not drafting.lacks_words(each.body)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Cases", anchor=False, width="stretch")
        if ready:
            st.button(
                f"Accept all {len(ready)} cases below"
                if len(ready) > 1
                else "Accept the case below",
                key="requirements_draft_cases_all",
                icon=":material/done_all:",
                on_click=_accept_all,
                args=(suggestions,),
            )
    library = ". Where nothing else is said they come from the workbench's library"
    from_where = "" if found.model else library
    st.caption(
        f"Accepted ones go to the dataset “{drafting.DATASET}”. They are a start: verdicts need "
        f"more{from_where}, and your users' own words are better."
    )
    trouble.show_kept(_TROUBLE)
    for each in waiting:
        with st.container(border=True, gap="small", key=f"requirements_draft_{each.id}"):
            _case(each)
    taken = [each for each in suggestions if each.resolution.is_taken]
    if taken:
        st.markdown(
            f":green[:material/check_circle:] **{count(len(taken), 'case')}** accepted into "
            f"“{md(taken[0].made)}”."
        )
    for each in suggestions:
        if not each.is_open and not each.resolution.is_taken:
            buttons.judged(each)


def _case(suggestion: Suggestion) -> None:
    body = suggestion.body
    assert isinstance(body, CaseDraft)
    badges = " ".join(f":{_colour(tag)}-badge[{md(tag)}]" for tag in body.tags)
    if drafting.lacks_words(body):
        key = f"requirements_draft_words_{suggestion.id}"
        st.markdown(badges)
        st.text_area(
            md(suggestion.idea.why),
            key=key,
            height=68,
            persist_state="session",
            placeholder="In the words of somebody who would send it",
        )
        is_written = bool(str(st.session_state.get(key, "")).strip())
        buttons.draw(suggestion, can_accept=is_written, read=_typed(body, key))
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"{short(drafting.title(body), 400)} {badges}")
            if body.reference is not None:
                st.caption(f"A good answer says: {short(str(body.reference), 200)}")
            if not suggestion.idea.why.startswith(FROM_LIBRARY):
                st.caption(md(suggestion.idea.why))
        buttons.draw(suggestion)


def _typed(body: CaseDraft, key: str) -> Callable[[], Body]:
    return lambda: drafting.as_written(body, str(st.session_state.get(key, "")))


def _colour(tag: str) -> str:
    return _COLOURS.get(tag, "gray")


def _accept_all(suggestions: Sequence[Suggestion]) -> None:
    try:
        drafting.accept_cases(session.store(), session.who(), session.feature_id(), suggestions)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)
