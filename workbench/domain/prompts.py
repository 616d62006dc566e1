"""How the model is asked: prompts, their versions, and the variants that are compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.connections import OUTSIDE_NAME
from workbench.domain.fingerprint import fingerprint


@dataclass(frozen=True)
class PromptText:
    """The message templates of a prompt, with `{{variables}}`."""

    system: str
    user: str

    def fingerprint(self) -> str:
        """The identity of the wording."""
        return fingerprint(self.system, self.user)


@dataclass(frozen=True)
class PromptVersion:
    """A prompt's wording at a moment. Immutable.

    `note` says what changed, `expects` what that should do, written before it was measured.
    """

    id: UUID
    prompt_id: UUID
    name: str
    number: int
    text: PromptText
    note: str
    author: str
    created_at: datetime
    expects: str = ""

    @property
    def label(self) -> str:
        """How people see it: the name and the version."""
        return f"{self.name} v{self.number}"

    @property
    def is_outside(self) -> bool:
        """Whether it stands for prompts that were sent elsewhere and are not known here."""
        return self.name == OUTSIDE_NAME


@dataclass(frozen=True)
class Variant:
    """Prompt version + connection + model + parameters: what is compared."""

    id: UUID
    feature_id: UUID
    label: str
    prompt: PromptVersion
    connection: str
    model: str
    parameters: Parameters

    @property
    def is_outside(self) -> bool:
        """Whether its results were made elsewhere: nobody can be asked for more of them."""
        return self.connection == OUTSIDE_NAME

    def describe(self) -> str:
        """The variant in one line."""
        heat = self.parameters.temperature
        warmth = "" if heat is None else f" · temperature {heat:g}"
        return f"{self.prompt.label} · {self.model}{warmth}"


def explained(variants: Iterable[Variant]) -> list[str]:
    """What each of these variants is, a line each, where a text names them by their letters."""
    known = {variant.label: variant for variant in variants}
    return [f"{label}: {known[label].describe()}" for label in sorted(known, key=_place)]


def _place(label: str) -> tuple[int, str]:
    return len(label), label


def next_label(labels: list[str]) -> str:
    """The next free letter: A, B, … Z, AA, AB, …"""
    taken, number = set(labels), 0
    while True:
        letters, rest = "", number
        while rest >= 0:
            letters = chr(65 + rest % 26) + letters
            rest = rest // 26 - 1
        if letters not in taken:
            return letters
        number += 1
