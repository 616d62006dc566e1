"""What the pages have read, kept for as long as nothing that it was read from has changed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from workbench.store.engine.changes import Changes, Read, Rests

T = TypeVar("T")

MOST = 512
"""How many answers are kept; what was asked for longest ago goes first."""
OLDEST_S = 3600.0
"""How long an answer is given, in seconds. It is let go of then when it is asked for, or when
something else is kept and nothing was asked for longer ago."""
RUN_LAG_S = 1.0
"""How long an answer is given again although a run that goes on has added something since, in
seconds: fifty people who look at a run that brings twenty answers a second would have everything
counted anew for each look."""
_PATIENCE_S = 30.0
"""How long to wait for what another session reads before it is read here too."""


class _Kept(NamedTuple):
    answer: Any
    rests: Rests


class _Reading:
    """What somebody reads just now; `kept` is what came of it, None where it failed."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.kept: _Kept | None = None


class Memory:
    """Answers by key, shared by all sessions; what several ask for at once is read once. Never one
    that is out of date: an answer is given again only where no table that it was read from was
    committed to since it was begun, or to who asked before it was begun. What a run adds while it
    goes on is seen within `RUN_LAG_S`; all of it once the run has ended."""

    def __init__(self, changes: Changes, now: Callable[[], float] = time.monotonic) -> None:
        self._changes = changes
        self._now = now
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._guard = threading.Lock()
        self._being_read: dict[Hashable, _Reading] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Keep nothing."""
        with self._guard:
            self._kept.clear()

    def of(
        self,
        key: Hashable,
        read: Callable[[], T],
        *,
        feature: UUID | None = None,
        also: Iterable[str] = (),
    ) -> T:
        """What `read` gives, read again only where it may be otherwise now.

        With a `feature` it looks at that feature's rows alone. `also` are tables that it goes on
        reading later: an answer that reads when it is asked.
        """
        known, mine = self._known(key), _Reading()
        # After a commit fifty open pages ask for one thing at once. What another session began to
        # read before this one asked may be out of date by then; what is begun later is as new as
        # what this one would read itself.
        for is_later in (False, True):
            other = None if known is not None else self._begun(key, mine)
            if other is not None:
                other.is_over.wait(_PATIENCE_S)
                known = self._known(key) or (other.kept if is_later else None)
        if known is not None:
            self._changes.also(self._as_of_now(known.rests))
            found: T = known.answer
            return found
        try:
            with self._changes.reading(feature, self._now()) as rests:
                answer = read()
                rests.reads.update(Read(table, feature) for table in also)
            mine.kept = _Kept(answer, rests)
            self._keep(key, mine.kept)
            return answer
        finally:
            with self._guard:
                if self._being_read.get(key) is mine:
                    del self._being_read[key]
            mine.is_over.set()

    def _begun(self, key: Hashable, mine: "_Reading") -> "_Reading | None":
        """Who reads this just now. Where nobody does, `mine` is it from now on."""
        with self._guard:
            other = self._being_read.setdefault(key, mine)
        return None if other is mine else other

    def _known(self, key: Hashable) -> _Kept | None:
        with self._guard:
            known = self._kept.get(key)
            if known is None:
                return None
            if not self._is_old(known) and self._holds(known.rests):
                self._kept.move_to_end(key)
                return known
            del self._kept[key]
            return None

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        with self._guard:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            # What was asked for longest ago comes first; the new one is last.
            while len(self._kept) > MOST or self._is_old(next(iter(self._kept.values()))):
                self._kept.popitem(last=False)

    def _as_of_now(self, rests: Rests) -> Rests:
        """What still holds to the last commit is as new as if it were read now."""
        now = Rests(self._changes.commits, self._now(), rests.reads)
        return now if self._changes.hold(rests.reads, rests.since) else rests

    def _holds(self, rests: Rests) -> bool:
        is_new = self._now() - rests.at < RUN_LAG_S
        return self._changes.hold(rests.reads, rests.since, but_for_runs=is_new)

    def _is_old(self, known: _Kept) -> bool:
        return self._now() - known.rests.at >= OLDEST_S
