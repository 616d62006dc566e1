"""The drawer in which a suggestion is edited before it is accepted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st

from workbench.actions import drafting
from workbench.domain.criteria import CriterionDraft, Measure, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import Body, Suggestion
from workbench.domain.failures import ModeDraft, Severity
from workbench.domain.requirements import Kind, RequirementDraft
from workbench.errors import WorkbenchError
from workbench.evidence.words import measures
from workbench.ui.parts import drafts, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain
from workbench.ui.requirements import scorers

OPEN = "requirements_draft_edited"
"""Session state: the id of the suggestion in the drawer, or nothing."""


def show(suggestion_id: UUID) -> None:
    """Open the drawer; for callbacks."""
    st.session_state[OPEN] = str(suggestion_id)


def close() -> None:
    """Close the drawer; what was typed stays as a draft."""
    st.session_state.pop(OPEN, None)


def dialog(suggestions: Sequence[Suggestion]) -> None:
    """The drawer, where it is open. Called last on the page, at most once."""
    wanted = st.session_state.get(OPEN)
    if wanted is None:
        return
    found = next((each for each in suggestions if str(each.id) == wanted), None)
    if found is None or not found.is_open:
        close()
        return
    noun = found.idea.about.noun
    st.dialog(
        f"Edit the suggested {md(noun)}",
        width="medium", position="right", icon=":material/edit:", on_dismiss=close,
    )(trouble.boundary(_drawer))(found)  # fmt: skip


def _drawer(suggestion: Suggestion) -> None:
    if st.session_state.get(OPEN) is None:
        st.rerun()
    form = Form(
        f"requirements_draft_{suggestion.id}_form",
        drafts.scope("suggestion", suggestion.id),
        _fields(suggestion.body),
        0,
    )
    form.load()
    match suggestion.body:
        case RequirementDraft():
            _requirement(form)
        case CriterionDraft():
            _criterion(form)
        case CaseDraft():
            st.text_area("What a user sends", **form.bind("text"), height=140)
            st.text_input("Tags, apart by commas", **form.bind_line("tags"))
        case ModeDraft():
            st.text_input("Name", **form.bind_line("name"))
            st.text_area("Definition", **form.bind("definition"), height=90)
            st.segmented_control(
                "Severity", [each.value for each in Severity], **form.bind_pills("severity"),
                required=True,
            )  # fmt: skip
    form.show_problem()
    st.button(
        "Accept as edited",
        key="requirements_draft_accept_edited",
        type="primary",
        icon=":material/check:",
        on_click=_accept,
        args=(form, suggestion),
    )


def _requirement(form: Form) -> None:
    st.text_area("What the feature must do", **form.bind("statement"), height=90)
    st.selectbox("Kind", **form.bind_choice("kind", [kind.value for kind in Kind]))
    st.text_area(
        "Why it is wanted", **form.bind("rationale"), height=68, placeholder="Who gains by it?"
    )


def _criterion(form: Form) -> None:
    st.text_input("What is scored, in plain words", **form.bind_line("title"))
    kinds = [kind.value for kind in ScorerKind]
    st.selectbox(
        "Scorer",
        **form.bind_choice("kind", kinds),
        format_func=lambda kind: plain(f"The answer {ScorerKind(kind).entry.label}"),
    )
    scorers.draw(form, ScorerKind(form.value("kind")))
    st.selectbox(
        "Measure",
        **form.bind_choice("measure", [measure.value for measure in Measure]),
        format_func=lambda measure: measures.MEASURES[Measure(measure)].capitalize(),
    )
    is_upper = Measure(form.value("measure")).is_upper_bar
    st.number_input(
        "Bar: at most (%)" if is_upper else "Bar: at least (%)",
        min_value=0.0, max_value=100.0, step=1.0, format="%g", **form.bind("bar"),
    )  # fmt: skip


def _fields(body: Body) -> dict[str, Any]:
    match body:
        case RequirementDraft():
            return {
                "statement": body.statement, "kind": body.kind.value, "rationale": body.rationale,
            }  # fmt: skip
        case CriterionDraft():
            return scorers.fields(body)
        case CaseDraft():
            return {"text": drafting.title(body), "tags": ", ".join(body.tags)}
        case ModeDraft():
            return {
                "name": body.name, "definition": body.definition, "severity": body.severity.value,
            }  # fmt: skip


def _read(form: Form, body: Body) -> Body:
    """What the fields make of a suggestion. Raises InputError where they make nothing."""
    held = form.values()
    match body:
        case RequirementDraft():
            return replace(
                body, statement=held["statement"], kind=Kind(held["kind"]),
                rationale=held["rationale"],
            )  # fmt: skip
        case CriterionDraft():
            return scorers.revised(scorers.draft(held), body)
        case CaseDraft():
            tags = tuple(tag.strip() for tag in str(held["tags"]).split(",") if tag.strip())
            return replace(drafting.as_written(body, held["text"]), tags=tags)
        case ModeDraft():
            return replace(
                body, name=held["name"], definition=held["definition"],
                severity=Severity(held["severity"]),
            )  # fmt: skip


def _accept(form: Form, suggestion: Suggestion) -> None:
    form.load()
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    try:
        drafting.accept(store, who, feature_id, suggestion.id, _read(form, suggestion.body))
    except WorkbenchError as error:
        form.complain(error)
        return
    form.discard()
    close()
