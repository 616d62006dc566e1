"""How long a call that failed waits before it is asked again, and when a run gives up."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from workbench.errors import CallFailure, ModelError

if TYPE_CHECKING:
    from workbench.runs.call import Result

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
LONGEST_WISH_S = 600.0
"""A server that asks to wait longer than this ends the run, which can be resumed then."""

_CASES, _CASES_LATER = 2, 5
"""So many different cases have to meet a failure before it ends the run: of a way that never
answered in it, and of one that did, where a few inputs may be refused that look alike."""

_SERVED = frozenset(
    {CallFailure.FILTERED, CallFailure.TOO_LONG, CallFailure.EMPTY, CallFailure.UNKNOWN_ENDING}
)
"""Failures that show that the key, the model and the account are well."""

_PLAIN = frozenset({CallFailure.LOCAL_MODEL, CallFailure.RATE_LIMIT})
"""What can't be about one case: the model that does not start, the wish to be left alone."""

Way = tuple[str, str]
"""What calls have in common that fail together: a connection and a model."""


def wait_s(error: ModelError, attempt: int) -> float:
    """Seconds until the next request: the server's wish, or a growing wait.

    With full jitter (AWS, "Exponential backoff and jitter"), so that many calls that are refused
    together do not come back together.
    """
    if error.retry_after is not None:
        return error.retry_after
    longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)
    if error.failure is CallFailure.RATE_LIMIT:
        return random.uniform(longest / 2, longest)
    return random.uniform(0, longest)


def may_concern_all(error: ModelError) -> bool:
    """Whether every other call may meet the same: a wrong key, an unknown model, an empty account,
    or a wish to be left alone for longer than a run waits."""
    wished = error.retry_after if error.failure.is_retryable else None
    return error.failure.stops_the_run or (wished or 0.0) > LONGEST_WISH_S


@dataclass(eq=False)
class _Known:
    """What is known of a way. While `free` is not set nothing more is sent on it."""

    in_flight: int = 0
    has_answered: bool = False
    suspects: list["Result"] = field(default_factory=list)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def cases(self) -> set[UUID]:
        return {result.call.planned.case_id for result in self.suspects}


class Doubts:
    """Tells what concerns all calls of a way from what concerns one case.

    Servers say the same thing of a wrong key and of an input that they don't like. So what may
    concern all is held back, as no result yet, until a second case has met it too and nothing that
    was in flight was answered: then the run ends. An answer shows that the others were results.
    A plan of one case (`is_single`) has no second one.
    """

    def __init__(self, *, is_single: bool = False) -> None:
        self._is_single = is_single
        self._ways: dict[Way, _Known] = {}

    def is_settled(self, way: Way) -> bool:
        """Whether nothing of the way is in doubt that a call in flight may settle."""
        return self._of(way).free.is_set()

    async def settled(self, way: Way) -> None:
        """Wait until that is so."""
        await self._of(way).free.wait()

    def sent(self, way: Way) -> None:
        """A request goes out."""
        self._of(way).in_flight += 1

    def answered(self, way: Way) -> "list[Result]":
        """A request was answered; returns what was held back, which are results after all."""
        known = self._of(way)
        known.has_answered = True
        found, known.suspects = known.suspects, []
        self._landed(known)
        return found

    def met_another(self, way: Way, error: ModelError) -> "list[Result]":
        """A request failed in a way of its own; returns as `answered`."""
        if error.failure in _SERVED:
            return self.answered(way)
        self._landed(self._of(way))
        return []

    def suspected(self, way: Way, result: "Result") -> None:
        """A request failed as all others may."""
        known = self._of(way)
        known.suspects.append(result)
        self._landed(known)

    def _landed(self, known: _Known) -> None:
        known.in_flight -= 1
        if known.suspects and (known.in_flight or self._is_enough(known)):
            known.free.clear()
        else:
            known.free.set()

    def decided(self, way: Way) -> ModelError | None:
        """What ends the run, None while it goes on. To be asked after every failure."""
        known = self._of(way)
        is_plain = bool(known.suspects) and _error(known).failure in _PLAIN
        if not self._is_enough(known) or (known.in_flight and not is_plain):
            return None
        return _error(known)

    def left(self) -> "tuple[list[Result], ModelError | None]":
        """What is held back when every call has ended: results, or what ends the run."""
        found: list[Result] = []
        for known in self._ways.values():
            if known.suspects and (not known.has_answered or len(known.cases) >= _CASES):
                return [], _error(known)
            found += known.suspects
        return found, None

    def _of(self, way: Way) -> _Known:
        if way not in self._ways:
            self._ways[way] = _Known()
            self._ways[way].free.set()
        return self._ways[way]

    def _is_enough(self, known: _Known) -> bool:
        if not known.suspects:
            return False
        if self._is_single or _error(known).failure in _PLAIN:
            return True
        return len(known.cases) >= (_CASES_LATER if known.has_answered else _CASES)


def _error(known: _Known) -> ModelError:
    ended = known.suspects[-1].ended
    assert isinstance(ended, ModelError)
    return ended
