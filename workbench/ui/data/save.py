"""Saving edited cases as the next version, and what to do when somebody else was faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.actions import datasets
from workbench.domain.dataset_changes import Changes, Edits, changes
from workbench.domain.datasets import DatasetVersion
from workbench.errors import Conflict, WorkbenchError
from workbench.ui.data import columns, drafts, grid
from workbench.ui.parts import drafts as parts_drafts
from workbench.ui.parts import session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import short


@dataclass(frozen=True)
class Drawn:
    """A grid as it was drawn: what its reports refer to."""

    scope: str
    based_on: int
    key: str
    shown: Sequence[grid.SlotRow]
    variables: Sequence[str]
    stem: str

    def edits(self) -> Edits:
        """All unsaved edits, with what the grid reports now; kept as the draft."""
        state: dict[str, Any] = st.session_state[self.key]
        opened = grid.edits(self.shown, state, self.variables, self.stem)
        drawn = {row.name: row.case for row in self.shown}
        return drafts.keep_open(self.scope, opened, self.stem, self.based_on, drawn)


def _why(newest: DatasetVersion) -> Form:
    """The form of what is said about the edits: a reload keeps it beside them."""
    scope = parts_drafts.scope("cases", f"why:{newest.dataset_id}")
    form = Form(f"data_{newest.dataset_id}", scope, {"note": ""}, 0)
    form.load()
    return form


def bar(newest: DatasetVersion, drawn: Drawn, edits: Edits) -> None:
    """What is not saved yet, and the buttons. Always there, so that the grid does not move."""
    why = _why(newest)
    if edits:
        st.markdown(
            f":orange[:material/edit:] **Not saved yet: {edits.describe()}.** "
            ":gray[Kept as a draft: a reload loses nothing.]"
        )
    else:
        st.markdown(
            f":material/check: Version {newest.number} as it was saved. :gray[Write into the "
            "grid, add rows at its end, select rows to delete them.]"
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "What changed, and why",
            **why.bind("note"),
            placeholder="Six more messages without an order number",
            max_chars=300,
            label_visibility="collapsed",
            disabled=not edits,
        )
        st.button(
            f"Save as version {newest.number + 1}",
            key="data_save",
            type="primary",
            icon=":material/save:",
            disabled=not edits,
            on_click=save,
            args=(newest, drawn),
            help="Adds a version. Experiments that are planned keep the cases they have.",
        )
        st.button(
            "Discard",
            key="data_discard",
            icon=":material/undo:",
            on_click=_discard,
            args=(newest, drawn.scope),
            disabled=not edits,
        )
        with st.popover("Add a variable", icon=":material/add:", key="data_add_popover"):
            columns.add(drawn.scope, newest)
    why.show_clashes({"note": "What changed, and why"})
    why.show_problem()


def _discard(newest: DatasetVersion, scope: str) -> None:
    drafts.drop(scope)
    _why(newest).discard()


def save(newest: DatasetVersion, drawn: Drawn) -> None:
    """Keep the edited cases as the next version; for the button, before the page is drawn.

    What is wrong with the cases is said above the grid. After a conflict the draft stays, and the
    page shows both sides.
    """
    store, edits = session.store(), drawn.edits()
    after = edits.apply(case.draft() for case in store.datasets.cases(newest.id))
    why = _why(newest)
    try:
        kept = datasets.save(
            store, session.who(), session.feature_id(), newest, after, why.value("note")
        )
    except Conflict:
        return
    except WorkbenchError as error:
        why.complain(error)
        return
    _discard(newest, drawn.scope)
    st.session_state["data_flash"] = (
        f"Saved version {kept.version.number}: {kept.changes.describe()}."
        if kept.changes
        else "Nothing was different: no version was added."
    )


def overtaken(newest: DatasetVersion, scope: str, based_on: int, mine: Edits) -> None:
    """Somebody saved meanwhile: both sides, and what can be done."""
    stored = session.store().datasets
    versions = {version.number: version for version in stored.versions(newest.dataset_id)}
    latest = [case.draft() for case in stored.cases(newest.id)]
    base = versions.get(based_on)
    before = [case.draft() for case in stored.cases(base.id)] if base else []
    theirs = changes(before, latest)
    ours = changes(before, mine.apply(before))
    both = sorted(set(_touched(theirs)) & set(_touched(ours)))
    st.warning(
        f"**{short(newest.author or 'Somebody')} saved version {newest.number} while you were "
        f"editing version {based_on}.** Your edits are kept as a draft.",
        icon=":material/call_split:",
    )
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.markdown(f"**Yours, not saved yet**: {ours.describe()}")
        keys(ours)
    with right, st.container(border=True):
        st.markdown(f"**Version {newest.number}**: {theirs.describe()}")
        st.caption(short(newest.note, 200))
        keys(theirs)
    if both:
        st.markdown(f"Changed on both sides: {_listed(both)}. Putting yours on top keeps yours.")
    with st.container(horizontal=True):
        st.button(
            f"Put my edits on top of version {newest.number}",
            key="data_rebase",
            type="primary",
            icon=":material/layers:",
            on_click=drafts.settle_now,
            args=(scope, newest.number),
        )
        st.button("Discard my edits", key="data_give_up", on_click=_discard, args=(newest, scope))


def keys(found: Changes) -> None:
    """The keys of what changed, a line for each kind of change."""
    for word, color, touched in (
        ("Added", "green", found.added),
        ("Edited", "blue", found.edited),
        ("Removed", "red", found.removed),
    ):
        if touched:
            st.markdown(f":{color}[{word}] {_listed(touched)}")


def _touched(found: Changes) -> tuple[str, ...]:
    return (*found.added, *found.edited, *found.removed)


def _listed(touched: Sequence[str], most: int = 40) -> str:
    said = ", ".join(short(key, 60) for key in touched[:most])
    return said if len(touched) <= most else f"{said} and {len(touched) - most:,} more"
