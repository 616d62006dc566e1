"""A failure mode's text: what it is, how bad, whose, and what the product does when it happens."""

from dataclasses import replace
from uuid import UUID

import streamlit as st

from workbench.actions import failures
from workbench.domain.failures import FailureMode, Fallback, ModeDraft, Response, Severity
from workbench.errors import InputError
from workbench.evidence.words import failures as words
from workbench.ui.parts import conflict, drafts, session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import plain

_NOT_YET = ""


def draw(mode: FailureMode) -> None:
    """The fields, and what happened when they were saved."""
    form = _fields(mode)
    if form.is_behind:
        conflict.draw(
            form,
            f"failures_{mode.id}",
            f"{mode.key} was changed by {mode.author or 'somebody'} while you were editing it.",
            mine=_draft(form, mode.draft).text(),
            theirs=mode.draft.text(),
            save=_save,
            args=(mode.id,),
        )
    st.text_input("Name", **form.bind_line("name"))
    st.text_area(
        "Definition",
        **form.bind("definition"),
        height=80,
        placeholder="What counts as it, and what does not, so that two people sort alike",
    )
    st.segmented_control(
        "Severity",
        [severity.value for severity in Severity],
        **form.bind_pills("severity"),
        required=True,
        format_func=lambda value: value.capitalize(),
        help=f"How bad it is when it happens. Harm is ranked as {words.HARM}",
    )
    st.text_input("Owner", **form.bind_line("owner"), placeholder="Who sees to it")
    st.markdown("**What happens then**")
    st.text_input(
        "How it is noticed",
        **form.bind_line("noticed"),
        placeholder="No order number in the draft; the user says “that is not my order”",
        help="At run time, by the product itself or by its user: before anybody reads a log.",
    )
    st.segmented_control(
        "Then the product",
        [_NOT_YET, *(response.value for response in Response)],
        **form.bind_pills("response"),
        required=True,
        wrap=True,
        format_func=lambda value: Response(value).label if value else "not designed",
    )
    st.text_area(
        "What the user reads",
        **form.bind("reads"),
        height=80,
        placeholder="I can't find this order. Would you give me its number?",
    )
    known = {str(c.id): f"{c.key} {c.draft.title}" for c in session.criteria()}
    options = [_NOT_YET, *known]
    if form.value("criterion") not in options:
        options.append(form.value("criterion"))
    st.selectbox(
        "The check that shows it",
        **form.bind_choice("criterion", options),
        format_func=lambda value: plain(
            known.get(value, "A criterion that was put away") if value else "None yet"
        ),
        help="A criterion of this feature that passes where the product does as is said here. It "
        "is run on the cases of this failure mode.",
    )
    form.show_clashes(
        {
            "name": "Name",
            "definition": "Definition",
            "owner": "Owner",
            "noticed": "How it is noticed",
            "reads": "What the user reads",
        }
    )
    form.show_problem()
    with st.container(horizontal=True):
        st.button(
            "Save",
            key=f"failures_save_{mode.id}",
            icon=":material/save:",
            type="primary",
            disabled=form.is_behind,
            on_click=_save,
            args=(form, mode.id),
        )
        if form.is_changed:
            st.button(
                "Discard",
                key=f"failures_discard_{mode.id}",
                icon=":material/undo:",
                type="tertiary",
                on_click=form.discard,
            )


def _fields(mode: FailureMode) -> Form:
    draft = mode.draft
    saved = {
        "name": draft.name,
        "definition": draft.definition,
        "severity": draft.severity.value,
        "owner": draft.owner,
        "noticed": draft.fallback.noticed,
        "response": draft.fallback.response.value if draft.fallback.response else _NOT_YET,
        "reads": draft.fallback.reads,
        "criterion": str(draft.fallback.criterion_id or _NOT_YET),
    }
    scope = drafts.scope("failure_mode", mode.id)
    form = Form(f"failures_mode_form_{mode.id}", scope, saved, mode.number)
    form.load()
    return form


def _draft(form: Form, before: ModeDraft) -> ModeDraft:
    return replace(
        before,
        name=form.value("name"),
        definition=form.value("definition"),
        severity=Severity(form.value("severity")),
        owner=form.value("owner"),
        fallback=Fallback(
            form.value("noticed"),
            Response(form.value("response")) if form.value("response") else None,
            form.value("reads"),
            UUID(form.value("criterion")) if form.value("criterion") else None,
        ),
    )


def _save(form: Form, mode_id: UUID) -> None:
    form.load()
    if not form.is_changed:
        form.complain(InputError("Nothing changed.", "Change the failure mode, or close this."))
        return
    store, who = session.store(), session.who()

    def keep() -> None:
        draft = _draft(form, store.failures.get(mode_id).draft)
        failures.edit_mode(store, who, mode_id, draft, form.based_on)

    form.save(keep)
