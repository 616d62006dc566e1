"""Results that were made elsewhere, as a file says them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.domain.criteria import Scale
from workbench.domain.scores import Outcome
from workbench.errors import InputError

PASSES_FROM = 0.5
"""The number from which one between 0 and 1 passes where nobody says which."""

_SCALE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:-|–|to|:)\s*(-?\d+(?:\.\d+)?)")


@dataclass(slots=True)
class Scored:
    """What one line says of a trial: its place in `Results.criteria`, who scored it, and how.

    `value` is the number that the file says, None where it says pass or fail in a word.
    """

    criterion: int
    rater: str
    outcome: Outcome
    line: int
    value: float | None = None


@dataclass(slots=True)
class Answered:
    """One trial. `output`, `latency_ms` (milliseconds) and `cost` (USD) are None where the file
    does not say; `line` is the first one about it."""

    case: str
    variant: str
    number: int
    line: int
    output: str | None = None
    latency_ms: float | None = None
    cost: float | None = None
    scores: list[Scored] = field(default_factory=list)


class Level(NamedTuple):
    """From which number on an answer passes, and between which ones they lie (None: not said)."""

    passes_from: float
    scale: Scale | None = None


@dataclass(frozen=True)
class Results:
    """A whole file. `cases` are the keys in their order, with their tags (None: not said);
    `ignored` names the columns that mean nothing here. `levels` are those of the criteria with
    numbers, by their places. `groups` holds the cases' groups, as far as the file says them, and
    `notes` what there is to know of how it was read."""

    name: str
    cases: Mapping[str, tuple[str, ...] | None]
    variants: tuple[str, ...]
    criteria: tuple[str, ...]
    answers: Sequence[Answered]
    ignored: tuple[str, ...]
    levels: Mapping[int, Level] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def scale_of(text: str) -> Scale:
    """A scale as people write it: `1-5`, `0 to 100`. Raises InputError."""
    found = _SCALE.fullmatch(text.strip())
    low, high = map(float, found.groups()) if found else (0.0, 0.0)
    if not low < high:
        raise InputError(
            f"“{text[:40]}” is not a scale.", "Write its lowest and highest number: 1-5."
        )
    return Scale(low, high)
