"""The scorer that an engineer writes: a function in a file that the operator put in place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Setting, Settings, Shape

FILE, HASH = "file", "sha256"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}\.py")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class _File(Setting):
    """The name of a file of Python; where it lies is for the operator to say, never a setting."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "string"}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.CHECK_FILE,
                help=(
                    "Files that whoever runs the workbench put into its folder of checks. Nothing "
                    "can be typed or uploaded here: what is run comes from that folder alone."
                ),
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        name = settings.get(self.name)
        if not name:
            return "it names no file."
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return f"“{name}” is no name of a check such as tone.py (no path: letters, digits, _)."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: settings.get(self.name, "")}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: str(body[self.name] or "")}


@dataclass(frozen=True)
class _Hash(Setting):
    """What the file held when the criterion was written: other contents make another scorer. It is
    not typed but taken from the file."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "string"}}

    def fields(self) -> tuple[Field, ...]:
        return ()

    def problem(self, settings: Settings) -> str:
        held = settings.get(self.name)
        is_fine = held is None or (isinstance(held, str) and _SHA256.fullmatch(held))
        return "" if is_fine else f"its “{self.name}” is not 64 hexadecimal digits."

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {}


def is_name(name: str) -> bool:
    """Whether a file of this name can be a check."""
    return bool(_NAME.fullmatch(name))


def _said(settings: Settings, _: str) -> str:
    return f"passes the check {settings.get(FILE, '')}"


ENTRIES = (
    KindEntry(
        "python",
        By.CODE,
        "passes a check in Python",
        "Passes when a function in a file says so. An engineer writes it; whoever runs the "
        "workbench puts the file into its folder of checks.",
        _said,
        (_File(FILE, "File"), _Hash(HASH)),
        is_second_pass=True,
    ),
)
