"""How much work something is, in steps of a fixed loop: machines differ, so no test counts seconds.

Where a limit is told in seconds, a step is a hundredth of one on the machine it was set for.
"""

import resource
from collections.abc import Callable

_TRIES = 3


def is_at_most(steps: float, work: Callable[[], object]) -> bool:
    """Whether the CPU that `work` takes is at most so many steps.

    A machine that was interrupted meanwhile may try again: nobody is that slow three times by
    chance.
    """
    return any(_cpu_s(work) <= steps * min(_cpu_s(_step), _cpu_s(_step)) for _ in range(_TRIES))


def _step() -> None:
    total = 0
    for number in range(100_000):
        total += number


def _cpu_s(work: Callable[[], object]) -> float:
    began = _used_s()
    work()
    return _used_s() - began


def _used_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)
