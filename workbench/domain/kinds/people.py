"""Scorers that are people: yes or no to a question, or a score on a scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.rubrics import Levels
from workbench.domain.kinds.settings import Line, Setting, Settings, Shape, is_number

_SCALE, _PASSES_FROM = (1, 5), 4
_ENDS = {
    "scale_low": "Lowest score",
    "scale_high": "Highest score",
    "passes_from": "Passes from",
}


@dataclass(frozen=True)
class _Scale(Setting):
    """The ends of a scale and from which score on an output passes; or neither: yes or no."""

    def shapes(self) -> dict[str, Shape]:
        ends = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {"scale": ends, "passes_from": {"type": "number"}}

    def fields(self) -> tuple[Field, ...]:
        starts = (float(_SCALE[0]), float(_SCALE[1]), float(_PASSES_FROM))
        return (
            Field(
                "is_scale", "On a scale", Widget.SWITCH, False,
                help="Off: yes (pass) or no (fail). The mean score of a scale can have a bar, too.",
            ),
            *(
                Field(name, label, Widget.NUMBER, start, beside=True, only_with="is_scale")
                for (name, label), start in zip(_ENDS.items(), starts, strict=True)
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        scale, passes_from = settings.get("scale"), settings.get("passes_from")
        if scale is None:
            return "" if passes_from is None else "it says from where a score passes, but no scale."
        numbers = [*scale, passes_from] if isinstance(scale, list | tuple) else []
        if len(numbers) != 3 or not all(is_number(number) for number in numbers):
            return (
                "its scale needs the lowest score, the highest, and from which on an output passes."
            )
        low, high, least = numbers
        if not low < least <= high:
            return (
                f"an output passes from {least:g} on, but the scale goes from {low:g} to {high:g}: "
                "the level lies above the lowest score, and up to the highest."
            )
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        low, high = settings.get("scale", _SCALE)
        return {
            "is_scale": "scale" in settings,
            "scale_low": float(low),
            "scale_high": float(high),
            "passes_from": float(settings.get("passes_from", _PASSES_FROM)),
        }

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not body["is_scale"]:
            return {}
        low, high, least = (_number(body[name]) for name in _ENDS)
        return {"scale": [low, high], "passes_from": least}


@dataclass(frozen=True)
class _Question(Line):
    """What the rater is asked."""

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name]).strip()
        return {self.name: text} if text else {}


def _number(typed: float | None) -> float | int:
    """Whole numbers stay whole, so that a scale is the same scale however it was written."""
    number = typed or 0.0
    return int(number) if number == int(number) else number


def _rating(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    if settings.get("scale") is None:
        return f"gets a yes from a person on “{question}”"
    low, high = settings["scale"]
    least = settings["passes_from"]
    return f"gets {least:g} or more of {low:g} to {high:g} from a person on “{question}”"


ENTRIES = (
    Entry(
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
            _Scale("scale"),
            Levels("levels"),
        ),
    ),
)  # fmt: skip
