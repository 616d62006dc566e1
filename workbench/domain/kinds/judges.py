"""Scorers that are models: a rubric, and who is asked to judge by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Line, Settings

RUBRIC = ("question", "passes", "fails", "better", "over")
"""What of its settings says what is asked: people who label its outputs are asked the same."""
PROMPT_VERSION = 1
"""Of the prompt, the schema and the parameters that judges get (`scoring/judge.py`): counted up
when one of them changes, so that old words are never mixed with new."""


@dataclass(frozen=True)
class Words(Line):
    """Some sentences; what is left empty is left out."""

    height: int = 90

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.AREA, help=self.help, placeholder=self.placeholder,
                height=self.height,
            ),
        )  # fmt: skip

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name]).strip()
        return {self.name: text} if text else {}


@dataclass(frozen=True)
class Asked(Line):
    """The name of what is asked, typed in a `widget` that knows which there are."""

    widget: Widget = Widget.LINE

    def fields(self) -> tuple[Field, ...]:
        return (Field(self.name, self.label, self.widget, help=self.help, beside=True),)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: str(body[self.name] or "").strip()}


def _said(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    return f"gets a pass from {settings.get('model')} on “{question}”"


ENTRIES = (
    Entry(
        "judge",
        By.MODEL,
        "is judged by a model",
        "A model reads each answer by your rubric and gives a verdict, a reason and the passage "
        "that it rests on. It decides nothing until people's labels show how often it errs.",
        _said,
        (
            Words(
                "question", "Question to the judge", missing="it asks its judge nothing.",
                placeholder="Would a customer be able to act on this answer?", height=68,
            ),
            Words(
                "passes", "It passes when", missing="it does not say when an output passes.",
                placeholder="It names the next step, and everything needed to take it.",
            ),
            Words(
                "fails", "It fails when",
                placeholder="It sends the customer elsewhere, or leaves out a step.",
                help="Empty: whatever does not pass fails.",
            ),
            Asked(
                "connection", "Connection of the judge", missing="it names no connection.",
                widget=Widget.CONNECTION,
            ),
            Asked(
                "model", "Model that judges", missing="it names no model.", widget=Widget.MODEL,
                help="Another model than the one that answers: models like their own words.",
            ),
        ),
        rules=PROMPT_VERSION,
    ),
)  # fmt: skip
