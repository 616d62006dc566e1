"""A draft from a text: what is suggested, what became of it, and how often suggestions are kept."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.drafting import About, Acceptance, Resolution, Round, Suggestion, of_group
from workbench.drafting import rules
from workbench.say import ago, count
from workbench.ui.parts import session
from workbench.ui.parts.text import md, plain, prose, short
from workbench.ui.requirements.drafting import asked, cases, edit, modes, promises, text

_ROUND = "requirements_draft_round"


def draw() -> None:
    """The text, and what was drawn from it."""
    store, feature_id = session.store(), session.feature_id()
    rounds = store.drafting.rounds(feature_id)
    text.draw(made=len(rounds))
    if not rounds:
        return
    found = _choose(rounds)
    suggestions = store.drafting.of_round(found.id)
    _standing(found, suggestions)
    _acceptance(store.drafting.acceptance(feature_id))
    asked.draw(found)
    if not suggestions and found.model:
        return
    promises.draw(found, suggestions)
    cases.draw(found, of_group(suggestions, About.CASE))
    modes.draw(found, of_group(suggestions, About.FAILURE_MODE))
    edit.dialog(suggestions)


def _choose(rounds: Sequence[Round]) -> Round:
    """Which text is looked at: the newest, unless another was chosen."""
    if len(rounds) == 1:
        return rounds[0]
    by_id = {str(each.id): each for each in rounds}
    newest = str(rounds[0].id)
    if st.session_state.get("requirements_draft_newest") != newest:
        st.session_state["requirements_draft_newest"] = newest
        st.session_state[_ROUND] = newest
    chosen = st.selectbox(
        "Round",
        list(by_id),
        format_func=lambda each: plain(_named(by_id[each])),
        key=_ROUND,
        persist_state="session",
    )
    return by_id[chosen or newest]


def _named(found: Round) -> str:
    return f"{found.number} · {found.source} · {ago(found.made_at)} · {found.text}"


def _standing(found: Round, suggestions: Sequence[Suggestion]) -> None:
    n_open = sum(each.is_open for each in suggestions)
    taken = sum(each.resolution.is_taken for each in suggestions)
    rejected = sum(each.resolution is Resolution.REJECTED for each in suggestions)
    who = "the rules of this workbench" if not found.model else md(found.model)
    st.markdown(
        f"**{count(len(suggestions), 'suggestion')}** by {who}, from a text of {md(found.author)}: "
        f"{taken} accepted, {rejected} rejected, **{n_open} to judge**. "
        "Nothing is part of the feature before you accept it."
    )
    doubt = "" if found.model else rules.doubt(found.text)
    if doubt:
        st.warning(md(doubt), icon=":material/translate:")
    with st.expander("The text, and what was left alone", icon=":material/description:"):
        prose(found.text)
        parts = session.store().drafting.parts(found.id)
        left_out = [*found.left_out, *(each for part in parts for each in part.left_out)]
        if left_out:
            said = "Suggested, and left out" if found.model else "Read, and no promise found in it"
            st.caption(f"{said}:")
            for sentence in left_out:
                st.markdown(f":gray[:material/remove: {short(sentence, 300)}]")
        elif not found.model:
            st.caption("Every sentence led to a suggestion.")


def _acceptance(sources: Sequence[Acceptance]) -> None:
    """How often each source's suggestions were kept, over all texts of the feature."""
    judged = [each for each in sources if each.judged]
    if not judged:
        return
    st.caption(":material/thumbs_up_down: How suggestions fared in this feature, by source:")
    for each in judged:
        who = "the rules" if each.source == "rules" else each.source
        edited = f", {each.edited} of them after an edit" if each.edited else ""
        kept = each.accepted + each.edited
        st.caption(md(f"{who}: {kept} of {each.judged} judged were kept{edited}."))
