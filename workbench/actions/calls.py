"""What the calls of a command came to: how many were made, how many failed, and in whose words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from workbench.errors import CallFailure
from workbench.say import count
from workbench.store.reports.calls import Wording
from workbench.store.store import Store


@dataclass(frozen=True)
class Calls:
    """The calls that some runs made. One is counted once, however often it was attempted."""

    made: int
    wordings: Sequence[Wording] = ()

    @property
    def by_failure(self) -> dict[CallFailure, int]:
        """How many failed in which way."""
        return {each.failure: each.of_failure for each in self.wordings}

    @property
    def refused(self) -> int:
        """Those that a content filter stopped."""
        return self.by_failure.get(CallFailure.FILTERED, 0)

    @property
    def failed(self) -> int:
        """All others that brought no output."""
        return sum(self.by_failure.values()) - self.refused

    def sentence(self) -> str:
        """For people: “3 of 3 calls failed: the server's words (3)”, a line a wording where there
        are several. Empty where none failed."""
        if not self.wordings:
            return ""
        parts = [f"{self.failed:,} of {count(self.made, 'call')} failed"] if self.failed else []
        if self.refused:
            of = "" if parts else f" of {count(self.made, 'call')}"
            parts.append(f"{self.refused:,}{of} {'was' if self.refused == 1 else 'were'} refused")
        said = [f"{each.message} ({each.calls:,})" for each in self.wordings]
        told = sum(each.calls for each in self.wordings)
        if told < self.failed + self.refused:
            said.append(f"And in words of their own ({self.failed + self.refused - told:,}).")
        apart = " " if len(said) == 1 else "\n  "
        return f"{' and '.join(parts)}:{apart}{apart.join(said)}"

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "made": self.made,
            "failed": self.failed,
            "refused": self.refused,
            "failures": [
                {
                    "failure": str(failure),
                    "calls": self.by_failure[failure],
                    "messages": [
                        {"message": each.message, "calls": each.calls} for each in wordings
                    ],
                }
                for failure, wordings in groupby(self.wordings, lambda each: each.failure)
            ],
        }


def of_runs(store: Store, run_ids: Sequence[UUID]) -> Calls:
    """What the calls of some runs came to."""
    reports = store.reports.calls
    return Calls(reports.ended(run_ids), reports.failures(run_ids))
