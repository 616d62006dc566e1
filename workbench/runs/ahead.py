"""Calls that are written down ahead of being sent, and how many at a time."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.domain.trials import Attempt
    from workbench.runs.call import Call

_WRITE_EVERY_S = 0.2
_MOST_WINDOWS = 4
_MOST_AHEAD = 512
_ROUNDS = 4
_NO_TIME_S = 1e-6


class Ready:
    """Calls that are written down and wait to be sent; None comes after the last."""

    def __init__(self) -> None:
        self._items: deque[tuple[Call, Attempt] | None] = deque()
        self._changed = asyncio.Event()

    def put(self, items: "Sequence[tuple[Call, Attempt] | None]") -> None:
        """Add some."""
        self._items += items
        self._changed.set()

    async def take(self) -> "tuple[Call, Attempt] | None":
        """The next, when there is one."""
        while not self._items:
            self._changed.clear()
            await self._changed.wait()
        item = self._items.popleft()
        self._changed.set()
        return item

    async def is_at_most(self, number: int) -> None:
        """Wait until so many are left."""
        while len(self._items) > number:
            self._changed.clear()
            await self._changed.wait()


class Pace:
    """How many calls to write down next: what is sent within about a fifth of a second.

    A commit has a price of its own, so a fast endpoint needs many calls in each. But what is
    written down and not sent yet when the process is killed counts as lost, so never more than a
    few windows' worth.
    """

    def __init__(self) -> None:
        # Some rounds only write, others wait until two rounds' calls are sent: one alone says
        # nothing of how fast they go.
        self._rounds: deque[tuple[int, float]] = deque(maxlen=_ROUNDS)

    def next(self, written: int, window: int, took_s: float) -> int:
        """How many, after a round that wrote so many down and took so long, with its waiting."""
        self._rounds.append((written, took_s))
        calls, seconds = map(sum, zip(*self._rounds, strict=True))
        pace = calls / max(seconds, _NO_TIME_S)
        # At most twice as many: the first rounds wait for nothing, and look fast everywhere.
        wanted = min(int(pace * _WRITE_EVERY_S), 2 * written)
        return max(window, min(wanted, _MOST_WINDOWS * window, _MOST_AHEAD))
