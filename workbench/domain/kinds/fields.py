"""A field of a form as data: what it is called, how it is typed, what it holds at first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Widget(StrEnum):
    """How a value is typed."""

    LINE = "line"
    """One line of text."""
    AREA = "area"
    """Several lines."""
    SWITCH = "switch"
    """On or off."""
    PILLS = "pills"
    """One of a few, all in sight."""
    SELECT = "select"
    """One of several, folded."""
    NUMBER = "number"
    """A number that must be there."""
    WHOLE = "whole"
    """A whole number; empty: any."""
    CONNECTION = "connection"
    """One of the connections that are set up."""
    MODEL = "model"
    """A model of the connection that another field of the form names."""
    VARIANT = "variant"
    """The label of one of the feature's variants, or of one to come."""
    CHECK_FILE = "check file"
    """One of the operator's checks in Python."""


@dataclass(frozen=True)
class Field:
    """One field. `beside`: it shares a row with its neighbours that do. `only_with` names a switch
    of the same form: the field is there only while that is on, and with `not_with` only while it is
    off. `of` names the field with the connection that a model is of. `labels` are its options in
    plain words, where these are none. What is typed may name values
    of a case where `names_values`; `if_empty` is what an empty one stands for then."""

    name: str
    label: str
    widget: Widget
    start: Any = ""
    help: str = ""
    placeholder: str = ""
    options: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    least: float | None = None
    step: float = 1.0
    format: str = "%g"
    height: int = 100
    beside: bool = False
    only_with: str = ""
    not_with: str = ""
    of: str = "connection"
    names_values: bool = False
    if_empty: str = ""
