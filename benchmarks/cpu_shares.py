"""Where a run's CPU goes: each thread's own CPU clock, shared out by what it was seen doing."""

import sys
import threading
import time
from collections import defaultdict
from types import FrameType
from typing import Self

_LOOK_S = 0.002
_SWITCH_S = 0.0002
"""The interpreter lock is asked for as often while we look: otherwise a thread would be seen only
where it lets go of the lock by itself, which is where it waits."""

LIBRARY, STORAGE, SCORING, RENDERING = "client library", "storage", "scoring", "prompts"
OURS, LOOP, PROGRESS = "ours: runs and reading replies", "event loop and sockets", "progress"
_LIBRARIES = ("/openai/", "/httpx2/", "/aiohttp/", "/anyio/", "/multidict/", "/yarl/", "/pydantic/")


class Shares:
    """Samples all threads of this process, with `with Shares() as shares`.

    `by_part`, `by_function` (with all that a function calls) and `by_thread` hold CPU seconds.
    """

    def __init__(self) -> None:
        self.by_part: dict[str, float] = defaultdict(float)
        self.by_function: dict[str, float] = defaultdict(float)
        self.by_thread: dict[str, float] = defaultdict(float)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="shares", daemon=True)
        self._clocks: dict[int, float] = {}
        self._interval = sys.getswitchinterval()

    def __enter__(self) -> Self:
        sys.setswitchinterval(_SWITCH_S)
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        self._thread.join()
        sys.setswitchinterval(self._interval)

    def _sample(self) -> None:
        is_first = True
        while not self._ended.wait(_LOOK_S):
            frames = sys._current_frames()
            for thread in threading.enumerate():
                frame = frames.get(thread.ident or 0)
                if frame is None or thread is self._thread:
                    continue
                spent = self._spent(thread, is_first)
                if spent > 0:
                    self.by_thread[thread.name.partition("-")[0]] += spent
                    self._share_out(frame, spent)
            is_first = False

    def _spent(self, thread: threading.Thread, is_first: bool) -> float:
        assert thread.ident is not None
        try:
            now = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        except OSError:  # It has just ended.
            return 0.0
        before = self._clocks.get(thread.ident, now if is_first else 0.0)
        self._clocks[thread.ident] = now
        return now - before

    def _share_out(self, frame: FrameType, spent: float) -> None:
        stack = []
        inner: FrameType | None = frame
        while inner is not None:
            stack.append((inner.f_code.co_filename, inner.f_code.co_qualname))
            inner = inner.f_back
        self.by_part[part_of([file for file, _ in stack])] += spent
        for file, name in set(stack):
            self.by_function[f"{_short(file)} {name}"] += spent


def part_of(files: list[str]) -> str:
    """Which part of the work a stack of files (the innermost first) belongs to."""
    for file in files:
        if any(library in file for library in _LIBRARIES):
            return LIBRARY
        if "/workbench/store/" in file:
            is_progress = any("/benchmarks/" in outer for outer in files)
            return PROGRESS if is_progress else STORAGE
        if "/workbench/scoring/" in file or file.endswith("/runs/rescoring.py"):
            return SCORING
        if file.endswith("/models/templates.py"):
            return SCORING if any("/scoring/" in outer for outer in files) else RENDERING
        if "/workbench/" in file:
            return OURS
        if "/benchmarks/" in file:
            return PROGRESS
    return LOOP


def _short(file: str) -> str:
    for root in ("site-packages/", "/workbench/", "/python3"):
        _, found, rest = file.rpartition(root)
        if found:
            return f"workbench/{rest}" if root == "/workbench/" else rest
    return file.rpartition("/")[2]
