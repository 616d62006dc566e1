"""What the numbers of a file of results mean: what was stated is kept, and only the rest is told
from the numbers themselves."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from workbench.domain.criteria import Scale
from workbench.domain.scores import Outcome
from workbench.exchange.results.shape import PASSES_FROM, Answered, Level, Scored

_SHARES = Scale(0.0, 1.0)


class Settled(NamedTuple):
    """The levels of criteria with numbers by their places, what there is to say, and which lines
    are wrong."""

    levels: Mapping[int, Level]
    notes: Sequence[str]
    wrong: Sequence[tuple[int, str]]


class Levels:
    """From which numbers on the criteria of a file pass."""

    def __init__(self, stated: Level | None, known: Mapping[str, Level | None]) -> None:
        """`stated` holds for the whole file; `known` are the criteria that are there already, by
        their titles in small letters: None where people say pass or fail."""
        self._stated = stated
        self._known = known

    def of(self, title: str) -> Level | None:
        """What is stated of a criterion's numbers; None where nothing is."""
        known = self._known.get(" ".join(title.split()).casefold())
        return known or self._stated

    def settled(self, titles: Sequence[str], answers: Collection[Answered]) -> Settled:
        """What the numbers mean, now that all are known; the scores' outcomes follow it.

        On a scale from 1 to 5 a 1 is no pass, not even where no other number occurs.
        """
        ends: dict[int, tuple[float, float, bool]] = {}
        for answer in answers:
            for score in answer.scores:
                value = score.value
                if value is None:
                    continue
                low, high, is_more = ends.get(score.criterion, (math.inf, -math.inf, False))
                ends[score.criterion] = (
                    value if value < low else low,
                    value if value > high else high,
                    is_more or value not in (0, 1),
                )
        levels: dict[int, Level] = {}
        notes: list[str] = []
        unclear: set[int] = set()
        for place, (low, high, is_more) in sorted(ends.items()):
            level = self._level(titles[place].casefold(), low, high, is_more)
            if level is not None:
                levels[place] = level
            elif self._stated and self._known.get(titles[place].casefold(), self) is self:
                # 0 and 1 are fail and pass, but from the stated level on they might be otherwise.
                passes_from = self._stated.passes_from
                if (low >= passes_from) != bool(low) or (high >= passes_from) != bool(high):
                    if low == high:
                        unclear.add(place)
                    notes.append(
                        f"The values of “{titles[place]}” are only 0 and 1: read as fail and "
                        f"pass, not as numbers that pass from {passes_from:g} on."
                    )
        return Settled(levels, notes, self._judge(answers, levels, unclear) if ends else ())

    def _level(self, title: str, low: float, high: float, is_more: bool) -> Level | None:
        """That of a criterion whose numbers lie between two; None where 0 and 1 are words."""
        stated = self._stated
        if (known := self._known.get(title)) is not None:
            is_other = stated is not None and (
                stated.passes_from != known.passes_from or stated.scale not in (None, known.scale)
            )
            # Another one than it has is refused where the criterion is looked up.
            return stated if is_other else known
        if not is_more and (title in self._known or stated is None or stated.scale is None):
            return None
        if stated is None:
            return Level(PASSES_FROM, _SHARES)
        is_share = low >= 0 and high <= 1 and 0 < stated.passes_from <= 1
        return Level(stated.passes_from, stated.scale or (_SHARES if is_share else None))

    def _judge(
        self, answers: Collection[Answered], levels: Mapping[int, Level], unclear: Collection[int]
    ) -> list[tuple[int, str]]:
        wrong = []
        for answer in answers:
            for score in answer.scores:
                if score.value is None:
                    continue
                level = levels.get(score.criterion)
                if level is not None:
                    score.outcome = (
                        Outcome.PASS if score.value >= level.passes_from else Outcome.FAIL
                    )
                    if said := _off(score, level):
                        wrong.append((score.line, said))
                elif score.criterion in unclear:
                    wrong.append(
                        (
                            score.line,
                            f"is {score.value:g} a number, or does it mean "
                            f"{'pass' if score.value else 'fail'}? Write that word, or say the "
                            "scale (--scale).",
                        )
                    )
        return wrong


def _off(score: Scored, level: Level) -> str:
    """What is wrong with a number that is not on its scale."""
    if level.scale is None or score.value is None:
        return ""
    low, high = level.scale
    if low <= score.value <= high:
        return ""
    word = {0.0: "; if it means fail, write fail", 1.0: "; if it means pass, write pass"}
    return f"the value {score.value:g} is not from {low:g} to {high:g}{word.get(score.value, '')}."
