"""Scorers that are people: yes or no to a question, or a score on a scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.rubrics import Levels, Scale
from workbench.domain.kinds.settings import Line, Settings


@dataclass(frozen=True)
class _Question(Line):
    """What the rater is asked."""

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name]).strip()
        return {self.name: text} if text else {}


def _rating(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    if settings.get("scale") is None:
        return f"gets a yes from a person on “{question}”"
    low, high = settings["scale"]
    least = settings["passes_from"]
    return f"gets {least:g} or more of {low:g} to {high:g} from a person on “{question}”"


ENTRIES = (
    KindEntry(
        "rating",
        By.PERSON,
        "is rated by a person",
        "A person who does not know the variant reads each answer and rates it.",
        _rating,
        (
            _Question(
                "question", "Question to the rater",
                placeholder="Would you send this draft after one edit or none?",
                help="Empty: the title is asked.",
            ),
            Scale("scale"),
            Levels("levels"),
        ),
    ),
)  # fmt: skip
