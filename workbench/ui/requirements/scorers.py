"""A scorer in a form: the settings of each kind as fields, and back to a criterion."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import streamlit as st

from workbench import config
from workbench.domain.criteria import (
    Criterion,
    CriterionDraft,
    Lane,
    Measure,
    Scorer,
    ScorerKind,
)
from workbench.domain.kinds.fields import Field, Widget
from workbench.errors import InputError
from workbench.scoring import python_files
from workbench.ui.parts import session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain


def fields(draft: CriterionDraft) -> dict[str, Any]:
    """A criterion as the plain values of a form; what belongs to other kinds is as at first."""
    scorer = draft.scorer
    # Of a field that several kinds have, the first one says what stands in it at first.
    kinds = reversed(list(ScorerKind))
    others = {field.name: field.start for kind in kinds for field in kind.entry.fields()}
    return {
        "title": draft.title,
        "kind": scorer.kind.value,
        **others,
        **scorer.kind.entry.typed(scorer.settings),
        "measure": draft.measure.value,
        "bar": _percent(draft.bar),
        "target": None if draft.target is None else _percent(draft.target),
        "confidence": _percent(draft.confidence),
        "slices": list(draft.slices),
        "lane": draft.lane.value,
        "origin": draft.origin,
    }


def draw(form: Form, kind: ScorerKind) -> None:
    """The settings of one kind of scorer."""
    shown = (
        field
        for field in kind.entry.fields()
        if (not field.only_with or form.value(field.only_with))
        and not (field.not_with and form.value(field.not_with))
    )
    for is_row, together in groupby(shown, key=lambda field: field.beside):
        if not is_row:
            for field in together:
                _field(form, field)
            continue
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for field in together:
                _field(form, field)


def _field(form: Form, field: Field) -> None:
    """One field, drawn as its data says."""
    name = field.name
    if field.widget is Widget.LINE:
        st.text_input(
            field.label,
            **form.bind(name),
            live=True,
            placeholder=field.placeholder,
            help=field.help or None,
        )
    elif field.widget is Widget.AREA:
        st.text_area(
            field.label,
            **form.bind(name),
            height=field.height,
            placeholder=field.placeholder,
            help=field.help or None,
        )
    elif field.widget in (Widget.CONNECTION, Widget.MODEL):
        _asked(form, field)
    elif field.widget is Widget.VARIANT:
        _variant(form, field)
    elif field.widget is Widget.CHECK_FILE:
        _check_file(form, field)
    elif field.widget is Widget.SWITCH:
        st.toggle(field.label, **form.bind(name), help=field.help or None)
    elif field.widget is Widget.PILLS:
        st.segmented_control(
            field.label,
            list(field.options),
            **form.bind_pills(name),
            required=True,
            help=field.help or None,
        )
    elif field.widget is Widget.SELECT:
        named = dict(zip(field.options, field.labels or field.options, strict=True))
        st.selectbox(
            field.label,
            **form.bind_choice(name, list(field.options)),
            format_func=lambda option: plain(named.get(option, str(option))),
            help=field.help or None,
        )
    elif field.widget is Widget.WHOLE:
        st.number_input(
            field.label,
            min_value=int(field.least or 0),
            step=1,
            **form.bind_number(name),
            placeholder=field.placeholder,
            help=field.help or None,
        )
    else:
        st.number_input(
            field.label,
            min_value=field.least,
            step=field.step,
            format=field.format,
            **form.bind(name),
            help=field.help or None,
        )


def _asked(form: Form, field: Field) -> None:
    """Who judges: one of the connections that are set up, or a model of the one that is chosen. A
    name that is not among them (a feature file may bring one) stays until another is chosen."""
    known = [each for each in session.store().connections.all() if not each.is_outside]
    names = [each.name for each in known]
    if field.widget is Widget.MODEL:
        chosen = str(form.value(field.of))
        names = [model for each in known if each.name == chosen for model in each.models]
    held = str(form.value(field.name) or "")
    options = list(dict.fromkeys(["", *([held] if held else []), *names]))
    is_open = field.widget is Widget.MODEL
    st.selectbox(
        field.label,
        **form.bind_choice(field.name, options),
        accept_new_options=is_open,
        format_func=lambda name: plain(name) or ("Choose or type one" if is_open else "Choose one"),
        help=field.help or None,
    )


def _variant(form: Form, field: Field) -> None:
    """One of the feature's variants by its label, or one that is still to come."""
    known = {v.label: v for v in session.store().variants.of(session.feature_id())}
    held = str(form.value(field.name) or "")
    options = list(dict.fromkeys([*known, *([held] if held else [])]))
    st.selectbox(
        field.label,
        **form.bind_choice(field.name, options),
        accept_new_options=True,
        format_func=lambda label: (
            plain(f"{label}: {known[label].describe()}")
            if label in known
            else plain(f"{label} (to come)")
        ),
        help=field.help or None,
    )


