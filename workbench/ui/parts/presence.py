"""Who is here: which page each tab has open, and what somebody points the others at.

Kept in the process alone, for as long as a tab is open: it is nobody's evidence. The server says
which tabs are (`keep`); where nobody does (`streamlit run`), one is gone that asks no more.
"""

import threading
import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

GONE_AFTER = 25.0
"""Seconds without a word after which a tab is gone where no server tells: two of its looks."""
POINTS_FOR = 300.0


@dataclass(frozen=True)
class Seen:
    """A person at a page. `view` is what the address says of it, so that others can follow."""

    person_id: str
    name: str
    feature: str
    path: str
    view: Mapping[str, str]
    at: float


@dataclass(frozen=True)
class Tab:
    """An open tab: who sits there, which part of the page shows the others, and what it showed."""

    who: Seen
    feature_id: UUID
    part: str
    showed: Hashable


@dataclass
class Presence:
    """Everybody who has the app open."""

    is_told: bool = False
    """Whether the server tells which tabs are open, and has a tab look where there is something
    new: then none needs to ask."""
    revision: int = 0
    """Changes with what others can see here."""
    _seen: dict[str, Seen] = field(default_factory=dict)
    _tabs: dict[str, Tab] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _pointed: dict[str, Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def see(self, session: str, who: Seen) -> None:
        """Note where somebody is now in one tab."""
        with self._lock:
            before = self._seen.get(session)
            if before is None or _place(before) != _place(who):
                self.revision += 1
            self._seen[session] = who
            self._open.add(session)
            if not self.is_told:
                seen = self._seen.items()
                for gone in [key for key, one in seen if who.at - one.at > GONE_AFTER]:
                    del self._seen[gone]

    def show(self, session: str, tab: Tab) -> None:
        """Note what a tab shows of the others."""
        with self._lock:
            self._tabs[session] = tab

    def tabs(self) -> dict[str, Tab]:
        """The open tabs that show others, by session."""
        with self._lock:
            return {key: tab for key, tab in self._tabs.items() if key in self._open}

    def keep(self, is_open: Collection[str], may_come_back: Collection[str] = ()) -> None:
        """These are the tabs that are open, and those that lost the network a moment ago: they are
        not here, and go on where they were when they are back, without being drawn anew. The rest
        has left."""
        with self._lock:
            left = (self._seen.keys() | self._tabs.keys()) - {*is_open, *may_come_back}
            for session in left:
                self._seen.pop(session, None)
                self._tabs.pop(session, None)
            here = self._seen.keys() & set(is_open)
            self.revision += bool(left) or here != self._open & self._seen.keys()
            self._open = set(is_open)

    def others(self, person_id: str, feature: str, now: float) -> list[Seen]:
        """Who else has this feature open, by name; of several tabs the one that spoke last."""
        with self._lock:
            newest: dict[str, Seen] = {}
            for session, one in sorted(self._seen.items(), key=lambda each: each[1].at):
                if not self.is_told or session in self._open:
                    newest[one.person_id] = one
        here = [
            one
            for one in newest.values()
            if one.person_id != person_id
            and one.feature == feature
            and (self.is_told or now - one.at <= GONE_AFTER)
        ]
        return sorted(here, key=lambda one: (one.name, one.person_id))

    def point(self, who: Seen) -> None:
        """Have the others of the feature told to look at where somebody is."""
        with self._lock:
            self._pointed[who.feature] = who
            self.revision += 1

    def pointed(self, person_id: str, feature: str, now: float) -> Seen | None:
        """What somebody else points at, while that is new."""
        with self._lock:
            found = self._pointed.get(feature)
        if found is None or found.person_id == person_id or now - found.at > POINTS_FOR:
            return None
        return found


def now() -> float:
    """Seconds of a clock that never goes back."""
    return time.monotonic()


def _place(who: Seen) -> tuple[object, ...]:
    return who.person_id, who.name, who.feature, who.path, tuple(sorted(who.view.items()))
