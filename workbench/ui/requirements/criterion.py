"""The drawer in which a criterion is written, tried on an example, and saved."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import criteria as deeds
from workbench.domain.criteria import Criterion, Lane, ScorerKind
from workbench.domain.proposals import proposal
from workbench.domain.requirements import Requirement
from workbench.errors import InputError
from workbench.ui.parts import conflict, drafts, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain
from workbench.ui.requirements import demand, rescoring, scorers, trying

OPEN = "requirements_criterion"
"""Session state: the id of the criterion in the drawer, `NEW` for a new one, or nothing."""
NEW = "new"
BROUGHT = "requirements_new_criterion"
"""Session state: a criterion another page suggests (title, example_output, origin, lane)."""


def show(criterion_id: str) -> None:
    """Open the drawer; for callbacks."""
    st.session_state[OPEN] = criterion_id


def close() -> None:
    """Close the drawer; what was typed stays as a draft."""
    st.session_state.pop(OPEN, None)


def take_in(requirement: Requirement) -> None:
    """Open the drawer with what another page suggests, if it does."""
    brought: Mapping[str, str] | None = st.session_state.pop(BROUGHT, None)
    if brought is None:
        return
    suggested = _form(requirement, None)
    if suggested.value("kind") in (kind.value for kind in trying.UNTRIED):
        # An answer came along: a check can be tried on it at once.
        suggested.put("kind", ScorerKind.CONTAINS.value)
    suggested.put("title", brought.get("title", ""))
    suggested.put("origin", brought.get("origin", ""))
    suggested.put("lane", brought.get("lane", Lane.DISCOVERED.value))
    suggested.put("example", brought.get("example_output", ""))
    show(NEW)


def draw(requirement: Requirement, criteria: Sequence[Criterion]) -> None:
    """The drawer, where it is open. Called last on the page, at most once."""
    wanted = st.session_state.get(OPEN)
    if wanted is None:
        return
    known = {str(criterion.id): criterion for criterion in criteria}
    if wanted != NEW and wanted not in known:
        close()
        return
    criterion = known.get(wanted)
    title = f"{requirement.key} · {criterion.key if criterion else 'new criterion'}"
    st.dialog(
        title, width="medium", position="right", icon=":material/straighten:", on_dismiss=close
    )(trouble.boundary(_drawer))(requirement, criterion.id if criterion else None)


def _form(requirement: Requirement, criterion: Criterion | None) -> Form:
    token = criterion.id if criterion else f"new_{requirement.id}"
    draft = criterion.draft if criterion else proposal(requirement.draft.kind).draft
    found = Form(
        f"requirements_criterion_{token}",
        drafts.scope("criterion", token),
        {**scorers.fields(draft), "why": "", "expects": "", "example": ""},
        criterion.number if criterion else 0,
        frozenset({"example"}),
    )
    found.load()
    if criterion is None and not found.is_changed and found.values() != found.saved:
        # The requirement became of another kind: nothing was typed yet, so start as that does.
        found.discard()
        found.load()
    return found


def _drawer(requirement: Requirement, criterion_id: UUID | None) -> None:
    if st.session_state.get(OPEN) is None:
        st.rerun()  # It was saved: the page behind shows the outcome.
    criterion = session.store().criteria.get(criterion_id) if criterion_id else None
    form = _form(requirement, criterion)
    if criterion is not None and form.is_behind:
        _conflict(form, requirement, criterion)
    elif form.is_restored:
        st.caption(":orange[:material/history_edu: **Unsaved draft restored**]")
    st.text_input(
        "What is scored, in plain words",
        **form.bind_line("title"),
        placeholder="Names the order number it was given",
    )
    st.selectbox(
        "Scorer",
        **form.bind_choice("kind", [kind.value for kind in ScorerKind]),
        format_func=lambda kind: plain(f"The answer {ScorerKind(kind).entry.label}"),
    )
    kind = ScorerKind(form.value("kind"))
    st.caption(kind.entry.meaning)
    proposed = proposal(requirement.draft.kind)
    if criterion is None and kind is proposed.draft.scorer.kind:
        said = f"Proposed for a {requirement.draft.kind} requirement: {proposed.why}."
        st.caption(f":material/lightbulb: {md(said)}")
    scorers.draw(form, kind)
    described = scorers.described(form.values())
    trying.draw(form, described, requirement)
    demand.draw(form, requirement)
    trying.preview(form, described)
    st.text_input(
        "Why this criterion?" if criterion is None else "Why does it change?",
        **form.bind_line("why"),
        placeholder="Kept with it"
        if criterion is None
        else "Needed for another bar, scorer or slice once there are answers",
    )
    if criterion is not None:
        st.text_input(
            "What should the change do?",
            **form.bind_line("expects"),
            placeholder="Optional: catch replies that only sound polite",
            help="A change is a bet. What you write here stands beside what the next run shows.",
        )
    form.show_clashes({"title": "What is scored", "why": "Why", "expects": "What it should do"})
    form.show_problem()
    with st.container(horizontal=True):
        st.button(
            "Save the criterion",
            key="requirements_criterion_save",
            icon=":material/save:",
            type="primary",
            disabled=form.is_behind,
            on_click=_save,
            args=(form, requirement, criterion),
        )
        if form.is_changed:
            st.button(
                "Discard",
                key="requirements_criterion_discard",
                icon=":material/undo:",
                type="tertiary",
                on_click=form.discard,
            )


def _conflict(form: Form, requirement: Requirement, criterion: Criterion) -> None:
    try:
        mine = scorers.draft(form.values()).text()
    except InputError as error:
        mine = f"{form.value('title')}\n(not complete: {error.message})"
    conflict.draw(
        form,
        "requirements_criterion",
        f"{criterion.key} was changed by {criterion.author or 'somebody'} while you were "
        "editing it.",
        mine=mine,
        theirs=criterion.draft.text(),
        save=_save,
        args=(requirement, criterion),
    )


def _save(form: Form, requirement: Requirement, criterion: Criterion | None) -> None:
    form.load()
    if not form.is_changed:
        if st.session_state.get(OPEN) is not None:  # Else: the second click of a double click.
            form.complain(InputError("Nothing changed.", "Change the criterion, or close this."))
        return
    store, who, why = session.store(), session.who(), form.value("why")

    def keep() -> Criterion:
        draft = scorers.draft(form.values())
        if criterion is None:
            return deeds.add(store, who, requirement.id, draft, why)
        draft = scorers.revised(draft, criterion.draft)
        return deeds.revise(
            store, who, criterion.id, draft, form.based_on, why, form.value("expects")
        )

    kept = form.save(keep)
    if kept is None:
        return
    close()
    rescoring.ask(f"{kept.key} saved.")
