"""A dataset's versions: what each one changed, to look at and to take back up."""

import streamlit as st

from workbench.actions import datasets
from workbench.domain.dataset_changes import Changes
from workbench.domain.datasets import DatasetVersion
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.data import save
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short

_SHOWN = 30


def draw(newest: DatasetVersion) -> None:
    """The timeline, newest first."""
    versions = session.store().datasets.versions(newest.dataset_id)
    found = session.store().reports.datasets.changes(newest.dataset_id)
    st.caption(
        "A version is never changed: each save adds one. Cases that stayed the same keep their "
        "results."
    )
    for version in versions[::-1][:_SHOWN]:
        _version(version, found.get(version.number, Changes()), version.id == newest.id)
    if len(versions) > _SHOWN:
        st.caption(f"The newest {_SHOWN} of {len(versions):,} versions.")


def _version(version: DatasetVersion, found: Changes, is_newest: bool) -> None:
    with st.container(border=True, gap="small"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            n_cases = version.n_cases
            st.markdown(
                f"**Version {version.number}** · {count(n_cases, 'case')}"
                f" · :gray[{md(version.author or 'Somebody')}, "
                f"{version.created_at:%-d %b %Y, %H:%M}]  \n{short(version.note, 200)}"
            )
            _badges(found)
        with right:
            if is_newest:
                st.badge("newest", icon=":material/star:", color="green")
            else:
                st.button(
                    "Open",
                    key=f"data_open_version_{version.number}",
                    icon=":material/visibility:",
                    help="Look at its cases, read only.",
                    on_click=_look_at,
                    args=(version.number,),
                )
        if found and version.number > 1:
            with st.expander("Which cases"):
                save.keys(found)


def _badges(found: Changes) -> None:
    with st.container(horizontal=True, gap="small"):
        if found.added:
            st.badge(f"{len(found.added):,} added", icon=":material/add:", color="green")
        if found.edited:
            st.badge(f"{len(found.edited):,} edited", icon=":material/edit:", color="blue")
        if found.removed:
            st.badge(f"{len(found.removed):,} removed", icon=":material/remove:", color="red")


def _look_at(number: int | None) -> None:
    st.session_state["data_version"] = number
    st.session_state["data_view"] = "cases"


def banner(version: DatasetVersion, newest: DatasetVersion) -> None:
    """Says that an older version is on the page, and leads back or brings it back."""
    with st.container(border=True, key="data_old_version"):
        st.markdown(
            f":material/history: **Version {version.number} of {newest.number}, read only.** "
            f"{short(version.note, 160)}"
        )
        with st.container(horizontal=True):
            st.button(
                f"Back to version {newest.number}",
                key="data_newest",
                icon=":material/arrow_back:",
                on_click=_look_at,
                args=(None,),
            )
            pressed = st.button(
                f"Bring back as version {newest.number + 1}",
                key="data_bring_back",
                icon=":material/restore:",
                help="A new version with these cases. Nothing is lost.",
            )
    if pressed:
        store, who = session.store(), session.who()
        try:
            kept = datasets.bring_back(store, who, session.feature_id(), version, newest).version
        except WorkbenchError as error:
            trouble.show(error)
            return
        st.session_state["data_version"] = None
        st.session_state["data_flash"] = f"Saved version {kept.number} with these cases."
        st.rerun()
