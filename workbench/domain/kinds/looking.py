"""What a scorer looks at: the last answer, or more of what was said and thought in a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Setting, Settings, Shape

NAME = "looks_at"
"""The setting in feature files, and the field in forms."""


class LooksAt(StrEnum):
    """What of a trial is judged."""

    ANSWER = "answer"
    ANSWERS = "answers"
    TRANSCRIPT = "transcript"
    REASONING = "reasoning"

    @property
    def label(self) -> str:
        """What it is, as people choose it: “the last answer”."""
        return _LABELS[self]


_LABELS = {
    LooksAt.ANSWER: "the last answer",
    LooksAt.ANSWERS: "all answers of the trial",
    LooksAt.TRANSCRIPT: "the whole conversation, with calls and replies of tools",
    LooksAt.REASONING: "the model's reasoning",
}


def of(settings: Settings) -> LooksAt:
    """What these settings look at; the last answer where they say nothing."""
    return LooksAt(settings.get(NAME, LooksAt.ANSWER))


def beside(settings: Settings) -> str:
    """What is looked at, as the end of a sentence; empty for the last answer."""
    what = of(settings)
    return "" if what is LooksAt.ANSWER else f", looking at {what.label}"


@dataclass(frozen=True)
class Looks(Setting):
    """One of `LooksAt`. The last answer is what is meant where nothing is said, so it is never
    written down: scorers from before there was a choice stay the scorers that they were."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"enum": [what.value for what in LooksAt]}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.SELECT, LooksAt.ANSWER.value,
                options=tuple(what.value for what in LooksAt),
                labels=tuple(what.label[0].upper() + what.label[1:] for what in LooksAt),
                help="A trial may have several answers, where tools were called or a user went on "
                "talking. What a model thought before it answered is judged only by criteria that "
                "ask for it. Where a trial has nothing of the kind, it stays unscored.",
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        said = settings.get(self.name, LooksAt.ANSWER)
        if said in list(LooksAt):
            return ""
        return f"its “{self.name}” is none of {', '.join(LooksAt)}."

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: str(settings.get(self.name, LooksAt.ANSWER))}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        said = str(body.get(self.name) or LooksAt.ANSWER)
        return {} if said == LooksAt.ANSWER else {self.name: said}


LOOKS = Looks(NAME, "It looks at")
