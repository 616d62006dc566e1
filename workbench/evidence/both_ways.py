"""What counts both ways in a comparison: trials of a side that have no score, by why."""

from collections.abc import Sequence
from typing import NamedTuple

from workbench.store.reports.comparison import Asked
from workbench.store.tallies import Tally


class CountedBothWays(NamedTuple):
    """Trials of one side that have no score, by why: they count both ways."""

    failed: int = 0
    waiting: int = 0
    cut: int = 0
    unscored: int = 0

    @property
    def trials(self) -> int:
        """All of them."""
        return sum(self)


NOTHING_OPEN = CountedBothWays()


def of_side(entries: Sequence[Tally] | Sequence[Asked], cut: int) -> CountedBothWays:
    """Those of one side's entries, of whose answers so many were `cut` off."""
    times = [(entry, getattr(entry, "alike", 1)) for entry in entries]
    failed = sum(e.errors * n for e, n in times)
    waiting = sum(e.waiting * n for e, n in times)
    scored = sum(round(e.passes + e.fails) * n for e, n in times)
    planned = sum(e.planned * n for e, n in times)
    return CountedBothWays(failed, waiting, cut, max(0, planned - scored - failed - waiting - cut))
