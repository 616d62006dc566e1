"""What commits touched, so that what was read from other tables is known to be true still.

Whoever wants to keep an answer asks which tables it was read from (`Changes.reading`) and how many
commits there were before. The answer holds until one of those tables is committed to. Tables are
found by their names in the text of a statement, those behind views and macros too: a name too many
costs a reading, and none can be missing.

What the recorder commits is of one feature (`Database.transaction(feature=…)`). An answer that is
read from that feature's rows alone says so, and outlives what a run adds to others. It is more of a
run that goes on (`is_running`), too: who can wait a moment need not read all anew after each
answer. Once a run is noted to have ended, all that it added counts (`settle`).
"""

import copy
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import duckdb


class Read(NamedTuple):
    """A table that was read: all of it, or one feature's rows alone."""

    table: str
    feature: UUID | None = None


EVERYTHING = Read("")
"""What an answer rests on whose tables nobody knows: the next commit may change it."""

_WORD = re.compile(r"\w+")
_CATALOGUES = ("duckdb_", "pragma_", "information_schema", "sqlite_master")

Behind = Mapping[str, frozenset[str]]
"""The tables behind each name that a statement may use: a table, a view or a macro."""


@dataclass
class Rests:
    """What an answer rests on: tables, after how many commits they were read, and when (in the
    caller's seconds). An answer that was kept and is used for it makes it as old as that one."""

    since: int
    at: float
    reads: set[Read] = field(default_factory=set)


class _Reading(threading.local):
    """What this thread is reading for, and the feature it keeps to."""

    rests: Rests | None = None
    feature: UUID | None = None


class _Board:
    """The newest commit to each table: any, one that kept to no feature, and each feature's."""

    def __init__(self) -> None:
        self._everything = 0
        self._any: dict[str, int] = {}
        self._elsewhere: dict[str, int] = {}
        self._of: dict[Read, int] = {}

    def note(self, commit: int, tables: frozenset[str] | None, feature: UUID | None) -> None:
        if tables is None:
            self._everything = commit
            return
        for table in tables:
            self._any[table] = commit
            if feature is None:
                self._elsewhere[table] = commit
            else:
                self._of[Read(table, feature)] = commit

    def changed(self, read: Read) -> int:
        if read.feature is None:
            return max(self._everything, self._any.get(read.table, 0))
        rows = max(self._elsewhere.get(read.table, 0), self._of.get(read, 0))
        return max(self._everything, rows)


class Changes:
    """Counts commits, by table and feature. `behind` tells the names of the open database."""

    def __init__(self, behind: Callable[[], Behind]) -> None:
        self._guard = threading.Lock()
        self._behind = behind
        self._known: Behind | None = None
        self._tables_in = lru_cache(maxsize=1024)(self._looked_up)
        self._reading = _Reading()
        self.commits = 0
        """How many there were. Taken before reading, an answer is never newer than it says."""
        self._all, self._settled = _Board(), _Board()

    def committed(
        self,
        tables: frozenset[str] | None,
        feature: UUID | None = None,
        *,
        is_running: bool = False,
    ) -> None:
        """These tables changed (None: nobody knows which), in rows of one feature or of any."""
        with self._guard:
            self.commits += 1
            self._all.note(self.commits, tables, feature)
            if not is_running:
                self._settled.note(self.commits, tables, feature)

    def settle(self) -> None:
        """What runs added so far is no longer more of a run that goes on."""
        with self._guard:
            self._settled = copy.deepcopy(self._all)

    def hold(self, reads: Iterable[Read], since: int, *, but_for_runs: bool = False) -> bool:
        """Whether what was read after so many commits is as it was. With `but_for_runs` whatever
        runs that still go on have added since is looked away from."""
        with self._guard:
            board = self._settled if but_for_runs else self._all
            return all(
                (self.commits if read == EVERYTHING else board.changed(read)) <= since
                for read in reads
            )

    @contextmanager
    def reading(self, feature: UUID | None = None, at: float = 0.0) -> Iterator[Rests]:
        """Collects what this thread reads meanwhile. What reads inside of another reading is read
        for that one as well. With a `feature` only its rows are looked at: the caller says so."""
        # Before reading: what is committed meanwhile may be in the answer or not.
        own = Rests(self.commits, at)
        outer = self._reading.rests, self._reading.feature
        self._reading.rests, self._reading.feature = own, feature
        try:
            yield own
        finally:
            self._reading.rests, self._reading.feature = outer
            self.also(own)

    def also(self, kept: Rests) -> None:
        """What is being read rests on this, too: an answer that was kept."""
        rests = self._reading.rests
        if rests is not None:
            rests.reads |= kept.reads
            rests.since, rests.at = min(rests.since, kept.since), min(rests.at, kept.at)

    def saw(self, sql: str) -> None:
        """A statement is about to be run by this thread."""
        rests = self._reading.rests
        if rests is not None:
            for table in self._tables_in(sql):
                rests.reads.add(Read(table, self._reading.feature) if table else EVERYTHING)

    def _looked_up(self, sql: str) -> frozenset[str]:
        """The tables that a statement reads; "" where it may be any."""
        if self._known is None:
            self._known = self._behind()
        text = sql.lower()
        found = _tables(text, self._known)
        if not found or any(word in text for word in _CATALOGUES):
            return frozenset({""})
        return found


def tables_behind(cursor: duckdb.DuckDBPyConnection) -> Behind:
    """The tables behind each name of the open database."""
    tables = cursor.execute("select table_name from duckdb_tables()").fetchall()
    found = {name.lower(): frozenset({name.lower()}) for (name,) in tables}
    definitions: dict[str, str] = {}
    for name, text in cursor.execute(
        """
        select view_name, sql from duckdb_views() where not internal
        union all
        select function_name, macro_definition from duckdb_functions()
        where macro_definition is not null and not internal
        """
    ).fetchall():
        definitions[name.lower()] = f"{definitions.get(name.lower(), '')} {text}".lower()
    # Views may be made of views: as many rounds as it could take.
    for _ in definitions:
        found |= {name: _tables(text, found) for name, text in definitions.items()}
    return found


def _tables(text: str, known: Behind) -> frozenset[str]:
    words = set(_WORD.findall(text))
    return frozenset().union(*(known[word] for word in words & known.keys()))
