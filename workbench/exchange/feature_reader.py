"""Read and check a feature file: everything that can be said about it without a store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workbench.domain.features import FIELDS, Feature
from workbench.errors import InputError
from workbench.exchange import feature_entries
from workbench.exchange.feature_entries import Entry, Given, at
from workbench.exchange.feature_shape import ShapeError, fitted
from workbench.exchange.yaml_reader import Path, line_of, parse

# Looking up the line of a mistake reads the text again, which takes too long for huge files.
_MOST_TO_REREAD = 2_000_000


@dataclass(frozen=True)
class FeatureFile:
    """A checked feature file: `data` fits the published schema and all its references hold."""

    data: Mapping[str, Any]
    source_name: str = ""

    def feature(self, name: str | None = None) -> Feature:
        """What is being specified, perhaps under another name. Raises InputError."""
        fields = self.data["feature"]
        texts = {field: fields.get(field, "") for field, _, _ in FIELDS}
        with at("feature", "name"):
            return Feature(name if name is not None else fields["name"], **texts).checked()

    def entries(self, name: str) -> Sequence[Entry]:
        """The list of this name; empty where the file has none."""
        entries: Sequence[Entry] = self.data.get(name, ())
        return entries


def load(text: str, source_name: str = "") -> FeatureFile:
    """A feature file, read and checked. Touches no store and no network.

    Raises InputError that names the file, the line, the place in it and what to do.
    """
    data = parse(text, source_name)
    try:
        file = FeatureFile(fitted(data), source_name)
        _check(file)
    except ShapeError as error:
        line = line_of(text, error.path) if len(text) <= _MOST_TO_REREAD else None
        places = [source_name, f"line {line}" if line else ""]
        where = ", ".join(place for place in places if place)
        message = f"{where}: {error.message}" if where else error.message
        raise InputError(message, error.hint or "Correct it in the file.") from error
    return file


def _check(file: FeatureFile) -> None:
    """Raise ShapeError for what the schema cannot say: doubles, and names of nothing."""
    given = Given("", datetime.now(UTC))
    file.feature()
    requirements = file.entries("requirements")
    _refuse_doubles(requirements, "requirements", "key")
    criteria: dict[str, set[int]] = {}
    for i, requirement in enumerate(requirements):
        feature_entries.revisions(requirement, given, ("requirements", i))
        for j, criterion in enumerate(requirement.get("criteria", ())):
            place: Path = ("requirements", i, "criteria", j)
            versions = feature_entries.criterion_versions(criterion, given, place)
            if criterion["key"] in criteria:
                raise ShapeError(
                    (*place, "key"), f"{criterion['key']} is there twice.", "Renumber."
                )
            criteria[criterion["key"]] = {version.number for version in versions}
    datasets = _check_datasets(file, given)
    prompts = _check_prompts(file, given)
    labels = _check_variants(file, prompts)
    if "candidate" in file.data and file.data["candidate"] not in labels:
        raise ShapeError(("candidate",), _unknown("variant", file.data["candidate"], labels))
    _refuse_doubles(file.entries("experiments"), "experiments", "key")
    for i, experiment in enumerate(file.entries("experiments")):
        path: Path = ("experiments", i)
        feature_entries.created_at(experiment, given, path)
        name, number = tidy(experiment["dataset"]), experiment.get("dataset_version")
        if name not in datasets:
            raise ShapeError((*path, "dataset"), _unknown("dataset", name, datasets))
        if number is not None and number > datasets[name]:
            raise ShapeError((*path, "dataset_version"), f"“{name}” has {datasets[name]} versions.")
        for j, label in enumerate(experiment["variants"]):
            if label not in labels:
                raise ShapeError((*path, "variants", j), _unknown("variant", label, labels))
        for j, reference in enumerate(experiment["criteria"]):
            key, _, version = reference.partition("@")
            if key not in criteria or (version and int(version) not in criteria[key]):
                said = _unknown("criterion", reference, criteria)
                raise ShapeError((*path, "criteria", j), said)


def _check_datasets(file: FeatureFile, given: Given) -> dict[str, int]:
    datasets = file.entries("datasets")
    _refuse_doubles(datasets, "datasets", "name")
    return {
        tidy(dataset["name"]): len(
            feature_entries.dataset_versions(dataset, given, ("datasets", i))
        )
        for i, dataset in enumerate(datasets)
    }


def _check_prompts(file: FeatureFile, given: Given) -> dict[str, set[int]]:
    prompts = file.entries("prompts")
    _refuse_doubles(prompts, "prompts", "name")
    return {
        tidy(prompt["name"]): {
            version.number
            for version in feature_entries.prompt_versions(prompt, given, ("prompts", i))
        }
        for i, prompt in enumerate(prompts)
    }


def _check_variants(file: FeatureFile, prompts: Mapping[str, set[int]]) -> set[str]:
    variants = file.entries("variants")
    _refuse_doubles(variants, "variants", "label")
    for i, variant in enumerate(variants):
        name, number = tidy(variant["prompt"]), variant.get("version")
        if name not in prompts:
            raise ShapeError(("variants", i, "prompt"), _unknown("prompt", name, prompts))
        if number is not None and number not in prompts[name]:
            raise ShapeError(("variants", i, "version"), f"“{name}” has no version {number}.")
    return {variant["label"] for variant in variants}


def tidy(name: str) -> str:
    """A name as the store keeps it: no spaces around it, and one between words."""
    return " ".join(name.split())


def _refuse_doubles(entries: Sequence[Entry], where: str, field: str) -> None:
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        name = entry[field] if field == "label" else tidy(entry[field])
        if not name:
            raise ShapeError((where, i, field), "it is empty.", "Write a name.")
        if name in seen:
            raise ShapeError((where, i, field), f"“{name}” is there twice.", "Rename one of them.")
        seen.add(name)


def _unknown(noun: str, name: str, known: Iterable[str]) -> str:
    names = ", ".join(sorted(known)[:8]) or "none"
    return f"there is no {noun} “{name[:80]}” in this file (there is: {names})."
