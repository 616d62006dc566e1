"""Scorers that combine others: all of them, any, none, or at least so many."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import json_text
from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.kind import KINDS, ScorerKind
from workbench.domain.kinds.settings import Setting, Settings, Shape, is_number
from workbench.errors import InputError

MOST_PARTS = 20
NAMES = ("all_of", "any_of", "none_of", "at_least")
PART = "#/$defs/part"
"""Where a feature file's schema says what a part is: any check but a combination, and those
of a second pass."""
_EXAMPLE = '[{"kind": "contains", "settings": {"texts": ["{{order_id}}"]}}]'


@dataclass(frozen=True)
class _Parts(Setting):
    """The checks that are combined, each a kind with its settings; typed as JSON."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "array", "items": {"$ref": PART}}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.AREA, placeholder=_EXAMPLE, height=200,
                help=(
                    "Each with its kind and settings, as in a feature file: "
                    f"{_EXAMPLE}. A combination can't be part of another one."
                ),
                names_values=True,
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        parts = settings.get(self.name)
        if not isinstance(parts, list | tuple) or not parts:
            return "it names no checks to combine."
        if len(parts) > MOST_PARTS:
            return f"it combines {len(parts):,} checks; {MOST_PARTS} are the most."
        return next(filter(None, map(_problem_of, parts)), "")

    def typed(self, settings: Settings) -> dict[str, Any]:
        parts = settings.get(self.name)
        return {self.name: json.dumps(parts, indent=2, ensure_ascii=False) if parts else ""}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name])
        if not text.strip():
            return {}
        try:
            return {self.name: json_text.read(text)}
        except json_text.Unreadable as error:
            raise InputError(f"The checks cannot be used. {error.message}", error.hint) from error
        except ValueError as error:
            raise InputError(
                f"The checks are not valid JSON: {error}.", f"Write them like {_EXAMPLE}."
            ) from error

    def templates(self, settings: Settings) -> tuple[str, ...]:
        return tuple(
            text for kind, inner in parts_of(settings) for text in kind.entry.templates(inner)
        )


@dataclass(frozen=True)
class _Least(Setting):
    """How many of the checks have to pass."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "integer", "minimum": 1}}

    def fields(self) -> tuple[Field, ...]:
        return (Field(self.name, self.label, Widget.NUMBER, 1.0, least=1.0),)

    def problem(self, settings: Settings) -> str:
        least, parts = settings.get(self.name), settings.get("checks") or ()
        if not is_number(least) or least != int(least) or least < 1:
            return f"it needs “{self.name}”, a whole number from 1 on."
        if least > len(parts):
            return f"it wants {least:g} of {len(parts)} checks to pass."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: float(settings.get(self.name, 1))}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: round(body[self.name] or 0)}


def parts_of(settings: Settings) -> list[tuple[ScorerKind, Settings]]:
    """The checks that are combined. Only where `problem` found nothing."""
    return [(ScorerKind(part["kind"]), part.get("settings") or {}) for part in settings["checks"]]


def _problem_of(part: Any) -> str:
    if not isinstance(part, Mapping) or set(part) - {"kind", "settings"} or "kind" not in part:
        return "a check in it is not written as its kind and its settings."
    kind = KINDS.get(str(part["kind"]))
    if kind is None:
        return f"“{part['kind']}” is no kind of check."
    if kind in NAMES:
        return "a combination can't be part of another one."
    if kind.by is not By.CODE:
        return f"“{kind}” is not done by code, so it can't be combined."
    if kind.entry.is_second_pass:
        return f"“{kind}” looks at stored answers later than others, so it can't be combined."
    settings = part.get("settings") or {}
    if not isinstance(settings, Mapping):
        return f"the settings of its {kind} are not a group of keys."
    problem = kind.entry.problem_with(settings)
    return f"of its {kind}: {problem}" if problem else ""


def _said(amount: str) -> Callable[[Settings, str], str]:
    def said(settings: Settings, title: str) -> str:
        parts = [kind.entry.passes(inner, title) for kind, inner in parts_of(settings)]
        many = amount.format(least=settings.get("least", 0), n=len(parts))
        return f"{many}: {'; '.join(f'({i}) {part}' for i, part in enumerate(parts, 1))}"

    return said


_PARTS = _Parts("checks", "Checks, as a JSON list")

ENTRIES = (
    KindEntry(
        "all_of",
        By.CODE,
        "passes several checks",
        "Passes when every one of the checks does.",
        _said("passes all of these"),
        (_PARTS,),
        is_of_parts=True,
    ),
    KindEntry(
        "any_of",
        By.CODE,
        "passes one of several checks",
        "Passes when at least one of the checks does.",
        _said("passes at least one of these"),
        (_PARTS,),
        is_of_parts=True,
    ),
    KindEntry(
        "none_of",
        By.CODE,
        "passes none of several checks",
        "Passes when every one of the checks fails: with one check, its opposite.",
        _said("passes none of these"),
        (_PARTS,),
        is_of_parts=True,
    ),
    KindEntry(
        "at_least",
        By.CODE,
        "passes so many of several checks",
        "Passes when enough of the checks do.",
        _said("passes at least {least} of these {n}"),
        (_PARTS, _Least("least", "At least so many")),
        is_of_parts=True,
    ),
)
