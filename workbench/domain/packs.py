"""Capability packs: cases with criteria for one thing a model may be able to do."""

from dataclasses import dataclass, field
from uuid import UUID

from workbench.domain.calls import Parameters

KEY = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""How a pack is named on the command line and in its file's name."""
MOST_KEY = 40
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Pack:
    """What a pack is beside its cases, criteria and prompt, which are those of a feature.

    `trials` is how often each case is asked at least; `parameters` are those that it is asked with,
    the same for every model. `feature_id` is None while it was read only.
    """

    key: str
    version: int
    title: str
    licence: str
    attribution: str = ""
    trials: int = 1
    parameters: Parameters = field(default_factory=Parameters)
    feature_id: UUID | None = None

    @property
    def label(self) -> str:
        """Its key and version in one word: “exact-lists@2”."""
        return f"{self.key}@{self.version}"

    @property
    def name(self) -> str:
        """The name of its feature: each version of a pack is one of its own."""
        end = f" (pack {self.label})"
        title = " ".join(self.title.split())
        room = _LONGEST_NAME - len(end)
        return (title if len(title) <= room else title[: room - 1].rstrip() + "…") + end
