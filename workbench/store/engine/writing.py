"""The transaction that a thread is in, and what its statements change."""

import re
import threading
from typing import Any

from workbench.store.seals import SEALED

_WRITES = re.compile(
    r"\s*(?:(insert)\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+(\w+)", re.IGNORECASE
)
_READS = re.compile(r"\s*(?:select|from|(with))\b", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:insert|update|delete)\b", re.IGNORECASE)


def only_reads(sql: str) -> bool:
    """Whether a statement surely changes nothing: a `with` may begin one that does."""
    found = _READS.match(sql)
    return found is not None and not (found[1] and _CHANGES.search(sql))


class OfThread(threading.local):
    """What this thread is writing; `begin` for each transaction."""

    cursor: Any = None
    error: BaseException | None = None
    has_written = False
    is_committing = False
    grown: frozenset[str] = frozenset()
    """The tables of evidence that it added rows to."""
    touched: frozenset[str] | None = frozenset()
    """The tables that it changed; None where nobody knows which."""

    def begin(self) -> None:
        """Nothing is written yet."""
        self.has_written = self.is_committing = False
        self.grown = self.touched = frozenset()

    def add_to(self, table: str) -> None:
        """Rows are added to a table."""
        self.has_written = True
        self.grown |= {table} & SEALED.keys()
        self.touch(table)

    def touch(self, *tables: str) -> None:
        """These tables change."""
        if self.touched is not None:
            self.touched |= {*tables}

    def note(self, sql: str) -> bool:
        """Note which tables a statement changes, and which evidence it adds to. Returns whether it
        may change rows of evidence that were there before."""
        written = _WRITES.match(sql)
        if written is None or ";" in sql.rstrip().rstrip(";"):
            # No statement of a known form, or several.
            self.touched = None
        if written is None:
            return False
        table = written[2].lower()
        self.touch(table)
        if table not in SEALED:
            return False
        if written[1]:
            self.grown |= {table}
            return False
        # Whatever rests on an audit may be otherwise then, whichever table it was.
        self.touched = None
        return True
