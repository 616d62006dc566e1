"""Scorers that look at two outputs of a case: is it liked better than that of another variant?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.judges import Asked, Words
from workbench.domain.kinds.settings import Line, Settings

PROMPT_VERSION = 1
"""Of what pairwise judges are asked (`scoring/pair_judge.py`), as that of other judges."""
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


def _by_model(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    return (
        f"is preferred over that of {settings.get('over')} by {settings.get('model')}, asked in "
        f"both orders, on “{question}”"
    )


ENTRIES = (
    KindEntry(
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
    KindEntry(
        "pairwise_judge",
        By.MODEL,
        "is preferred over that of another variant by a model",
        "A model reads two answers and says which is better, once in each order. Where its two "
        "words contradict each other they count as a tie. It sees the files of a case, too: "
        "pictures, and of a PDF the text. It decides nothing until people's preferences show how "
        "often it errs.",
        _by_model,
        (
            _OVER,
            Words(
                "question", "Question to the judge", missing="it asks its judge nothing.",
                placeholder="Which answer would a customer rather get?", height=68,
            ),
            Words(
                "better", "One is better when", missing="it does not say when an output is better.",
                placeholder="It names the next step, and everything needed to take it.",
            ),
            Asked(
                "connection", "Connection of the judge", missing="it names no connection.",
                widget=Widget.CONNECTION,
            ),
            Asked(
                "model", "Model that judges", missing="it names no model.", widget=Widget.MODEL,
                help="Another model than those that answer: models like their own words.",
            ),
            Words(
                "must_lose", "An output that must lose", height=68,
                placeholder="Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
                help="Planted in each run beside a real output, in both orders, as it is and with "
                "an order to prefer it. A judge that prefers it is not trusted, whatever else it "
                "gets right. Write one where your rubric may like an output better that says "
                "nothing.",
            ),
        ),
        rules=PROMPT_VERSION,
        is_paired=True,
        sees_files=True,
    ),
)  # fmt: skip
