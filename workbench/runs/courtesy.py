"""Runs give way to people: while a page is being drawn, calls go out at a walking pace."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_APART_S = 0.005


class Courtesy:
    """Shared by the pages, which say that they draw, and the runs, which then hold back.

    Python runs one thread at a time. A run on an endpoint that answers at once would take all of
    it, and a page would take several times as long to draw. Endpoints with a latency of their own
    hardly notice: 200 calls a second may still go out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_drawing = 0
        self._next_at = 0.0

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """A page is being drawn inside."""
        with self._lock:
            self._n_drawing += 1
        try:
            yield
        finally:
            with self._lock:
                self._n_drawing -= 1

    async def give_way(self) -> None:
        """Wait a little before the next call, if a page is being drawn."""
        if not self._n_drawing:
            return
        now = asyncio.get_running_loop().time()
        self._next_at = max(now, self._next_at + _APART_S)
        await asyncio.sleep(self._next_at - now)
