"""Let somebody end a call that another thread waits for."""

import asyncio
import threading
from asyncio import AbstractEventLoop, Task
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from workbench.errors import CallFailure, ModelError

Found = TypeVar("Found")


class Stop:
    """Asked once, it ends the call that is guarded now and every one after it. For threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self._is_asked = False

    @property
    def is_asked(self) -> bool:
        """Whether somebody wants it to end."""
        return self._is_asked

    def ask(self) -> None:
        """End what goes on."""
        with self._lock:
            self._is_asked = True
            if self._end is not None:
                self._end()

    async def guard(self, call: Coroutine[Any, Any, Found]) -> Found:
        """What the call returns or raises. Raises ModelError(STOPPED) where it was ended."""
        task, loop = asyncio.ensure_future(call), asyncio.get_running_loop()
        with self._lock:
            self._end = partial(_cancel, loop, task)
            if self._is_asked:
                task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            raise ModelError(
                CallFailure.STOPPED,
                "It was stopped before the model had answered.",
                "Ask again for what is missing.",
            ) from None
        finally:
            with self._lock:
                self._end = None


def _cancel(loop: AbstractEventLoop, task: "Task[Any]") -> None:
    loop.call_soon_threadsafe(task.cancel)
