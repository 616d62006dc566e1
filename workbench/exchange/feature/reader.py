"""Read and check a feature file: everything that can be said about it without a store."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workbench.confined import Limits
from workbench.domain import attachments
from workbench.domain.attachments import Attachment
from workbench.domain.criteria import ScorerKind
from workbench.domain.features import FIELDS, Feature
from workbench.domain.kinds.entry import By
from workbench.domain.packs import Pack
from workbench.errors import InputError
from workbench.exchange import child
from workbench.exchange.feature import entries as feature_entries
from workbench.exchange.feature import failure_modes, yaml_reader
from workbench.exchange.feature import terms as data_terms
from workbench.exchange.feature.entries import FeatureEntry, Given, PromptEntry, at
from workbench.exchange.feature.kinds import refuse_other_text
from workbench.exchange.feature.mistakes import MOST_LISTED, ShapeErrors, raise_all
from workbench.exchange.feature.shape import ShapeError, fitted
from workbench.exchange.feature.yaml_reader import Path, lines_of, parse
from workbench.models.templates import refuse_unaskable

# Below this, a file is read in the app's own process: nothing in it can take longer than a few
# milliseconds, whatever it is made of, and starting a child takes hundreds.
INLINE_CHARACTERS = 8_000
_MEMORY_BYTES = 1_536 * 1024 * 1024
# What an honest file takes on a slow machine, several times over.
_SECONDS, _SECONDS_PER_MB = 8.0, 4.0
# Looking up the line of a mistake reads the text again, which takes too long for huge files.
_MOST_TO_REREAD = 2_000_000


@dataclass(frozen=True)
class FeatureFile:
    """A checked feature file: `data` fits the published schema and all its references hold.

    `files` are what its attachments hold, by their SHA-256, as far as they came with it.
    """

    data: Mapping[str, Any]
    source_name: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def attachments(self) -> dict[str, Attachment]:
        """Every file that a case of it holds, by its SHA-256."""
        return {
            one.sha256: one
            for dataset in self.entries("datasets")
            for case in dataset["cases"]
            for one in attachments.of(case.get("attachments", []))
        }

    def feature(self, name: str | None = None) -> Feature:
        """What is being specified, perhaps under another name. Raises InputError."""
        fields, pack = self.data["feature"], self.pack
        texts = {field: fields.get(field, "") for field, _, _ in FIELDS}
        own = fields["name"] if pack is None else pack.name
        with at("feature", "name"):
            Feature(fields["name"]).checked()
            return Feature(name if name is not None else own, **texts).checked()

    @property
    def pack(self) -> Pack | None:
        """The capability pack that the file is, if it is one."""
        said = self.data.get("pack")
        return None if said is None else feature_entries.pack(said, self.data["feature"]["name"])

    def entries(self, name: str) -> Sequence[FeatureEntry]:
        """The list of this name; empty where the file has none."""
        entries: Sequence[FeatureEntry] = self.data.get(name, ())
        return entries


def load(text: str, source_name: str = "") -> FeatureFile:
    """A feature file, read and checked, in a child process where it is not short. Touches no store
    and no network.

    Raises InputError that names the file, the line, the place in it and what to do; of several
    mistakes, each. Also for one that takes too much time or memory.
    """
    if len(text) <= INLINE_CHARACTERS:
        return read(text, source_name)
    where = source_name or "The feature file"
    yaml_reader.refuse_large(text, where)
    data = text.encode("utf-8", "surrogatepass")
    limits = Limits(_MEMORY_BYTES, *_seconds(len(data)))
    order = {"source_name": source_name}
    way_out = "Split it, or leave out what it does not need."
    said = json.loads(
        child.read(
            "workbench.exchange.feature.child",
            order,
            data,
            limits,
            broken="reading it takes too much memory or time.",
            way_out=(way_out, way_out),
            where=where,
        )
    )
    if "error" in said:
        raise InputError(said["error"], said["hint"])
    return FeatureFile(said["data"], source_name)


def _seconds(size: int) -> tuple[int, float]:
    """The CPU and the time by the clock that a file of so many bytes may take."""
    seconds = _SECONDS + _SECONDS_PER_MB * size / 1_000_000
    return int(2 * seconds), seconds


def read(text: str, source_name: str = "") -> FeatureFile:
    """A feature file, read and checked in this process: what `load` says of it."""
    refuse_other_text(text, source_name or "The file")
    data = parse(text, source_name)
    try:
        file = FeatureFile(fitted(data), source_name)
        _check(file)
    except ShapeErrors as errors:
        raise _several(errors, text, source_name) from errors
    except ShapeError as error:
        (line,) = _lines(text, [error])
        places = [source_name, f"line {line}" if line else ""]
        where = ", ".join(place for place in places if place)
        message = f"{where}: {error.message}" if where else error.message
        raise InputError(message, error.hint or "Correct it in the file.") from error
    return file


def _several(errors: ShapeErrors, text: str, source_name: str) -> InputError:
    said = [
        f"{f'Line {line}: ' if line else ''}{error.message} {error.hint}".strip()
        for line, error in zip(_lines(text, errors.each), errors.each, strict=True)
    ]
    n = len(said)
    counted = f"at least {n}" if n == MOST_LISTED else f"{n}"
    return InputError(
        f"{source_name or 'The file'}: {counted} things are wrong.\n" + "\n".join(said),
        "Correct them and import it again: nothing was kept.",
    )


def _lines(text: str, errors: Sequence[ShapeError]) -> list[int | None]:
    if len(text) > _MOST_TO_REREAD:
        return [None] * len(errors)
    return lines_of(text, [error.place for error in errors])


class _Mistakes:
    """What was found so far: a part that is wrong keeps no other from being looked at."""

    def __init__(self) -> None:
        self.found: list[ShapeError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Remember what is refused within, and go on."""
        try:
            yield
        except ShapeError as error:
            self.found.append(error)

    def add(self, path: Path, message: str, hint: str = "Correct it in the file.") -> None:
        """One more."""
        self.found.append(ShapeError(path, message, hint))


