"""How the cases that a criterion lacks are to be had, by when, and who sees to it."""

from dataclasses import dataclass
from datetime import date

from workbench.errors import InputError

MOST_HOW = 500


@dataclass(frozen=True)
class DataPlan:
    """The plan for one criterion's cases. Without a `how` there is none any more."""

    how: str
    due: date | None = None
    owner: str = ""

    def checked(self) -> "DataPlan":
        """The plan, tidied. Raises InputError for one that is too long, and for a date or an owner
        without anything to do."""
        how, owner = " ".join(self.how.split()), " ".join(self.owner.split())
        if len(how) > MOST_HOW:
            raise InputError(f"The plan has {len(how):,} characters.", f"Write at most {MOST_HOW}.")
        if not how and (self.due is not None or owner):
            raise InputError("The plan does not say how.", "Say where the cases come from.")
        return DataPlan(how, self.due, owner)

    def said(self) -> str:
        """The plan in a line; empty where there is none."""
        due = f"by {self.due.isoformat()}" if self.due is not None else ""
        return " · ".join(part for part in (self.how, due, self.owner) if part)