def _check_file(form: Form, field: Field) -> None:
    """One of the checks that the operator put in place; where there is none, how to write one. A
    name that is not among them (a feature file may bring one) stays until another is chosen."""
    folder, held = config.load().checks, str(form.value(field.name) or "")
    there, problem = python_files.names(), python_files.folder_problem()
    options = list(dict.fromkeys(["", *([held] if held else []), *there]))
    st.selectbox(
        field.label,
        **form.bind_choice(field.name, options),
        format_func=lambda name: plain(name) or "Choose one",
        help=field.help or None,
    )
    if problem:
        st.caption(f":material/lock: {md(problem)}")
    elif held and held not in there:
        st.caption(
            f":material/info: {md(held)} is not in {md(str(folder))}, or may not be run from "
            "there: outputs stay unscored until it is."
        )
    elif not there:
        st.caption(
            f":material/info: There is no check yet. Put a file such as tone.py into "
            f"{md(str(folder))}, writable by its owner alone, with a function "
            "`check(output, case)` that returns true or false, or either and a reason."
        )


def draft(body: Mapping[str, Any]) -> CriterionDraft:
    """The criterion that the fields describe. Raises InputError where they do not make one."""
    target = body["target"]
    return CriterionDraft(
        title=str(body["title"]),
        scorer=scorer(body),
        measure=Measure(body["measure"]),
        bar=_share(body["bar"] or 0),
        target=None if target is None else _share(target),
        confidence=_share(body["confidence"] or 0),
        slices=tuple(body["slices"]),
        lane=Lane(body["lane"]),
        origin=str(body["origin"]).strip() if body["lane"] == Lane.DISCOVERED else "",
    ).checked()


def described(body: Mapping[str, Any]) -> CriterionDraft | InputError:
    """The same, or what keeps the fields from making one."""
    try:
        return draft(body)
    except InputError as error:
        return error


def scorer(body: Mapping[str, Any]) -> Scorer:
    """The scorer that the fields describe. Raises InputError for fields that can't be read."""
    kind = ScorerKind(body["kind"])
    return Scorer(kind, kind.entry.read(body))


def revised(draft: CriterionDraft, saved: CriterionDraft) -> CriterionDraft:
    """The draft, with the saved scorer where it still means the same.

    A form fills in every default: without this, a new title alone would make another scorer, and
    the ratings given to the old one would be lost.
    """
    is_same = scorer(fields(saved)) == draft.scorer
    return replace(draft, scorer=saved.scorer) if is_same else draft


def preview(draft: CriterionDraft) -> Criterion:
    """The draft as a criterion that is not kept, so that it can be put into words."""
    nobody = UUID(int=0)
    return Criterion(nobody, nobody, "C0", 0, draft, "", datetime.now(UTC))


def _percent(share: float) -> float:
    return round(share * 100, 6)


def _share(percent: float) -> float:
    return round(percent / 100, 8)
