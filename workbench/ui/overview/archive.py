"""Features that are put away: the question before, the list of them, and the way back."""

from uuid import UUID

import streamlit as st

from workbench.actions import features
from workbench.domain.features import Feature, PutAway
from workbench.errors import InputError, WorkbenchError
from workbench.say import ago
from workbench.ui.parts import dialogs, session, trouble
from workbench.ui.parts.text import md

ARCHIVE, RESTORE = "archive", "restore"
_NAME = "overview_restore_name"


def archive_button(feature: Feature) -> None:
    """What opens the question."""
    st.button(
        "Archive",
        key=f"overview_archive_{feature.id}",
        type="tertiary",
        icon=":material/archive:",
        on_click=dialogs.choose,
        args=(f"{ARCHIVE} {feature.id}",),
    )


def archive_dialog() -> None:
    """Ask before a feature is put away."""
    feature = _meant()
    dialogs.show("Archive this feature?", lambda: _archive_form(feature), icon=":material/archive:")


def restore_dialog() -> None:
    """Ask for another name, where the feature's own is taken by now."""
    feature = _meant()
    dialogs.show(
        "Restore under another name", lambda: _restore_form(feature), icon=":material/unarchive:"
    )


def draw() -> None:
    """The archived features, folded, each with its way back; nothing where there is none."""
    away = session.remembered("archived", "all", lambda: session.store().features.archived())
    if not away:
        return
    with st.expander(f"Archived ({len(away)})", icon=":material/archive:", key="overview_archived"):
        for each in away:
            _row(each)


def _row(away: PutAway) -> None:
    feature = away.feature
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"overview_archived_{feature.id}"
    ):
        with st.container(gap=None):
            st.markdown(f"**{md(feature.name)}**")
            st.caption(f"Archived {ago(away.at)}. Its evidence is all there.")
        st.button(
            "Restore",
            key=f"overview_restore_{feature.id}",
            icon=":material/unarchive:",
            on_click=_restore,
            args=(feature.id, ""),
        )


def _meant() -> Feature:
    return session.store().features.get(UUID(dialogs.opened().split()[1]))


def _archive_form(feature: Feature) -> None:
    st.markdown(
        f"**{md(feature.name)}** leaves the lists. Its requirements, outputs and verdicts stay, "
        "and *Restore* under “Archived” brings it back as it is."
    )
    with st.container(horizontal=True):
        st.button("Keep it", key="overview_archive_cancel", type="primary", on_click=dialogs.close)
        st.button(
            "Archive",
            key="overview_archive_now",
            icon=":material/archive:",
            on_click=_archive,
            args=(feature.id,),
        )


def _archive(feature_id: UUID) -> None:
    try:
        features.archive(session.store(), session.who(), feature_id)
    except WorkbenchError as error:
        dialogs.report(error)
        return
    dialogs.close()


def _restore_form(feature: Feature) -> None:
    field = f"{_NAME}_{feature.id}"
    st.text_input(
        "Name",
        key=field,
        max_chars=80,
        placeholder=feature.name,
        persist_state="session",
    )
    with st.container(horizontal=True):
        st.button(
            "Restore",
            key="overview_restore_now",
            type="primary",
            icon=":material/unarchive:",
            on_click=_restore,
            args=(feature.id, field),
        )
        st.button("Cancel", key="overview_restore_cancel", on_click=dialogs.close)


def _restore(feature_id: UUID, field: str) -> None:
    """Callback: bring it back and open it, under the name in the dialog's field where one is named;
    where its name is taken, ask for another."""
    name = str(st.session_state.get(field) or "") if field else ""
    try:
        kept = features.restore(session.store(), session.who(), feature_id, name)
    except InputError as error:
        dialogs.choose(f"{RESTORE} {feature_id}")
        dialogs.report(error)
        return
    except WorkbenchError as error:
        trouble.show(error)
        return
    session.open_feature(kept.name)
    dialogs.close()
