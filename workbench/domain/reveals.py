"""Raters who rate the same outputs blind and then see each other's words at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workbench.errors import InputError

MOST_NOTE = 500


@dataclass(frozen=True)
class Round:
    """Who rates an experiment's outputs by a criterion, and who is ready to compare.

    `rated` says of each how many of the `outputs` (or pairs of them) they rated: none yet where
    they were only given some. `ready` says since when each is, `opened` since when each sees what
    the others said; `notes` why somebody did not wait.
    """

    outputs: int
    rated: Mapping[str, int]
    ready: Mapping[str, datetime]
    opened: Mapping[str, datetime]
    notes: Mapping[str, str]

    def is_open_to(self, person: str) -> bool:
        """Whether somebody may read what the others said: who takes no part may, and so may who
        has nobody beside them."""
        return person in self.opened or person not in self.rated or not self.others(person)

    def others(self, person: str) -> tuple[str, ...]:
        """Who else has rated something here."""
        return tuple(sorted(name for name, n in self.rated.items() if n and name != person))

    def waiting(self, person: str) -> tuple[str, ...]:
        """Who else is ready and sees nothing yet."""
        return tuple(
            sorted(name for name in self.ready if name != person and name not in self.opened)
        )


def checked_note(text: str) -> str:
    """Why somebody does not wait, on one line. Raises InputError for none and for a long one."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InputError("There is no reason yet.", "Say in a few words why you do not wait.")
    if len(tidy) > MOST_NOTE:
        raise InputError(
            f"The reason has {len(tidy):,} characters.", f"Say it in at most {MOST_NOTE}."
        )
    return tidy
