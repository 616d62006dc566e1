"""Under which terms the dataset may be used: what is said, and the way to say it."""

from collections.abc import Mapping

import streamlit as st

from workbench.actions import data_terms
from workbench.domain import clock
from workbench.domain.data_terms import MOST, DataTerms
from workbench.domain.datasets import DatasetVersion
from workbench.ui.data import behind
from workbench.ui.parts import drafts, session
from workbench.ui.parts.form import Form, day
from workbench.ui.parts.text import md

_NOTHING = "nothing is said"
_LABELS = {
    "basis": "Basis",
    "licence": "Licence",
    "collected_from": "Collected from",
    "expires": "Until",
}


def draw(version: DatasetVersion) -> None:
    """The terms in a line, what they lack, and the fields behind a button."""
    opened = session.feature_id()
    every = session.remembered(
        "data_terms", opened, lambda: session.store().data_terms.of(opened), feature=opened
    )
    held = every.get(version.dataset_id, DataTerms())
    with st.container(border=True, gap="small"):
        if held.said():
            st.markdown(f":material/gavel: {md(held.said())}.")
        lack = held.lack(clock.now().date())
        if lack:
            st.warning(
                f"Nothing that rests on these cases is ready for a release: {md(lack)}.",
                icon=":material/gavel:",
            )
        _change(version, held)


def _change(version: DatasetVersion, held: DataTerms) -> None:
    stem = f"data_terms_{version.dataset_id}"
    form = _form(version, held)
    label = "Change the terms" if not held.is_empty else "Say under which terms they may be used"
    with st.popover(label, type="tertiary", key=stem):
        behind.head(
            form,
            stem,
            "Somebody changed these terms while you were editing them.",
            mine=_terms(form.values()).said() or _NOTHING,
            theirs=held.said() or _NOTHING,
            save=_save,
            args=(version,),
        )
        st.text_input(
            "On what basis may they be used?",
            **form.bind_line("basis"),
            max_chars=MOST,
            placeholder="Consent of the customers, March 2026. Or: written for this project",
        )
        st.text_input(
            "Licence",
            **form.bind_line("licence"),
            max_chars=MOST,
            placeholder="CC BY 4.0, or: internal use",
        )
        st.text_input(
            "Collected from",
            **form.bind_line("collected_from"),
            max_chars=MOST,
            placeholder="The support inbox of the web shop",
        )
        st.date_input("May be used until", **form.bind_date("expires"))
        behind.foot(form, stem, "Save the terms", _LABELS, save=_save, args=(version,))


def _form(version: DatasetVersion, held: DataTerms) -> Form:
    saved = {
        "basis": held.basis,
        "licence": held.licence,
        "collected_from": held.collected_from,
        "expires": held.expires.isoformat() if held.expires else "",
    }
    found = Form(
        f"data_terms_form_{version.dataset_id}",
        drafts.scope("data_terms", version.dataset_id),
        saved,
        0 if held.is_empty else behind.number_of(saved),
        dates=frozenset({"expires"}),
    )
    found.load()
    return found


def _terms(said: Mapping[str, str]) -> DataTerms:
    return DataTerms(said["licence"], said["basis"], said["collected_from"], day(said["expires"]))


def _save(form: Form, version: DatasetVersion) -> None:
    """Callback: keep the terms."""
    form.load()
    deed = session.store(), session.who(), session.feature_id(), version.dataset_id, version.name
    form.save(lambda: data_terms.keep(*deed, _terms(form.values()), based_on=_terms(form.saved)))
