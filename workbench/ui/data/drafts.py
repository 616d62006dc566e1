"""Unsaved edits of a dataset: kept as they are made, so that a reload or a crash loses none.

A grid reports its changes against the rows it was given, so those must stay the same while it is
used. The draft therefore has two layers: `settled` edits, which are in the rows a grid starts
from, and the `open` ones of the grid in use, whose name is `stem`. When another grid is drawn
(another page or filter, a reload, a second tab), the open layer settles and `fold` counts up,
which gives every grid another name and so a fresh start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import streamlit as st

from workbench.domain.case_merging import Clash, merged
from workbench.domain.dataset_changes import Edits
from workbench.domain.datasets import CaseDraft
from workbench.domain.fingerprint import fingerprint
from workbench.ui.parts import session

_SESSION = "data_session"
DRAWN = "data_drawn"
"""Session state: the grid on the screen. Its rows are what the browser's reports refer to."""
_CLASHES = "data_clashes"
_GRID = "data_grid_drawn"
"""Session state: the grid on the screen, the fold it began with, and what it has reported."""


@dataclass(frozen=True)
class Unsaved:
    """The two layers of a draft, and the version number they were made on."""

    settled: Edits = field(default_factory=Edits)
    open: Edits = field(default_factory=Edits)
    stem: str = ""
    fold: int = 0
    based_on: int = 0

    def all(self) -> Edits:
        """Both layers as one."""
        return self.settled.then(self.open)


def read(name: str) -> Unsaved:
    """The draft of a scope; an empty one where there is none."""
    draft = session.store().drafts.get(name)
    if draft is None:
        return Unsaved()
    body = draft.body
    return Unsaved(
        Edits.from_json(body["settled"]),
        Edits.from_json(body["open"]),
        body["stem"],
        body["fold"],
        draft.based_on,
    )


def keep(name: str, unsaved: Unsaved) -> None:
    """Remember the draft."""
    body = {
        "settled": unsaved.settled.to_json(),
        "open": unsaved.open.to_json(),
        "stem": unsaved.stem,
        "fold": unsaved.fold,
    }
    session.store().drafts.keep(name, body, unsaved.based_on)


def keep_open(
    name: str, opened: Edits, stem: str, based_on: int, drawn: Mapping[str, CaseDraft]
) -> Edits:
    """Keep what a grid reports, where that is news. Returns all unsaved edits.

    Where another tab has written since this grid was drawn, what is new here goes on top of
    that, and every grid starts afresh with both. A row that both edited is put together from the
    one that was `drawn` here; what that can't keep is told (`clashes`).
    """
    known: dict[str, Any] = st.session_state.get(_GRID) or {}
    grid: dict[str, Any] = (
        known if known.get("stem") == stem else {"stem": stem, "fold": 0, "reported": {}}
    )
    reported = Edits.from_json(grid["reported"])
    if opened == reported:
        return read(name).all()
    with session.store().drafts.together():
        held = read(name)
        based = held.based_on if held.all() else based_on
        if held.fold == grid["fold"] and (not held.open or held.stem == stem):
            held = replace(held, open=opened, stem=stem, based_on=based)
        else:
            theirs = held.all()
            mine, clashed = _beside(theirs, opened.since(reported), drawn)
            if clashed:
                st.session_state[_CLASHES] = [*clashes(name), *((name, *one) for one in clashed)]
            both = theirs.then(mine)
            held = Unsaved(both, Edits(), "", held.fold + 1, based)
        if held.all() or held.fold:
            keep(name, held)
        else:
            session.store().drafts.drop(name)
    st.session_state[_GRID] = {**grid, "reported": opened.to_json()}
    return held.all()


def clashes(name: str) -> list[tuple[str, ...]]:
    """What another tab wrote into cells that this one overwrote, of this draft: its name, the
    case, the field, and the words."""
    return [each for each in st.session_state.get(_CLASHES, []) if each[0] == name]


def forget_clashes() -> None:
    """For the button: they were read."""
    st.session_state.pop(_CLASHES, None)


def _beside(
    theirs: Edits, mine: Edits, drawn: Mapping[str, CaseDraft]
) -> tuple[Edits, list[Clash]]:
    rows, found = dict(mine.rows), list[Clash]()
    for row, case in mine.rows.items():
        if row in theirs.rows and row in drawn:
            rows[row], clashed = merged(drawn[row], theirs.rows[row], case)
            found += clashed
    return replace(mine, rows=rows), found


def settle(name: str, based_on: int, *, more: Edits | None = None) -> Unsaved:
    """Close the open layer, with `more` edits on top; the next grid starts afresh."""
    with session.store().drafts.together():
        held = read(name)
        after = Unsaved(held.all().then(more or Edits()), Edits(), "", held.fold + 1, based_on)
        keep(name, after)
    return after


def settle_now(name: str, based_on: int, added: tuple[str, ...] = ()) -> None:
    """For buttons: settle the draft on this version, with more variables where some are named."""
    settle(name, based_on, more=Edits(variables=added))


def start(name: str, place: str, based_on: int) -> tuple[Unsaved, str]:
    """The draft for a grid at this place (page, filter, columns), and the grid's name."""
    held = read(name)
    stem = _stem(held, name, place)
    if held.open and held.stem != stem:
        held = settle(name, held.based_on)
        stem = _stem(held, name, place)
    st.session_state[_GRID] = {"stem": stem, "fold": held.fold, "reported": held.open.to_json()}
    return (held if held.all() else Unsaved(fold=held.fold, based_on=based_on)), stem


def drop(name: str) -> None:
    """Forget the draft; grids that are on the screen start afresh."""
    session.store().drafts.drop(name)
    st.session_state.pop(DRAWN, None)
    st.session_state[_SESSION] = uuid4().hex[:8]


def _stem(held: Unsaved, name: str, place: str) -> str:
    here = st.session_state.setdefault(_SESSION, uuid4().hex[:8])
    return fingerprint(here, held.fold, name, place)[:16]
