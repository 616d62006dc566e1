"""One kind of scorer in one entry: who judges, what it can be told, how it is said and typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workbench.domain.kinds.fields import Field
from workbench.domain.kinds.looking import LOOKS, beside
from workbench.domain.kinds.settings import Setting, Settings, Shape


class By(StrEnum):
    """Who or what gives the score."""

    CODE = "code"
    MODEL = "model"
    PERSON = "person"


def _no_problem(_: Settings) -> str:
    return ""


@dataclass(frozen=True)
class KindEntry:
    """Everything about a kind but the check itself, which `scoring/kinds.py` has for those by code.

    `label` follows “The answer …” and `meaning` explains it in a sentence or two. `said` says what
    an output does that passes; it is given the settings and the criterion's title. `problem` finds
    what no setting finds by itself. `rules` tells how often the rules of its check were changed: a
    changed number gives its scorers another fingerprint, so stored outputs are scored again and
    old scores are never mixed with new. `is_measured`: a run measures what it looks at, so there
    is nothing to try on a text. `is_paired`: it looks at two outputs of a case, and says which is
    better; its setting `over` names the variant whose outputs others are compared with.
    `is_second_pass`: its check does not look at each output as it
    arrives, but at those that are stored (`runs/second_pass.py`), and can't be a part of another.
    `fewest_trials`: how often a case must be asked for its answers to be held against each other.
    `is_of_parts`: it combines checks, of which each says by itself what it looks at.
    `sees_files`: its model is shown the pictures and documents of a case.
    """

    name: str
    by: By
    label: str
    meaning: str
    said: Callable[[Settings, str], str]
    settings: tuple[Setting, ...] = ()
    problem: Callable[[Settings], str] = _no_problem
    rules: int = 0
    is_measured: bool = False
    is_paired: bool = False
    is_second_pass: bool = False
    fewest_trials: int = 1
    is_of_parts: bool = False
    sees_files: bool = False

    @property
    def whole(self) -> tuple[Setting, ...]:
        """Its settings, with the one of all kinds that read a text: what they look at."""
        reads = not (self.is_measured or self.is_of_parts)
        return (*self.settings, LOOKS) if reads else self.settings

    def passes(self, settings: Settings, title: str) -> str:
        """What an output does that passes, and what is looked at where that is not the answer."""
        return f"{self.said(settings, title)}{beside(settings)}"

    def shapes(self) -> dict[str, Shape]:
        """Its settings, each with the JSON Schema of its values."""
        return {name: shape for each in self.whole for name, shape in each.shapes().items()}

    def fields(self) -> tuple[Field, ...]:
        """What its settings are typed in."""
        return tuple(field for each in self.whole for field in each.fields())

    def typed(self, settings: Settings) -> dict[str, Any]:
        """What the fields hold for these settings."""
        return {name: v for each in self.whole for name, v in each.typed(settings).items()}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The settings that the fields ask for. Raises InputError where they can't be read."""
        return {name: v for each in self.whole for name, v in each.read(body).items()}

    def templates(self, settings: Settings) -> tuple[str, ...]:
        """The texts in its settings that may name values of a case."""
        return tuple(text for each in self.whole for text in each.templates(settings))

    def names_values(self, body: Mapping[str, Any]) -> bool:
        """Whether what is typed may need the values of a case to be judged."""
        return any(
            "{{" in (str(body[field.name]) or field.if_empty)
            for field in self.fields()
            if field.names_values
        )

    def problem_with(self, settings: Settings) -> str:
        """What is wrong with the settings, as a sentence; empty when nothing is."""
        unknown = set(settings) - set(self.shapes())
        if unknown:
            return f"“{sorted(unknown)[0]}” is not a setting of {self.name}."
        found = (each.problem(settings) for each in self.whole)
        return next(filter(None, found), "") or self.problem(settings)
