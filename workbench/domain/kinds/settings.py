"""What a scorer can be told: each setting with its type, limits, schema and fields of a form."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from workbench.domain.kinds.fields import Field, Widget

Settings = Mapping[str, Any]
Shape = dict[str, Any]
"""A JSON Schema."""

_CASE_NOTE = "May name a case's values, such as {{order_id}} or {{reference}}."


@dataclass(frozen=True)
class Setting:
    """A setting under its name in a feature file, and how people type it.

    The base of the types below; one of them may stand for several names that belong together.
    """

    name: str
    label: str = ""

    def shapes(self) -> dict[str, Shape]:
        """Its names, each with the JSON Schema of its values."""
        raise NotImplementedError

    def fields(self) -> tuple[Field, ...]:
        """The fields that it is typed in."""
        raise NotImplementedError

    def problem(self, settings: Settings) -> str:
        """What is wrong with it, as a sentence that begins with “it”; empty when nothing is."""
        raise NotImplementedError

    def typed(self, settings: Settings) -> dict[str, Any]:
        """What its fields hold for these settings."""
        raise NotImplementedError

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The settings that its fields ask for; what means nothing is left out."""
        raise NotImplementedError

    def templates(self, settings: Settings) -> tuple[str, ...]:
        """The texts in it that may name values of a case."""
        return ()


@dataclass(frozen=True)
class Texts(Setting):
    """A list of texts, one per line. `missing` is what is wrong with an empty list; without it
    the list may be left out. `most` is how many there may be, where that is bounded."""

    missing: str = ""
    most: int = 0
    help: str = ""
    placeholder: str = ""
    height: int = 100
    names_values: bool = False

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "array", "items": {"type": "string"}}}

    def fields(self) -> tuple[Field, ...]:
        about = f"{self.help} {_CASE_NOTE}".strip() if self.names_values else self.help
        return (
            Field(
                self.name, self.label, Widget.AREA, help=about, placeholder=self.placeholder,
                height=self.height, names_values=self.names_values,
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        texts = settings.get(self.name)
        if texts is None and not self.missing:
            return ""
        if not isinstance(texts, list | tuple):
            return self.missing or f"its “{self.name}” is not a list of texts."
        if self.missing and not any(str(text).strip() for text in texts):
            return self.missing
        if self.most and len(texts) > self.most:
            return f"it names {len(texts):,} texts; {self.most:,} are the most."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: "\n".join(str(text) for text in settings.get(self.name, ()))}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        lines = [line for line in str(body[self.name]).splitlines() if line.strip()]
        if self.missing:
            return {self.name: lines}
        return {self.name: [line.strip() for line in lines]} if lines else {}

    def templates(self, settings: Settings) -> tuple[str, ...]:
        return tuple(map(str, settings.get(self.name) or ())) if self.names_values else ()


@dataclass(frozen=True)
class Line(Setting):
    """One line of text. `missing`: as for Texts. `if_empty` is the text that an empty one stands
    for, where it may name values of a case."""

    missing: str = ""
    help: str = ""
    placeholder: str = ""
    names_values: bool = False
    if_empty: str = ""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "string"}}

    def fields(self) -> tuple[Field, ...]:
        about = f"{self.help} {_CASE_NOTE}".strip() if self.names_values else self.help
        return (
            Field(
                self.name, self.label, Widget.LINE, help=about,
                placeholder=self.placeholder or self.if_empty,
                names_values=self.names_values, if_empty=self.if_empty,
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        return "" if str(settings.get(self.name, "")).strip() else self.missing

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: settings.get(self.name, "")}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name])
        return {self.name: text} if text.strip() or self.missing else {}

    def templates(self, settings: Settings) -> tuple[str, ...]:
        return (str(settings.get(self.name) or self.if_empty),) if self.names_values else ()


@dataclass(frozen=True)
class Choice(Setting):
    """One of a few words; the first is meant where none is named."""

    options: tuple[str, ...] = ()
    wrong: str = ""
    is_folded: bool = False
    beside: bool = False

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"enum": list(self.options)}}

    def fields(self) -> tuple[Field, ...]:
        widget = Widget.SELECT if self.is_folded else Widget.PILLS
        start, beside = self.options[0], self.beside
        return (Field(self.name, self.label, widget, start, options=self.options, beside=beside),)

    def problem(self, settings: Settings) -> str:
        is_known = settings.get(self.name, self.options[0]) in self.options
        return "" if is_known else self.wrong

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: settings.get(self.name, self.options[0])}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: body[self.name]}


