"""Scorers that look at two outputs of a case: is it liked better than that of another variant?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.judges import Words
from workbench.domain.kinds.settings import Line, Settings

_FIRST = "A"


@dataclass(frozen=True)
class _Over(Line):
    """The label of the variant that others are measured against."""

    def fields(self) -> tuple[Field, ...]:
        return (Field(self.name, self.label, Widget.VARIANT, _FIRST, help=self.help),)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: str(body[self.name] or "").strip()}


_OVER = _Over(
    "over", "Preferred over the outputs of variant", missing="it names no variant to be preferred.",
    help="The baseline. Each experiment that uses this criterion compares it with other variants; "
    "the baseline itself has no verdict by it.",
)  # fmt: skip


def _by_person(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    return f"is preferred over that of {settings.get('over')} by a person on “{question}”"


ENTRIES = (
    Entry(
        "preference",
        By.PERSON,
        "is preferred over that of another variant",
        "A person who does not know the variants reads two answers side by side and says which is "
        "better, or that they are alike, or both bad. Only being liked better counts as preferred.",
        _by_person,
        (
            _OVER,
            Words(
                "question", "Question to the rater", height=68,
                placeholder="Which of these would you rather send?",
                help="Empty: the title is asked.",
            ),
        ),
        is_paired=True,
    ),
)  # fmt: skip
