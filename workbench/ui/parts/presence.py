"""Who is here: which page each browser has open, and what somebody points the others at.

Kept in the process alone, for as long as a tab goes on asking: it is nobody's evidence.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

GONE_AFTER = 25.0
"""Seconds without a word after which a browser is gone: two looks of a tab that is alone."""
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


@dataclass
class Presence:
    """Everybody who has the app open. `clock` is seconds that never go back."""

    _seen: dict[str, Seen] = field(default_factory=dict)
    _pointed: dict[str, Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def see(self, who: Seen) -> None:
        """Note where somebody is now; of several tabs of a browser, the last that spoke."""
        with self._lock:
            self._seen[who.person_id] = who
            gone = [key for key, one in self._seen.items() if who.at - one.at > GONE_AFTER]
            for key in gone:
                del self._seen[key]

    def others(self, person_id: str, feature: str, now: float) -> list[Seen]:
        """Who else has this feature open, by name."""
        with self._lock:
            here = [
                one
                for one in self._seen.values()
                if one.person_id != person_id
                and one.feature == feature
                and now - one.at <= GONE_AFTER
            ]
        return sorted(here, key=lambda one: (one.name, one.person_id))

    def point(self, who: Seen) -> None:
        """Have the others of the feature told to look at where somebody is."""
        with self._lock:
            self._pointed[who.feature] = who

    def pointed(self, person_id: str, feature: str, now: float) -> Seen | None:
        """What somebody else points at, while that is new."""
        with self._lock:
            found = self._pointed.get(feature)
        if found is None or found.person_id == person_id or now - found.at > POINTS_FOR:
            return None
        return found


@st.cache_resource(show_spinner=False)
def presence() -> Presence:
    """The one of this process."""
    return Presence()


def now() -> float:
    """Seconds of a clock that never goes back."""
    return time.monotonic()