@dataclass(frozen=True)
class Switch(Setting):
    """Yes or no. `default` is meant where nothing is said; a form writes it down all the same where
    it `is_always_written`."""

    default: bool = False
    help: str = ""
    is_always_written: bool = True

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "boolean"}}

    def fields(self) -> tuple[Field, ...]:
        field = Field(
            self.name, self.label, Widget.SWITCH, self.default, help=self.help, beside=True
        )
        return (field,)

    def problem(self, settings: Settings) -> str:
        is_known = isinstance(settings.get(self.name, self.default), bool)
        return "" if is_known else f"its “{self.name}” is neither true nor false."

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: settings.get(self.name, self.default)}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        is_on = bool(body[self.name])
        return {self.name: is_on} if self.is_always_written or is_on != self.default else {}


@dataclass(frozen=True)
class Amount(Setting):
    """A number above 0 that must be there. In a form it is typed as the field `typed_as`, `unit`
    times smaller (seconds for milliseconds), and starts as `start`."""

    typed_as: str = ""
    unit: int = 1
    start: float = 1.0
    least: float = 0.01
    step: float = 1.0
    format: str | None = None

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "number", "exclusiveMinimum": 0}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self._field, self.label, Widget.NUMBER, self.start, least=self.least,
                step=self.step, format=self.format or "%0.2f",
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        value = settings.get(self.name)
        is_fine = is_number(value) and value > 0
        return "" if is_fine else f"it needs “{self.name}”, a number above 0."

    def typed(self, settings: Settings) -> dict[str, Any]:
        if self.name not in settings:
            return {self._field: self.start}
        return {self._field: float(settings[self.name]) / self.unit}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        number = body[self._field] or 0
        return {self.name: round(number * self.unit) if self.unit > 1 else number}

    @property
    def _field(self) -> str:
        return self.typed_as or self.name


@dataclass(frozen=True)
class Span(Setting):
    """The least and the most of a whole number, `min` and `max`, of which one must be there."""

    labels: tuple[str, str] = ("At least", "At most")
    neither: str = "it has neither a shortest nor a longest length."
    not_whole: str = "its lengths are not whole numbers."
    crossed: str = "its shortest length is above its longest."

    def shapes(self) -> dict[str, Shape]:
        size: Shape = {"type": ["integer", "null"], "minimum": 0}
        return {"min": dict(size), "max": dict(size)}

    def fields(self) -> tuple[Field, ...]:
        return tuple(
            Field(end, label, Widget.WHOLE, None, placeholder="any", least=0, beside=True)
            for end, label in zip(("min", "max"), self.labels, strict=True)
        )

    def problem(self, settings: Settings) -> str:
        low, high = settings.get("min"), settings.get("max")
        if low is None and high is None:
            return self.neither
        for end in (low, high):
            if end is not None and (isinstance(end, bool) or not isinstance(end, int) or end < 0):
                return self.not_whole
        return self.crossed if low is not None and high is not None and low > high else ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {"min": settings.get("min"), "max": settings.get("max")}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {end: int(body[end]) for end in ("min", "max") if body[end] is not None}


@dataclass(frozen=True)
class Share(Setting):
    """A share above 0, up to 1; in a form `typed_as`, in percent, starting as `start`."""

    typed_as: str = ""
    start: float = 80.0

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "number", "exclusiveMinimum": 0, "maximum": 1}}

    def fields(self) -> tuple[Field, ...]:
        field = Field(
            self.typed_as, self.label, Widget.NUMBER, self.start, least=1.0, step=5.0, beside=True
        )
        return (field,)

    def problem(self, settings: Settings) -> str:
        value = settings.get(self.name)
        is_fine = is_number(value) and 0 < value <= 1
        return "" if is_fine else f"it needs “{self.name}”, a share above 0 and up to 1."

    def typed(self, settings: Settings) -> dict[str, Any]:
        share = settings.get(self.name, self.start / 100)
        return {self.typed_as: round(float(share) * 100, 6)}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: round((body[self.typed_as] or 0) / 100, 8)}


@dataclass(frozen=True)
class Slack(Setting):
    """A number from 0 on; 0 where nothing is said."""

    help: str = ""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "number", "minimum": 0}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.NUMBER, 0.0, help=self.help, least=0.0, beside=True
            ),
        )

    def problem(self, settings: Settings) -> str:
        value = settings.get(self.name, 0)
        is_fine = is_number(value) and value >= 0
        return "" if is_fine else f"its “{self.name}” is not a number from 0 on."

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: float(settings.get(self.name, 0))}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: body[self.name]} if body[self.name] else {}


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether it is a number that ends: neither yes nor no, nor infinite."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
