"""The levels of a scale: what an output of each is like, with outputs that show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Setting, Settings, Shape, is_number
from workbench.errors import InputError

_ANCHOR = "> "
_MOST = 11
"""Levels that fit side by side below an output."""


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
