"""A requirement's revisions: who changed what, why, on what evidence, and word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from uuid import UUID

import streamlit as st

from workbench.domain.requirements import Requirement, Revision
from workbench.ui import requirement_list, session
from workbench.ui.requirement_form import evidence_line
from workbench.ui.text import md, output, prose

_TOKEN = re.compile(r"\S+")


def changes(before: str, after: str) -> str:
    """The words that went and came, as Markdown. Nothing in either text is live.

    Each word is escaped on its own, so that neither text can end a mark or begin another.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    parts = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(_words(old[i:j]))
            continue
        if i < j:
            parts.append(f":red-background[~~{_words(old[i:j])}~~]")
        if k < m:
            parts.append(f":green-background[**{_words(new[k:m])}**]")
    return " ".join(parts)


def draw(requirement: Requirement) -> None:
    """The difference between two revisions, then the timeline, newest first."""
    revisions = session.store().requirements.revisions(requirement.id)
    if len(revisions) > 1:
        _difference(requirement.id, revisions)
    else:
        st.caption("One revision so far: differences show up here once it is revised.")
    for revision in reversed(revisions):
        _entry(revision)


def put_away(requirement: Requirement) -> None:
    """Archive the requirement, once confirmed."""
    with st.popover(
        "Archive", icon=":material/archive:", type="tertiary", key="requirements_put_away"
    ):
        st.write(
            f"Put {requirement.key} away? It leaves the list, the spec and the verdicts. Its "
            "revisions and evidence stay in the database."
        )
        st.button(
            f"Archive {requirement.key}",
            key="requirements_archive",
            type="primary",
            on_click=_archive,
            args=(requirement.id,),
        )


def _difference(requirement_id: UUID, revisions: Sequence[Revision]) -> None:
    numbers = [revision.number for revision in revisions]
    by_number = {revision.number: revision for revision in revisions}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        old = st.selectbox(
            "From revision",
            numbers,
            index=len(numbers) - 2,
            key=f"requirements_from_{requirement_id}_{numbers[-1]}",
        )
        new = st.selectbox(
            "To revision",
            numbers,
            index=len(numbers) - 1,
            key=f"requirements_to_{requirement_id}_{numbers[-1]}",
        )
    before, after = by_number[old].draft, by_number[new].draft
    with st.container(border=True, key="requirements_difference"):
        st.markdown(changes(before.statement, after.statement))
        if before.rationale or after.rationale:
            st.caption("Rationale")
            st.markdown(changes(before.rationale, after.rationale) or ":gray[none]")
        moved = [
            f"{name} {getattr(before, name)} → **{getattr(after, name)}**"
            for name in ("kind", "impact", "effort", "horizon")
            if getattr(before, name) != getattr(after, name)
        ]
        if moved:
            st.markdown(f":material/tune: {' · '.join(moved)}")
        if before == after:
            st.caption("These two say the same.")


def _entry(revision: Revision) -> None:
    with st.container(border=True, gap="small", key=f"requirements_revision_{revision.number}"):
        st.markdown(
            f"**Revision {revision.number}** :gray[· {md(revision.author or 'somebody')} · "
            f"{revision.created_at:%d %b %Y, %H:%M}]"
        )
        st.markdown(f":material/lightbulb: {md(revision.why) or ':gray[no reason given]'}")
        for piece in revision.evidence:
            st.markdown(f":material/attachment: {evidence_line(piece)}")
            if piece.output:
                output(piece.output)
        with st.expander("What it said", key=f"requirements_said_{revision.number}"):
            prose(revision.draft.statement)
            if revision.draft.rationale:
                st.caption(f"Rationale: {md(revision.draft.rationale)}")


def _archive(requirement_id: UUID) -> None:
    session.store().requirements.archive(requirement_id)
    st.session_state.pop(requirement_list.OPEN, None)


def _words(tokens: Sequence[str]) -> str:
    return " ".join(md(token) for token in tokens)
