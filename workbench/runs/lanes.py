"""The ways to the models: one lane per connection, shared by all runs, the most urgent first."""

import asyncio
import heapq
from itertools import count

from workbench.domain.connections import Connection
from workbench.runs.pacing import RateLimit, Window


class ConnectionLane:
    """Lets calls through one connection: `await enter(…)` before each, `leave()` after.

    Belongs to one event loop. `why` says in words what it waits for, empty while it does not.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.window = Window(1)
        self.pace = RateLimit()
        self.in_flight = 0
        self.why = ""
        self._open_at = 0.0
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    def configure(self, connection: Connection, concurrency: int | None = None) -> None:
        """Take over a connection's limits as they are now."""
        self.window.limit(concurrency or connection.concurrency)
        self.pace.requests = connection.requests_per_minute
        self.pace.tokens = connection.tokens_per_minute

    async def enter(self, priority: int, tokens: int) -> None:
        """Wait for a turn to send a request of about `tokens` tokens."""
        loop = asyncio.get_running_loop()
        if not self._waiting and self._wait_s(loop.time(), tokens) == 0:
            self._send(loop.time(), tokens)
            return
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (-priority, next(self._order), tokens, turn))
        self._pump()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """A call has ended, however."""
        self.in_flight -= 1
        if self._waiting:
            self._pump()

    def refused(self, sent_at: float, wait_s: float) -> None:
        """The server asks to be left alone for `wait_s` seconds (0: just for fewer calls)."""
        now = asyncio.get_running_loop().time()
        self.window.was_refused(sent_at, now)
        self._open_at = max(self._open_at, now + wait_s)

    def _wait_s(self, now: float, tokens: int) -> float | None:
        """Seconds until a call may go; None while too many are in flight."""
        if now < self._open_at:
            self.why = "the server asked to wait"
            return self._open_at - now
        wait = self.pace.wait_s(now, tokens)
        if wait > 0:
            self.why = "the limit per minute is used up"
            return wait
        self.why = ""
        return 0.0 if self.in_flight < self.window.now else None

    def _send(self, now: float, tokens: int) -> None:
        self.in_flight += 1
        self.pace.sent(now, tokens)

    def _pump(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            _, _, tokens, turn = self._waiting[0]
            if turn.cancelled():
                heapq.heappop(self._waiting)
                continue
            wait = self._wait_s(loop.time(), tokens)
            if wait is None:
                return
            if wait > 0:
                self._timer = loop.call_later(wait, self._pump)
                return
            heapq.heappop(self._waiting)
            self._send(loop.time(), tokens)
            turn.set_result(None)
