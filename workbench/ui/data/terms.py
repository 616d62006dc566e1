"""Under which terms the dataset may be used: what is said, and the way to say it."""

from datetime import date

import streamlit as st

from workbench.actions import data_terms
from workbench.domain import clock
from workbench.domain.data_terms import MOST, DataTerms
from workbench.domain.datasets import DatasetVersion
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md

_PLACE = "data_terms"


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
    label = "Change the terms" if not held.is_empty else "Say under which terms they may be used"
    with st.popover(label, type="tertiary", key=stem):
        basis = st.text_input(
            "On what basis may they be used?",
            held.basis,
            key=f"{stem}_basis",
            max_chars=MOST,
            placeholder="Consent of the customers, March 2026. Or: written for this project",
            persist_state="page",
        )
        licence = st.text_input(
            "Licence",
            held.licence,
            key=f"{stem}_licence",
            max_chars=MOST,
            placeholder="CC BY 4.0, or: internal use",
            persist_state="page",
        )
        origin = st.text_input(
            "Collected from",
            held.collected_from,
            key=f"{stem}_origin",
            max_chars=MOST,
            placeholder="The support inbox of the web shop",
            persist_state="page",
        )
        expires = st.date_input(
            "May be used until", held.expires, key=f"{stem}_expires", persist_state="page"
        )
        trouble.show_kept(_PLACE)
        st.button(
            "Save the terms",
            key=f"{stem}_save",
            type="primary",
            on_click=_save,
            args=(version, licence or "", basis or "", origin or "", expires),
        )


def _save(
    version: DatasetVersion, licence: str, basis: str, origin: str, expires: date | None
) -> None:
    """Callback: keep the terms."""
    try:
        data_terms.keep(
            session.store(),
            session.who(),
            session.feature_id(),
            version.dataset_id,
            version.name,
            DataTerms(licence, basis, origin, expires),
        )
    except WorkbenchError as error:
        trouble.later(_PLACE, error)
