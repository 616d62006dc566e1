"""One event loop in a thread of its own, where all calls of the process are made."""

import asyncio
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

_TIDYING_S, _MOST_TIDYING = 0.05, 100


class BackgroundLoop:
    """Starts with the first task, and ends with the process or on `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, task: Coroutine[Any, Any, None]) -> "Future[None]":
        """Run a task in the loop."""
        return asyncio.run_coroutine_threadsafe(task, self._running())

    def call(self, function: Any, *arguments: Any) -> None:
        """Call a function in the loop, soon; nothing happens where the loop never started."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        """End the loop, with whatever still goes on in it."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = new_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="calls", daemon=True
                )
                self._thread.start()
            return self._loop


async def _cancel_all() -> None:
    """End what goes on still: a task that is left behind would be woken by the collector of
    garbage, where no loop runs."""
    for _ in range(_MOST_TIDYING):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return
        for task in others:
            task.cancel()
        # One that tidies up waits once more, and is told once more.
        await asyncio.wait(others, timeout=_TIDYING_S)


def new_loop() -> asyncio.AbstractEventLoop:
    """The fastest loop there is; uvloop knows no Windows."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