def _check(file: FeatureFile) -> None:
    """Raise ShapeError for what the schema cannot say: doubles, and names of nothing."""
    given, mistakes = Given("", datetime.now(UTC)), _Mistakes()
    with mistakes.noted():
        file.feature()
    criteria = _check_requirements(file, given, mistakes)
    datasets = _check_datasets(file, given, mistakes)
    prompts = _check_prompts(file, given, mistakes)
    labels = _check_variants(file, prompts, mistakes)
    if "pack" in file.data:
        _check_pack(file, mistakes)
    if "candidate" in file.data and file.data["candidate"] not in labels:
        mistakes.add(("candidate",), _unknown("variant", file.data["candidate"], labels))
    with mistakes.noted():
        _refuse_doubles(file.entries("experiments"), "experiments", "key")
    for i, experiment in enumerate(file.entries("experiments")):
        path: Path = ("experiments", i)
        with mistakes.noted():
            feature_entries.created_at(experiment, given, path)
        name, number = tidy(experiment["dataset"]), experiment.get("dataset_version")
        if name not in datasets:
            mistakes.add((*path, "dataset"), _unknown("dataset", name, datasets))
        elif number is not None and number > datasets[name]:
            mistakes.add((*path, "dataset_version"), f"“{name}” has {datasets[name]} versions.")
        for j, label in enumerate(experiment["variants"]):
            if label not in labels:
                mistakes.add((*path, "variants", j), _unknown("variant", label, labels))
            elif (prompt := labels[label]) is not None:
                with mistakes.noted(), at(*path, "variants", j):
                    refuse_unaskable(prompt.text)
        for j, reference in enumerate(experiment["criteria"]):
            key, _, version = reference.partition("@")
            if key not in criteria or (version and int(version) not in criteria[key]):
                said = _unknown("criterion", reference, criteria)
                mistakes.add((*path, "criteria", j), said)
    _check_failure_modes(file, given, criteria, mistakes)
    raise_all(mistakes.found)


def _check_failure_modes(
    file: FeatureFile, given: Given, criteria: Iterable[str], mistakes: _Mistakes
) -> None:
    modes = file.entries("failure_modes")
    for name in ("key", "name"):
        with mistakes.noted():
            _refuse_doubles(modes, "failure_modes", name)
    for i, entry in enumerate(modes):
        path: Path = ("failure_modes", i)
        with mistakes.noted():
            shown_by = failure_modes.read(entry, given, path).criterion
            if shown_by and shown_by not in criteria:
                said = _unknown("criterion", shown_by, criteria)
                mistakes.add((*path, "fallback", "criterion"), said)


