"""A user whom a second model plays: what a case says of them, and who plays them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import json_text
from workbench.errors import InputError

TURNS, MOST_TURNS = 4, 12
MOST_TEXT = 4_000
"""Characters of a persona, and of a goal."""

_FORM = "Write three lines: “Persona: …”, “Goal: …” and, if you like, “Turns: 4”."
_LINE = re.compile(r"(persona|goal|turns):[ \t]*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class SimulatedUser:
    """Who talks to what is tested: `persona` says who they are, `goal` what they want. They answer
    at most `turns` times; how the conversation begins is the prompt's and the case's own."""

    persona: str
    goal: str
    turns: int = TURNS

    def plain(self) -> dict[str, Any]:
        """The user as files have it."""
        found: dict[str, Any] = {"persona": self.persona, "goal": self.goal}
        return found if self.turns == TURNS else {**found, "turns": self.turns}

    def written(self) -> str:
        """The user as people write them, a line or more each."""
        text = f"Persona: {self.persona}\nGoal: {self.goal}\nTurns: {self.turns}"
        try:
            is_read = read(text) == self
        except InputError:
            is_read = False
        return text if is_read else json.dumps(self.plain(), ensure_ascii=False)


@dataclass(frozen=True)
class Player:
    """Which model plays the user, and the connection that it is asked through."""

    connection: str
    model: str

    def plain(self) -> dict[str, str]:
        """The player as files have it."""
        return {"connection": self.connection, "model": self.model}


def of(given: object) -> SimulatedUser | None:
    """The user of a group of keys as files have it; None for nothing. Raises InputError saying what
    is missing, too long, or too often."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) - {"persona", "goal", "turns"}:
        raise InputError("The simulated user has another form.", _FORM)
    texts = []
    for name in ("persona", "goal"):
        text = given.get(name)
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"The simulated user has no {name}.", _FORM)
        if len(text) > MOST_TEXT:
            raise InputError(
                f"The {name} of the simulated user has {len(text):,} characters.",
                f"Write at most {MOST_TEXT:,}.",
            )
        texts.append(text.strip())
    turns = given.get("turns", TURNS)
    if not isinstance(turns, int) or isinstance(turns, bool) or not 1 <= turns <= MOST_TURNS:
        raise InputError(
            f"The simulated user answers “{str(turns)[:20]}” times at most.",
            f"Choose a whole number from 1 to {MOST_TURNS}.",
        )
    persona, goal = texts
    return SimulatedUser(persona, goal, turns)


def load(kept: str | None) -> SimulatedUser | None:
    """The user as a table of the database holds it: JSON, or nothing."""
    return None if kept is None else of(json.loads(kept))


def dump(user: SimulatedUser | None) -> str | None:
    """The inverse of `load`."""
    return None if user is None else json.dumps(user.plain(), ensure_ascii=False)


def read(text: str) -> SimulatedUser | None:
    """The inverse of `SimulatedUser.written`; None for an empty text. Raises InputError."""
    if not text.strip():
        return None
    if text.lstrip().startswith("{"):
        try:
            return of(json_text.read(text))
        except ValueError as error:
            raise InputError(f"The simulated user is not valid JSON: {error}.", _FORM) from error
    said: dict[str, Any] = {}
    name = ""
    for line in text.splitlines():
        begins = _LINE.match(line.strip())
        if begins is not None:
            name = begins[1].lower()
            if name in said:
                raise InputError(f"The simulated user has two lines “{name}”.", _FORM)
            said[name] = begins[2]
        elif name:
            said[name] += f"\n{line}"
        elif line.strip():
            raise InputError(f"“{line.strip()[:60]}” says nothing of a simulated user.", _FORM)
    turns = str(said.get("turns", TURNS)).strip()
    return of({**said, "turns": int(turns) if turns.isdecimal() and turns.isascii() else turns})
