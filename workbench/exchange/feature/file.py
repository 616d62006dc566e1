"""Features in and out of the store as one YAML file: export, load, import, find again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from workbench.domain import clock, sending
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Plan, StopRule
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptVersion
from workbench.errors import InputError
from workbench.exchange.feature import bundle, entries, failure_modes, found
from workbench.exchange.feature import terms as data_terms
from workbench.exchange.feature.entries import FeatureEntry, Given, at
from workbench.exchange.feature.reader import FeatureFile, load, tidy
from workbench.exchange.feature.shape import shown
from workbench.exchange.feature.writer import export, snapshot
from workbench.exchange.feature.yaml_reader import Path
from workbench.store.store import Store

__all__ = ["FeatureFile", "export", "import_feature", "import_or_find", "load"]

# Lists that work with a feature makes longer without changing what its file said, and how their
# entries are told apart: runs with another model and the playground add to them.
_GROWING = {
    "prompts": "name",
    "variants": "label",
    "experiments": "key",
    "failure_modes": "key",
}


def import_feature(
    store: Store, text: str, author: str, *, name: str | None = None, source_name: str = ""
) -> Feature:
    """Keep what a feature file says as a new feature: all of it, or nothing.

    `author` and the present moment stand in where the file does not say who and when; `name`
    replaces the feature's name. A connection that is not there yet is fine. Raises InputError
    when the file is wrong or the name is taken.
    """
    return keep(store, load(text, source_name), author, name)


def keep(store: Store, file: FeatureFile, author: str, name: str | None = None) -> Feature:
    """Keep a feature file that was read already (`import_feature`)."""
    with store.transaction():
        kept = _write(store, file, Given(author, clock.now()), name)
        assert kept.id is not None
        found.note(store, kept.id, found.digest(file.data, name, snapshot(store, kept.id)))
    return kept


def import_or_find(
    store: Store, text: str, author: str, *, name: str | None = None, source_name: str = ""
) -> tuple[Feature, bool]:
    """The feature of a file, and whether it is new: importing a file twice gives the same one.

    Raises InputError when a feature of that name says something else than the file.
    """
    return keep_or_find(store, load(text, source_name), author, name)


def keep_or_find(
    store: Store, file: FeatureFile, author: str, name: str | None = None
) -> tuple[Feature, bool]:
    """The same of a feature file that was read already (`import_or_find`)."""
    existing = store.features.named(file.feature(name).name)
    if existing is None or existing.id is None:
        return keep(store, file, author, name), True
    here = snapshot(store, existing.id)
    digest = found.digest(file.data, name, here)
    if found.is_noted(store, existing.id, digest):
        return existing, False
    # Both sides are compared in the canonical form, so the file goes through a scratch store.
    # Where the file names no author or time, the scratch has these two marks, which nobody
    # writes by chance; they stand for whatever the first import put there.
    marks = Given(f"not given {uuid4()}", datetime(1, 1, 1, 0, 0, 0, uuid4().int % 10**6, UTC))
    scratch = store.scratch()
    try:
        copy = _write(scratch, file, marks, name, with_files=False)
        assert copy.id is not None
        wanted = snapshot(scratch, copy.id)
    finally:
        scratch.close()
    marked = (marks.author, marks.at.replace(tzinfo=None).isoformat() + "Z")
    difference = _difference(wanted, here, marked, ())
    if difference is not None:
        raise InputError(
            f"There is a feature named “{existing.name}” already, and it is not what the file "
            f"says: {shown(difference)} differs.",
            "Import the file under another name with --as NAME.",
        )
    found.note(store, existing.id, digest)
    return existing, False


def _write(
    store: Store, file: FeatureFile, given: Given, name: str | None, *, with_files: bool = True
) -> Feature:
    feature = file.feature(name)
    files = bundle.looked_at(store, file) if with_files else ()
    with store.transaction():
        for one in files:
            store.attachments.keep(one)
        if store.features.named(feature.name) is not None:
            raise InputError(
                f"There is a feature named “{feature.name}” already.",
                "Import the file under another name with --as NAME.",
            )
        kept = store.features.add(feature)
        assert kept.id is not None
        if file.pack is not None:
            store.packs.add(kept.id, file.pack)
        criteria = _write_requirements(store, kept.id, file, given)
        datasets = _write_datasets(store, kept.id, file, given)
        variants = _write_variants(store, kept.id, file, given)
        if "candidate" in file.data:
            chosen = variants[file.data["candidate"]]
            store.features.choose_candidate(kept.id, chosen, given.author, "Named in the file")
        for i, entry in enumerate(file.entries("experiments")):
            with at("experiments", i):
                _write_experiment(store, kept.id, entry, given, (criteria, datasets, variants))
        by_key = {key: criterion_id for key, (criterion_id, _) in criteria.items()}
        failure_modes.keep(store, kept.id, file.entries("failure_modes"), given, by_key)
    return kept


def _write_requirements(
    store: Store, feature_id: UUID, file: FeatureFile, given: Given
) -> dict[str, tuple[UUID, int]]:
    """Returns the criteria by key: id and newest version."""
    found: dict[str, tuple[UUID, int]] = {}
    in_order = []
    for i, entry in enumerate(file.entries("requirements")):
        path: Path = ("requirements", i)
        revisions = entries.revisions(entry, given, path)
        requirement = store.requirements.restore(feature_id, entry["key"], revisions)
        in_order.append(requirement.id)
        for j, one in enumerate(entry.get("criteria", ())):
            versions = entries.criterion_versions(one, given, (*path, "criteria", j))
            criterion = store.criteria.restore(requirement.id, one["key"], versions)
            found[one["key"]] = criterion.id, criterion.number
    if in_order != [requirement.id for requirement in store.requirements.of(feature_id)]:
        store.requirements.arrange(feature_id, in_order)
    return found


def _write_datasets(
    store: Store, feature_id: UUID, file: FeatureFile, given: Given
) -> dict[str, list[UUID]]:
    """Returns the versions of each dataset, by its name."""
    found: dict[str, list[UUID]] = {}
    for i, entry in enumerate(file.entries("datasets")):
        path: Path = ("datasets", i)
        name = tidy(entry["name"])
        dataset_id = store.datasets.new(feature_id, name)
        found[name] = []
        said = data_terms.read(entry, path)
        if not said.is_empty:
            store.data_terms.keep(dataset_id, said, given.author)
        for version in entries.dataset_versions(entry, given, path):
            number = len(found[name])
            saved = store.datasets.save(
                dataset_id,
                version.cases,
                number,
                version.author,
                version.note,
                version.created_at,
            )
            if saved.number != number + 1:
                raise InputError(
                    f"{shown((*path, 'versions', number))}: no case changes in this version.",
                    "Leave it out, or say with “since” and “until” which cases it held.",
                )
            found[name].append(saved.id)
    return found


def _write_variants(
    store: Store, feature_id: UUID, file: FeatureFile, given: Given
) -> dict[str, UUID]:
    prompts: dict[tuple[str, int | None], PromptVersion] = {}
    for i, entry in enumerate(file.entries("prompts")):
        name = tidy(entry["name"])
        for version in entries.prompt_versions(entry, given, ("prompts", i)):
            kept = store.prompts.save(
                feature_id,
                name,
                version.text,
                version.author,
                version.note,
                version.number,
                version.created_at,
                version.expects,
            )
            prompts[name, version.number] = prompts[name, None] = kept
    found: dict[str, UUID] = {}
    for i, entry in enumerate(file.entries("variants")):
        variant = store.variants.save(
            prompts[tidy(entry["prompt"]), entry.get("version")],
            entry["connection"],
            entry["model"],
            _parameters(entry.get("parameters", {}), shown(("variants", i))),
            entry["label"],
        )
        if variant.label != entry["label"]:
            raise InputError(
                f"{shown(('variants', i))}: {entry['label']} is the same as {variant.label}.",
                "Keep one of them.",
            )
        found[variant.label] = variant.id
    return found


def _parameters(given: Mapping[str, Any], place: str) -> Parameters:
    """How a variant asks. Raises InputError for headers that a file may not name."""
    parameters = Parameters.parse(given)
    try:
        headers = dict(sending.checked_headers(parameters.headers, is_shared=True))
    except InputError as error:
        raise InputError(f"{place}: {error.message}", error.hint) from None
    return replace(parameters, headers=headers)


def _write_experiment(
    store: Store,
    feature_id: UUID,
    entry: FeatureEntry,
    given: Given,
    known: tuple[dict[str, tuple[UUID, int]], dict[str, list[UUID]], dict[str, UUID]],
) -> None:
    criteria, datasets, variants = known
    frozen: list[tuple[UUID, int]] = []
    for reference in entry["criteria"]:
        key, _, number = reference.partition("@")
        criterion_id, newest = criteria[key]
        frozen.append((criterion_id, int(number) if number else newest))
    versions = datasets[tidy(entry["dataset"])]
    version_id = versions[entry.get("dataset_version", len(versions)) - 1]
    plan = Plan(
        question=entry["question"],
        dataset_version_id=version_id,
        variant_ids=tuple(variants[label] for label in entry["variants"]),
        criterion_ids=tuple(criterion_id for criterion_id, _ in frozen),
        trials=entry.get("trials", 1),
        slices=tuple(entry.get("slices", ())),
        held_out=entry.get("held_out"),
        case_ids=_case_ids(store, version_id, entry.get("cases")),
        stop_rule=StopRule(entry.get("stop_rule", StopRule.WHOLE_PLAN)),
    )
    experiment = store.experiments.add(
        feature_id,
        plan,
        entries.author_of(entry, given),
        entry["key"],
        created_at=entries.created_at(entry, given, ()),
        criteria=frozen,
    )
    if experiment.key != entry["key"]:
        raise InputError(f"it asks the same as {experiment.key}.", "Keep one of them.")


def _case_ids(
    store: Store, version_id: UUID, keys: Sequence[str] | None
) -> tuple[UUID, ...] | None:
    if keys is None:
        return None
    ids = {case.key: case.id for case in store.datasets.cases(version_id)}
    for key in keys:
        if key not in ids:
            raise InputError(
                f"the dataset has no case “{key}” in that version.", "Correct the key."
            )
    return tuple(ids[key] for key in keys)


def _difference(wanted: Any, found: Any, marks: Sequence[str], path: Path) -> Path | None:
    """Where what is found first differs from what is wanted; None where it does not."""
    if isinstance(wanted, str) and wanted in marks:
        return None
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        grows = _GROWING if not path else {"versions": "number"} if _is_prompt(path) else {}
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            # The file may leave open which variant ships; choosing one later is no difference.
            if key not in wanted and (key in grows or (key == "candidate" and not path)):
                continue
            if key == "examples" and path[:1] == ("failure_modes",):
                continue  # Notes that were sorted since are results: the file says nothing of them.
            mine, theirs = wanted.get(key), found.get(key)
            if key in grows and mine is not None and theirs is not None:
                theirs = _same_entries(mine, theirs, grows[key])
            if path == () and key == "requirements" and mine and theirs:
                # Where people put them says nothing else of the feature.
                order = [entry["key"] for entry in mine]
                theirs = sorted(theirs, key=lambda entry: _place(entry["key"], order))
            inner = _difference(mine, theirs, marks, (*path, key))
            if inner is not None:
                return inner
        return None
    if isinstance(wanted, list) and isinstance(found, list):
        for i, (mine, theirs) in enumerate(zip(wanted, found, strict=False)):
            inner = _difference(mine, theirs, marks, (*path, i))
            if inner is not None:
                return inner
        return None if len(wanted) == len(found) else path
    return None if wanted == found else path


def _is_prompt(path: Path) -> bool:
    return len(path) == 2 and path[0] == "prompts"


def _place(key: str, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _same_entries(
    wanted: Sequence[FeatureEntry], found: Sequence[FeatureEntry], field: str
) -> list[FeatureEntry]:
    """The found entries that are wanted, in the order in which they are wanted."""
    by_name = {entry[field]: entry for entry in found}
    return [by_name[entry[field]] for entry in wanted if entry[field] in by_name]
