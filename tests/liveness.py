"""Whether others get on while something works: steps of a second thread, beside an idle while."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise


class Ticker(threading.Thread):
    """Counts as fast as it is let."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.steps = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            self.steps += 1
            time.sleep(0.0005)

    def __enter__(self) -> "Ticker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def share_while(work: Callable[[], object]) -> float:
    """How many steps another thread makes while this one works, as a share of those that it makes
    while this one waits for as long. A library that holds all threads makes it nearly 0."""
    with Ticker() as ticker:
        began, before = time.monotonic(), ticker.steps
        work()
        took, during = time.monotonic() - began, ticker.steps - before
        before = ticker.steps
        time.sleep(took)
        return during / max(1, ticker.steps - before)


def longest_hold(work: Callable[[], object]) -> float:
    """The largest part of the work's own CPU time in which no other thread had a turn: 1 where it
    is one call into a library that holds them all. The least of three, as machines are busy."""
    return min(_held_longest(work) for _ in range(3))


def _held_longest(work: Callable[[], object]) -> float:
    clock = time.pthread_getcpuclockid(threading.get_ident())
    is_over, turns = threading.Event(), [time.clock_gettime(clock)]

    def take_turns() -> None:
        while not is_over.is_set():
            turns.append(time.clock_gettime(clock))
            time.sleep(0.0005)

    other = threading.Thread(target=take_turns, daemon=True)
    other.start()
    try:
        work()
        ended = time.clock_gettime(clock)
    finally:
        is_over.set()
        other.join()
    seen = [turn for turn in turns if turn < ended]
    return max(b - a for a, b in pairwise([*seen, ended])) / (ended - seen[0])