def _check_requirements(
    file: FeatureFile, given: Given, mistakes: _Mistakes
) -> dict[str, set[int]]:
    """Returns the criteria's versions by key."""
    requirements = file.entries("requirements")
    criteria: dict[str, set[int]] = {}
    with mistakes.noted():
        _refuse_doubles(requirements, "requirements", "key")
    for i, requirement in enumerate(requirements):
        with mistakes.noted():
            feature_entries.revisions(requirement, given, ("requirements", i))
        for j, criterion in enumerate(requirement.get("criteria", ())):
            place: Path = ("requirements", i, "criteria", j)
            key = criterion["key"]
            if key in criteria:
                mistakes.add((*place, "key"), f"{key} is there twice.", "Renumber.")
            numbers = criteria.setdefault(key, set())
            with mistakes.noted():
                versions = feature_entries.criterion_versions(criterion, given, place)
                numbers.update(version.number for version in versions)
    return criteria


def _check_datasets(file: FeatureFile, given: Given, mistakes: _Mistakes) -> dict[str, int]:
    datasets = file.entries("datasets")
    with mistakes.noted():
        _refuse_doubles(datasets, "datasets", "name")
    for i, dataset in enumerate(datasets):
        with mistakes.noted():
            data_terms.read(dataset, ("datasets", i))
            feature_entries.dataset_versions(dataset, given, ("datasets", i))
    return {tidy(each["name"]): len(each.get("versions") or (1,)) for each in datasets}


def _check_prompts(
    file: FeatureFile, given: Given, mistakes: _Mistakes
) -> dict[str, dict[int, PromptEntry]]:
    prompts = file.entries("prompts")
    found: dict[str, dict[int, PromptEntry]] = {}
    with mistakes.noted():
        _refuse_doubles(prompts, "prompts", "name")
    for i, prompt in enumerate(prompts):
        versions = found.setdefault(tidy(prompt["name"]), {})
        with mistakes.noted():
            entries = feature_entries.prompt_versions(prompt, given, ("prompts", i))
            versions.update({version.number: version for version in entries})
    return found


def _check_variants(
    file: FeatureFile, prompts: Mapping[str, Mapping[int, PromptEntry]], mistakes: _Mistakes
) -> dict[str, PromptEntry | None]:
    """Returns the prompt's version that each variant asks with, by its label."""
    variants = file.entries("variants")
    with mistakes.noted():
        _refuse_doubles(variants, "variants", "label")
    asked: dict[str, PromptEntry | None] = {}
    for i, variant in enumerate(variants):
        name, number = tidy(variant["prompt"]), variant.get("version")
        if name not in prompts:
            mistakes.add(("variants", i, "prompt"), _unknown("prompt", name, prompts))
        elif number is not None and number not in prompts[name]:
            mistakes.add(("variants", i, "version"), f"“{name}” has no version {number}.")
        versions = prompts.get(name, {})
        asked[variant["label"]] = versions.get(number or max(versions, default=0))
    return asked


def _check_pack(file: FeatureFile, mistakes: _Mistakes) -> None:
    """What makes a feature file one that can be tried on any model, without a person."""
    for name in ("datasets", "prompts"):
        n = len(file.entries(name))
        if n != 1:
            said = f"a capability pack has one of its {name}, and here are {n}."
            mistakes.add((name,) if n else ("pack",), said, "Keep one, or leave “pack” out.")
    for name in ("variants", "experiments", "candidate"):
        if file.data.get(name):
            mistakes.add((name,), "a capability pack names no model.", "Leave it out.")
    n = 0
    for i, requirement in enumerate(file.entries("requirements")):
        for j, criterion in enumerate(requirement.get("criteria", ())):
            n += 1
            if ScorerKind(criterion["scorer"]["kind"]).by is not By.CODE:
                place: Path = ("requirements", i, "criteria", j, "scorer", "kind")
                mistakes.add(place, "in a capability pack code scores.", "Choose a check.")
    if not n:
        mistakes.add(("pack",), "a capability pack needs at least one criterion.", "Add one.")


def tidy(name: str) -> str:
    """A name as the store keeps it: no spaces around it, and one between words."""
    return " ".join(name.split())


def _refuse_doubles(entries: Sequence[FeatureEntry], where: str, field: str) -> None:
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
