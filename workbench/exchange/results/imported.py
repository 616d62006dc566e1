"""What an import of results found and made, for people and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workbench.exchange.results.shape import Level
from workbench.say import count


@dataclass(frozen=True)
class Imported:
    """What an import found and what it made: a second one of the same file makes nothing.

    `added_*` count new rows; `experiments` are the keys of those that hold the results.
    """

    file: str
    feature_id: UUID
    feature: str
    is_new_feature: bool
    dataset: str
    dataset_version: int
    experiments: tuple[str, ...]
    variants: tuple[str, ...]
    new_criteria: tuple[str, ...]
    known_criteria: tuple[str, ...]
    added_cases: int
    added_trials: int
    added_scores: int
    ignored_columns: tuple[str, ...]
    passes_from: float | None
    """The number from which a value passes; None where the file has only passes and fails, or
    criteria differ in it."""
    levels: Mapping[str, Level] = field(default_factory=dict)
    """From which number on the criteria pass that have numbers, and on which scale they lie."""
    notes: tuple[str, ...] = ()
    """What there is to know of how the file was read."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "file": self.file,
            "feature": self.feature,
            "is_new_feature": self.is_new_feature,
            "dataset": self.dataset,
            "dataset_version": self.dataset_version,
            "experiments": list(self.experiments),
            "variants": list(self.variants),
            "new_criteria": list(self.new_criteria),
            "known_criteria": list(self.known_criteria),
            "cases": self.added_cases,
            "trials": self.added_trials,
            "scores": self.added_scores,
            "ignored_columns": list(self.ignored_columns),
            "passes_from": self.passes_from,
            "levels": {
                title: {"passes_from": level.passes_from, "scale": level.scale}
                for title, level in self.levels.items()
            },
            "notes": list(self.notes),
        }

    def as_text(self) -> str:
        """For people: what was made, then what to know."""
        if not self.added_trials and not self.added_scores:
            lines = [f"“{self.file}” was imported before: nothing in it is new."]
        else:
            made = ", ".join(
                count(n, word)
                for n, word in (
                    (self.added_cases, "new case"),
                    (self.added_trials, "trial"),
                    (self.added_scores, "score"),
                )
            )
            whose = "the new feature" if self.is_new_feature else "the feature"
            lines = [f"Imported “{self.file}” into {whose} “{self.feature}”: {made}."]
        where = ", ".join(self.experiments)
        lines.append(
            f"Experiment {where}, dataset “{self.dataset}” version {self.dataset_version}, "
            f"variants {', '.join(self.variants)}."
        )
        if self.new_criteria:
            lines.append(f"New criteria: {'; '.join(self.new_criteria)}.")
        if self.known_criteria:
            lines.append(f"These keep the bar they have: {'; '.join(self.known_criteria)}.")
        if self.passes_from is not None:
            lines.append(f"Numbers pass from {self.passes_from:g} on.")
        else:
            lines += [
                f"Numbers of {title} pass from {level.passes_from:g} on."
                for title, level in self.levels.items()
            ]
        if self.ignored_columns:
            lines.append(f"Columns that were not used: {', '.join(self.ignored_columns)}.")
        lines += self.notes
        return "\n".join(lines)
