"""A scale and its levels: what an output of each is like, with outputs that show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Setting, Settings, Shape, is_number
from workbench.errors import InputError

_ANCHOR = "> "
_MOST = 11
"""Levels that fit side by side below an output."""


_SCALE, _PASSES_FROM = (1, 5), 4
_ENDS = {
    "scale_low": "Lowest score",
    "scale_high": "Highest score",
    "passes_from": "Passes from",
}


class Level(NamedTuple):
    """One score of a scale: what it means, and outputs (anchors) that have it."""

    score: float
    description: str
    anchors: tuple[str, ...] = ()


def of(settings: Settings) -> tuple[Level, ...]:
    """The levels that settings describe, lowest first; none where only the scale is known."""
    return tuple(
        Level(level["score"], level["description"], tuple(level.get("anchors", ())))
        for level in settings.get("levels", ())
    )


@dataclass(frozen=True)
class Scale(Setting):
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
class Levels(Setting):
    """A rubric: all levels of the scale, from its lowest score to its highest, or none of them.

    Typed as text: a line a level (“3: Right, but curt”), below it its anchors, each of whose lines
    begins with “> ”; an empty line parts two of them.
    """

    def shapes(self) -> dict[str, Shape]:
        level = {
            "type": "object",
            "properties": {
                "score": {"type": "number"},
                "description": {"type": "string"},
                "anchors": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["score", "description"],
            "additionalProperties": False,
        }
        return {self.name: {"type": "array", "items": level}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, "What each score means", Widget.AREA, "", only_with="is_scale",
                height=180,
                placeholder="1: Wrong or rude\n3: Right, but curt\n> Your refund is on its way."
                "\n5: Right and kind",
                help="A line for each score that can be given, from the lowest to the highest: the "
                "score, a colon, what such an answer is like. Lines below it that begin with > are "
                "an answer that shows it; an empty line parts two. Empty: every score of the scale "
                "can be given, and raters decide what it means.",
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        found = settings.get(self.name)
        if found is None:
            return ""
        scale, least = settings.get("scale"), settings.get("passes_from")
        if scale is None:
            return "it describes levels, but has no scale that they are of."
        if not isinstance(found, list | tuple) or not 2 <= len(found) <= _MOST:
            return f"its levels are a list of 2 to {_MOST}."
        scores = []
        for level in found:
            said = _problem_with(level)
            if said:
                return said
            scores.append(level["score"])
        if scores != sorted(set(scores)):
            return "its levels go up, and each score has one of them."
        if [scores[0], scores[-1]] != list(scale):
            return (
                f"its levels go from {scores[0]:g} to {scores[-1]:g}, but its scale from "
                f"{scale[0]:g} to {scale[1]:g}: the lowest and the highest score need one, too."
            )
        if least not in scores:
            return f"an output passes from {least:g} on, which is none of its levels."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        lines = []
        for level in of(settings):
            lines.append(f"{level.score:g}: {level.description}")
            shown = ["\n".join(f"{_ANCHOR}{line}" for line in a.split("\n")) for a in level.anchors]
            lines += ["\n\n".join(shown)] if shown else []
        return {self.name: "\n".join(lines)}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body.get(self.name) or "").strip()
        if not body["is_scale"] or not text:
            return {}
        found: list[dict[str, Any]] = []
        anchor: list[str] = []

        def keep() -> None:
            if anchor:
                found[-1].setdefault("anchors", []).append("\n".join(anchor))
                anchor.clear()

        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith(">") and found:
                anchor.append(line.lstrip()[1:].removeprefix(" "))
                continue
            keep()
            if line.strip():
                found.append(_level(number, line))
        keep()
        return {self.name: found}


def _problem_with(level: object) -> str:
    if not isinstance(level, Mapping) or not is_number(level.get("score")):
        return "each of its levels has a score, which is a number."
    description, anchors = level.get("description"), level.get("anchors", [])
    if not isinstance(description, str) or not description.strip() or "\n" in description:
        return f"its level {level['score']:g} says in a line what an output of it is like."
    if not isinstance(anchors, list | tuple) or not all(
        isinstance(text, str) and text.strip() for text in anchors
    ):
        return f"the anchors of its level {level['score']:g} are outputs that show it: texts."
    return ""


def _level(number: int, line: str) -> dict[str, Any]:
    score, colon, description = line.partition(":")
    try:
        value = float(score)
    except ValueError:
        value = float("nan")
    if not colon or value != value or not description.strip():
        raise InputError(
            f"Line {number} of what each score means is not a score, a colon and a description: "
            f"“{line.strip()[:60]}”.",
            "Write it as “3: Right, but curt”; examples below it begin with >.",
        )
    whole = int(value) if value == int(value) else value
    return {"score": whole, "description": " ".join(description.split())}


def _number(typed: float | None) -> float | int:
    """Whole numbers stay whole, so that a scale is the same scale however it was written."""
    number = typed or 0.0
    return int(number) if number == int(number) else number
