"""A session: people working on one feature together for an hour or so, and its minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from workbench.errors import InputError

MOST_MINUTES = 8 * 60
MOST_NOTE = 4_000


@dataclass(frozen=True)
class Session:
    """One session. `box` is the time that was set aside for it; `ended_at` is None while it goes
    on."""

    id: UUID
    feature_id: UUID
    number: int
    goal: str
    box: timedelta
    started_by: str
    started_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        """How people call it."""
        return f"S{self.number}"

    @property
    def is_on(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None

    def left(self, now: datetime) -> timedelta:
        """What is left of its time; below zero once it is over time."""
        return self.started_at + self.box - now


@dataclass(frozen=True)
class PadNote:
    """A line on a session's note pad: what was said in the room."""

    id: UUID
    person: str
    text: str
    written_at: datetime


@dataclass(frozen=True)
class Minutes:
    """A wording of a session's minutes; the newest one counts."""

    number: int
    text: str
    author: str
    written_at: datetime


def checked_goal(goal: str, minutes: int) -> str:
    """The goal on one line. Raises InputError for none, and for a time that is none."""
    tidy = " ".join(goal.split())
    if not tidy:
        raise InputError("The session has no goal.", "Say what you want to know at its end.")
    if not 1 <= minutes <= MOST_MINUTES:
        raise InputError(
            f"A session of {minutes:,} minutes can't be planned.", f"Give 1 to {MOST_MINUTES}."
        )
    return tidy


def checked_note(text: str) -> str:
    """A note as it is kept. Raises InputError for an empty one and for a long one."""
    if not text.strip():
        raise InputError("The note is empty.", "Write what was said.")
    if len(text) > MOST_NOTE:
        raise InputError(f"The note has {len(text):,} characters.", f"Write at most {MOST_NOTE:,}.")
    return text.strip()
