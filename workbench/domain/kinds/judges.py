"""Scorers that are models: a rubric, and who is asked to judge by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.rubrics import Levels, Scale
from workbench.domain.kinds.settings import Line, Settings

RUBRIC = ("question", "passes", "fails", "scale", "passes_from", "levels")
"""What of its settings says what is asked: people who label its outputs are asked the same."""
PROMPT_VERSION = 1
"""Of the prompt, the schema and the parameters that judges get (`scoring/judge.py`): counted up
when one of them changes, so that old words are never mixed with new."""


@dataclass(frozen=True)
class _Words(Line):
    """Some sentences; what is left empty is left out."""

    height: int = 90
    not_with: str = ""

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.AREA, help=self.help, placeholder=self.placeholder,
                height=self.height, not_with=self.not_with,
            ),
        )  # fmt: skip

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name]).strip()
        return {self.name: text} if text and not body.get(self.not_with) else {}


@dataclass(frozen=True)
class _Either(_Words):
    """What passes, or what fails: said by the levels of a scale where there is one."""

    def problem(self, settings: Settings) -> str:
        if settings.get("scale") is None:
            return super().problem(settings)
        is_said = bool(str(settings.get(self.name, "")).strip())
        return f"its levels say what passes: leave out “{self.name}”." if is_said else ""


@dataclass(frozen=True)
class _Asked(Line):
    """The name of what is asked, typed in a `widget` that knows which there are."""

    widget: Widget = Widget.LINE

    def fields(self) -> tuple[Field, ...]:
        return (Field(self.name, self.label, self.widget, help=self.help, beside=True),)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: str(body[self.name] or "").strip()}


def _said(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    least = settings.get("passes_from")
    what = "a pass" if least is None else f"{least:g} or more"
    return f"gets {what} from {settings.get('model')} on “{question}”"


def _unlevelled(settings: Settings) -> str:
    """A person may know what a 3 is; a model has to be told."""
    if settings.get("scale") is None or settings.get("levels"):
        return ""
    return "its judge has to be told what each score of its scale means: describe its levels."


ENTRIES = (
    Entry(
        "judge",
        By.MODEL,
        "is judged by a model",
        "A model reads each answer by your rubric and gives a verdict, a reason and the passage "
        "that it rests on. It decides nothing until people's labels show how often it errs.",
        _said,
        (
            _Words(
                "question", "Question to the judge", missing="it asks its judge nothing.",
                placeholder="Would a customer be able to act on this answer?", height=68,
            ),
            Scale("scale"),
            Levels("levels"),
            _Either(
                "passes", "It passes when", missing="it does not say when an output passes.",
                placeholder="It names the next step, and everything needed to take it.",
                not_with="is_scale",
            ),
            _Either(
                "fails", "It fails when",
                placeholder="It sends the customer elsewhere, or leaves out a step.",
                help="Empty: whatever does not pass fails.", not_with="is_scale",
            ),
            _Asked(
                "connection", "Connection of the judge", missing="it names no connection.",
                widget=Widget.CONNECTION,
            ),
            _Asked(
                "model", "Model that judges", missing="it names no model.", widget=Widget.MODEL,
                help="Another model than the one that answers: models like their own words.",
            ),
        ),
        problem=_unlevelled,
        rules=PROMPT_VERSION,
    ),
)  # fmt: skip
