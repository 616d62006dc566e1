"""The AI capability being specified: the root of everything."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.errors import InputError


@dataclass(frozen=True)
class Feature:
    """What is being built, for whom and why. `revision` guards against lost edits."""

    name: str
    problem: str = ""
    user: str = ""
    job: str = ""
    goal: str = ""
    stakes: str = ""
    id: UUID | None = None
    revision: int = 1
    created_at: datetime | None = None

    def checked(self) -> "Feature":
        """This feature with tidy fields. Raises InputError when it has no name."""
        name = " ".join(self.name.split())
        if not name:
            raise InputError("The feature has no name.", "Name it as your users would.")
        if len(name) > 80:
            raise InputError("The feature's name is over 80 characters.", "Shorten it.")
        return replace(
            self,
            name=name,
            problem=self.problem.strip(),
            user=self.user.strip(),
            job=self.job.strip(),
            goal=self.goal.strip(),
            stakes=self.stakes.strip(),
        )

    def text(self) -> str:
        """All fields, one a line: what a conflict shows."""
        fields = ("name", "problem", "user", "job", "goal", "stakes")
        return "\n".join(f"{name}: {getattr(self, name)}" for name in fields)


class PutAway(NamedTuple):
    """An archived feature, and since when."""

    feature: Feature
    at: datetime


FIELDS: tuple[tuple[str, str, str], ...] = (
    ("problem", "Problem", "What goes wrong today, for whom, how often?"),
    ("user", "User", "Who will meet this feature, and in which situation?"),
    ("job", "Job to be done", "When …, I want to …, so that …"),
    ("goal", "Goal", "What will be measurably better once it works?"),
    ("stakes", "Stakes", "What happens when it is wrong? Who is harmed, and how badly?"),
)
