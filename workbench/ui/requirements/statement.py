"""The open requirement's text: write, read the hints, say why, save; never lose a word."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import streamlit as st

from workbench.actions import requirements
from workbench.domain.features import Feature
from workbench.domain.hints import Hint, HintKind, hints
from workbench.domain.requirements import (
    Evidence,
    Horizon,
    Kind,
    Level,
    Requirement,
    RequirementDraft,
)
from workbench.ui.parts import conflict, drafts, session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, output, short
from workbench.ui.requirements import listing

EVIDENCE = "requirements_evidence"
"""Session state: evidence another page brought along, as a list of the fields of `Evidence`."""

_LABELS = {
    "statement": "Statement",
    "rationale": "Rationale",
    "why": "Why does it change?",
    "expects": "What should the change do?",
}
_EMPTY = RequirementDraft("")
_HINT_ICON = {
    HintKind.VAGUE: ":material/blur_on:",
    HintKind.ABSOLUTE: ":material/all_inclusive:",
    HintKind.NO_MEASURE: ":material/straighten:",
    HintKind.NO_FAILURE: ":material/report:",
    HintKind.SEVERAL: ":material/call_split:",
    HintKind.NO_USER: ":material/person_off:",
}


def form(feature: Feature, requirement: Requirement | None) -> Form:
    """The form of a requirement, or of a new one, loaded, with what other pages brought along."""
    token = requirement.id if requirement else f"new_{feature.id}"
    draft = requirement.draft if requirement else _EMPTY
    fields = {name: str(value) for name, value in asdict(draft).items()}
    saved = {**fields, "why": "", "expects": "", "evidence": []}
    number = requirement.revision.number if requirement else 0
    found = Form(f"requirements_{token}", drafts.scope("requirement", token), saved, number)
    found.load()
    brought = st.session_state.pop(EVIDENCE, None)
    if brought:
        known = found.value("evidence")
        found.put("evidence", [*known, *(piece for piece in brought if piece not in known)])
    return found


def draw(feature: Feature, requirement: Requirement | None, *, has_criterion: bool) -> None:
    """The form with its hints."""
    edited = form(feature, requirement)
    if requirement is not None and edited.is_behind:
        _conflict(edited, requirement)
    elif edited.is_restored:
        with st.container(horizontal=True, vertical_alignment="center", key="requirements_draft"):
            st.markdown(":orange[:material/history_edu: **Unsaved draft restored**]")
            _discard(edited, "Discard the draft")
    st.text_area(
        "Statement",
        **edited.bind("statement"),
        height=120,
        placeholder="When a customer …, the draft …. If it cannot tell, it …",
        help="What the feature must do, for whom, and what happens when it goes wrong.",
    )
    _hints(hints(edited.value("statement"), has_criterion=has_criterion))
    st.text_area(
        "Rationale",
        **edited.bind("rationale"),
        height=80,
        placeholder="What did you see that makes this worth asking for?",
    )
    _choices(edited)
    _evidence(edited)
    if requirement is not None:
        st.text_input(
            "Why does it change?",
            **edited.bind_line("why"),
            placeholder="What did you learn? Others will read this in the history.",
            help="Needed for a revision: the reason is kept with it.",
        )
        st.text_input(
            "What should the change do?",
            **edited.bind_line("expects"),
            placeholder="Optional: fewer invented order numbers, with answers as friendly as now",
            help="A change is a bet. What you write here stands beside what the next run shows.",
        )
    edited.show_clashes(_LABELS)
    edited.show_problem()
    with st.container(horizontal=True, vertical_alignment="center", key="requirements_actions"):
        st.button(
            "Save the requirement" if requirement is None else "Save the revision",
            key="requirements_save",
            icon=":material/save:",
            type="primary",
            # Not while nothing is changed: the click that ends the typing must count.
            disabled=edited.is_behind,
            on_click=_save,
            args=(edited, feature.id, requirement),
        )
        if edited.is_changed and not edited.is_restored and not edited.is_behind:
            _discard(edited, "Discard changes")
        st.caption(_state(edited, requirement))


def _state(edited: Form, requirement: Requirement | None) -> str:
    if edited.is_changed:
        return "Unsaved changes, kept as a draft."
    if requirement is None:
        return "Nothing written yet."
    revision = requirement.revision
    return f"Revision {revision.number}, saved by {md(revision.author or 'somebody')}."


def _choices(edited: Form) -> None:
    st.segmented_control(
        "Kind",
        [kind.value for kind in Kind],
        **edited.bind_pills("kind"),
        required=True,
        format_func=lambda kind: f"{listing.KIND_ICON[Kind(kind)]} {kind}",
        wrap=True,
        help=". ".join(f"{k.value.capitalize()}: {v}" for k, v in listing.KIND_HELP.items()),
    )
    levels = [level.value for level in Level]
    with st.container(horizontal=True, key="requirements_levels"):
        for field, help_text in (
            ("impact", "How much better does it get for the user?"),
            ("effort", "How hard is it to get there?"),
        ):
            st.segmented_control(
                field.capitalize(),
                levels,
                **edited.bind_pills(field),
                required=True,
                help=help_text,
            )
        st.segmented_control(
            "Horizon",
            [horizon.value for horizon in Horizon],
            **edited.bind_pills("horizon"),
            required=True,
            help="When is it wanted?",
        )


def _hints(found: tuple[Hint, ...]) -> None:
    """What to improve, right under the text it is about."""
    if not found:
        st.caption(
            ":material/lightbulb: Hints appear here when you leave the field, or press Ctrl+Enter."
        )
        return
    with st.container(border=True, gap="small", key="requirements_hints"):
        st.markdown(f":material/lightbulb: **Hints** :gray[· {len(found)}, yours to judge]")
        for hint in found:
            words = ", ".join(f"“{md(word)}”" for word in hint.words)
            st.markdown(
                f"{_HINT_ICON[hint.kind]} **{hint.kind.label}{f': {words}' if words else ''}.** "
                f":gray[{hint.advice}]"
            )


def _evidence(edited: Form) -> None:
    pieces: list[dict[str, str]] = edited.value("evidence")
    if not pieces:
        return
    with st.container(border=True, key="requirements_pieces"):
        st.markdown(f"**Evidence for this change** :gray[· {len(pieces)} attached]")
        for position, piece in enumerate(pieces):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/attachment: {evidence_line(Evidence(**piece))}")
                st.button(
                    "Remove",
                    key=f"requirements_remove_{position}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=_remove,
                    args=(edited, position),
                )
            if piece.get("output"):
                output(piece["output"])


def evidence_line(piece: Evidence) -> str:
    """A piece of evidence on one line of Markdown: what it shows and where it comes from."""
    where = " · ".join(
        short(part, 40)
        for part in (piece.experiment, piece.criterion, piece.variant, piece.case)
        if part
    )
    return f"{short(piece.summary, 300)}{f' :gray[{where}]' if where else ''}"


def _remove(edited: Form, position: int) -> None:
    pieces = edited.value("evidence")
    edited.put("evidence", [*pieces[:position], *pieces[position + 1 :]])


def _discard(edited: Form, label: str) -> None:
    st.button(
        label,
        key="requirements_discard",
        icon=":material/undo:",
        type="tertiary",
        on_click=edited.discard,
    )


def _conflict(edited: Form, requirement: Requirement) -> None:
    with st.container(border=True, key="requirements_conflict"):
        conflict.draw(
            edited,
            "requirements",
            f"{requirement.key} was revised by {requirement.revision.author or 'somebody'} "
            "while you were editing it.",
            mine=written(edited).text(),
            theirs=requirement.draft.text(),
            save=_save,
            args=(requirement.feature_id, requirement),
            about_theirs="Your unsaved text is dropped: copy it first if you still need it.",
        )


def written(edited: Form) -> RequirementDraft:
    """What the form says."""
    body: dict[str, Any] = edited.values()
    return RequirementDraft(
        body["statement"],
        body["rationale"],
        Kind(body["kind"]),
        Level(body["impact"]),
        Level(body["effort"]),
        Horizon(body["horizon"]),
    )


def _save(edited: Form, feature_id: UUID, requirement: Requirement | None) -> None:
    edited.load()
    if not edited.is_changed:
        st.toast("There is nothing to save.", icon=":material/info:")
        return
    store, who, draft = session.store(), session.who(), written(edited)
    pieces = [Evidence(**piece) for piece in edited.value("evidence")]

    def keep() -> Requirement:
        if requirement is None:
            return requirements.add(store, who, feature_id, draft, pieces)
        why, expects = edited.value("why"), edited.value("expects")
        return requirements.revise(
            store, who, requirement.id, draft, edited.based_on, why, pieces, expects
        )

    kept = edited.save(keep)
    if kept is None:
        return
    listing.show(kept.key)
    st.toast(f"{md(kept.key)} saved as revision {kept.revision.number}", icon=":material/check:")
