"""A requirement's revisions and its criteria's: who changed what, why, on what evidence."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import streamlit as st

from workbench.domain.requirements import Requirement, Revision
from workbench.evidence import demands as changed_demands
from workbench.evidence.demands import Demand
from workbench.ui.parts import redline, session
from workbench.ui.parts.text import md, output, prose
from workbench.ui.requirements import statement
from workbench.ui.requirements.statement import evidence_line

TEXT = ":material/edit: Text"
"""The tab beside this one that holds the form."""


def draw(requirement: Requirement) -> None:
    """The difference between two revisions, then the timeline with its criteria's, newest first."""
    revisions = session.store().requirements.revisions(requirement.id)
    if len(revisions) > 1:
        _difference(requirement.id, revisions)
    else:
        st.caption("One revision so far: differences show up here once it is revised.")
    demands = [d for d in _demands(requirement) if d.requirement_id == requirement.id]
    has_draft = statement.form(session.feature(), requirement).is_changed
    entries: list[Revision | Demand] = [*revisions, *demands]
    for entry in sorted(entries, key=lambda e: e.created_at, reverse=True):
        if isinstance(entry, Demand):
            _demand(entry)
        else:
            _entry(requirement, entry, has_draft=has_draft)


def _difference(requirement_id: UUID, revisions: Sequence[Revision]) -> None:
    numbers = [revision.number for revision in revisions]
    by_number = {revision.number: revision for revision in revisions}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        old = st.selectbox(
            "From revision",
            numbers,
            index=len(numbers) - 2,
            key=f"requirements_from_{requirement_id}_{numbers[-1]}",
            persist_state="page",
        )
        new = st.selectbox(
            "To revision",
            numbers,
            index=len(numbers) - 1,
            key=f"requirements_to_{requirement_id}_{numbers[-1]}",
            persist_state="page",
        )
    before, after = by_number[old].draft, by_number[new].draft
    with st.container(border=True, key="requirements_difference"):
        st.markdown(redline.of(before.statement, after.statement))
        if before.rationale or after.rationale:
            st.caption("Rationale")
            st.markdown(redline.of(before.rationale, after.rationale) or ":gray[none]")
        moved = [
            f"{name} {getattr(before, name)} → **{getattr(after, name)}**"
            for name in ("kind", "impact", "effort", "horizon")
            if getattr(before, name) != getattr(after, name)
        ]
        if moved:
            st.markdown(f":material/tune: {' · '.join(moved)}")
        if before == after:
            st.caption("These two say the same.")


def _entry(requirement: Requirement, revision: Revision, *, has_draft: bool) -> None:
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
        if revision.draft != requirement.draft:
            _again(requirement, revision, is_taken=has_draft)


def _again(requirement: Requirement, revision: Revision, *, is_taken: bool) -> None:
    """What takes an older text up again: into the form, to be saved with a reason as any other."""
    st.button(
        f"Take revision {revision.number} up again",
        key=f"requirements_again_{revision.number}",
        icon=":material/restore:",
        type="tertiary",
        disabled=is_taken,
        help="There is a text that is not saved: save or discard it first."
        if is_taken
        else "Puts this text into the form. Nothing is saved before you say why.",
        on_click=_take_up,
        args=(requirement, revision),
    )


def _take_up(requirement: Requirement, revision: Revision) -> None:
    form = statement.form(session.feature(), requirement)
    for field, value in asdict(revision.draft).items():
        form.put(field, str(value))
    st.session_state["requirements_tabs"] = TEXT
    st.toast(
        f"The text of revision {revision.number} is in the form, not saved yet.",
        icon=":material/restore:",
    )


def _demands(requirement: Requirement) -> list[Demand]:
    store, feature_id = session.store(), requirement.feature_id
    return session.remembered(
        "demands", feature_id, lambda: changed_demands.of_feature(store, feature_id)
    )


def _demand(demand: Demand) -> None:
    number = "" if demand.number is None else f"_{demand.number}"
    with st.container(
        border=True, gap="small", key=f"requirements_demand_{demand.criterion_id}{number}"
    ):
        version = "put away" if demand.number is None else f"version {demand.number}"
        st.markdown(
            f"**{md(demand.key)} {version}** :gray[· {md(demand.author or 'somebody')} · "
            f"{demand.created_at:%d %b %Y, %H:%M}]"
        )
        icon = ":material/warning:" if demand.is_late and demand.is_demand else ":material/tune:"
        st.markdown(f"{icon} {md(demand.sentence())}")
        st.markdown(f":material/lightbulb: {md(demand.why) or ':gray[no reason given]'}")
