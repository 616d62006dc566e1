"""Write a feature as plain data in the feature file's order, and as text that diffs well."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from workbench.domain.criteria import Criterion, Lane
from workbench.domain.data_terms import DataTerms
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.features import FIELDS
from workbench.domain.fingerprint import canonical
from workbench.domain.packs import Pack
from workbench.domain.prompts import PromptVersion, Variant
from workbench.domain.requirements import Requirement, Revision
from workbench.exchange.feature import failure_modes, plain, yaml_writer
from workbench.exchange.feature import terms as data_terms
from workbench.exchange.feature.plain import evidence as _evidence
from workbench.exchange.feature.plain import kept as _kept
from workbench.exchange.feature.plain import who as _who
from workbench.exchange.feature.schema import VERSION
from workbench.runs.pointing import original_question
from workbench.store.datasets import Span
from workbench.store.store import Store

Entry = dict[str, Any]


def export(store: Store, feature_id: UUID) -> str:
    """A feature as one YAML document, always the same text for the same content.

    Requirements and criteria that were put away are left out, and so are experiments that asked
    about nothing else; results are not part of the file, nor what a capability pack was tried on.
    What is empty or the default of every feature is left out. Connections are named only: their
    addresses and keys are never in it. Raises NotFound.
    """
    return yaml_writer.document(snapshot(store, feature_id))


def snapshot(store: Store, feature_id: UUID) -> Entry:
    """The same as plain data that fits the published schema. Raises NotFound."""
    feature = store.features.get(feature_id)
    pack = store.packs.of(feature_id)
    criteria = store.criteria.of(feature_id)
    keys = {criterion.id: criterion.key for criterion in criteria}
    datasets = _datasets(store, feature_id)
    prompts = store.prompts.versions(feature_id)
    if pack is not None:
        own = store.packs.own(feature_id)
        datasets = {own.dataset_id: datasets[own.dataset_id]}
        prompts = [v for v in prompts if v.prompt_id == own.prompt_id]
    revisions = store.requirements.revisions_of(feature_id)
    versions = store.criteria.versions_of(feature_id)
    tried = {} if pack else _tried(store, feature_id, criteria, datasets)
    return {
        "workbench": VERSION,
        **({} if pack is None else {"pack": _pack(pack)}),
        "feature": {
            "name": feature.name if pack is None else pack.title,
            **_kept({field: getattr(feature, field) for field, _, _ in FIELDS}),
        },
        **_kept(
            {
                "candidate": tried.pop("candidate", None),
                "requirements": [
                    _requirement(
                        requirement,
                        revisions[requirement.id],
                        [versions[c.id] for c in criteria if c.requirement_id == requirement.id],
                    )
                    for requirement in store.requirements.of(feature_id)
                ],
                "datasets": list(datasets.values()),
                "prompts": _prompts(prompts),
                **tried,
                "failure_modes": failure_modes.written(store, feature_id, keys),
            }
        ),
    }


def _tried(
    store: Store,
    feature_id: UUID,
    criteria: Iterable[Criterion],
    datasets: Mapping[UUID, Entry],
) -> Entry:
    """On which models and in which experiments a feature was tried."""
    # Lists are ordered by what people see, not by the store's ids: those made within one
    # millisecond, as an import makes them, have no reliable order.
    every = sorted(store.variants.of(feature_id), key=lambda v: (len(v.label), v.label))
    variants, labels = _told_apart(every)
    candidate = store.features.candidate(feature_id)
    keys = {c.id: c.key for c in criteria}
    return {
        "candidate": None if candidate is None else labels.get(candidate),
        "variants": [_variant(variant) for variant in variants],
        "experiments": _experiments(store, feature_id, keys, datasets, labels),
    }


def _pack(pack: Pack) -> Entry:
    return {
        "key": pack.key,
        "version": pack.version,
        "licence": pack.licence,
        **_kept({"attribution": pack.attribution}),
        **({} if pack.trials == 1 else {"trials": pack.trials}),
        **_kept({"parameters": pack.parameters.compact()}),
    }


def _requirement(
    requirement: Requirement,
    revisions: Sequence[Revision],
    criteria: Iterable[Sequence[Criterion]],
) -> Entry:
    *earlier, newest = revisions
    return {
        "key": requirement.key,
        **_draft(newest),
        "revision": newest.number,
        **_cause(newest),
        **_kept(
            {
                "history": [{"number": r.number, **_draft(r), **_cause(r)} for r in earlier],
                "criteria": [_criterion(versions) for versions in criteria],
            }
        ),
    }


def _draft(revision: Revision) -> Entry:
    draft = revision.draft
    return {
        "statement": draft.statement,
        **_kept({"rationale": draft.rationale}),
        "kind": draft.kind.value,
        "impact": draft.impact.value,
        "effort": draft.effort.value,
        "horizon": draft.horizon.value,
    }


def _cause(revision: Revision) -> Entry:
    return {
        **_who(revision),
        **_kept({"why": revision.why, "expects": revision.expects}),
        **_kept({"evidence": [_evidence(piece) for piece in revision.evidence]}),
    }


def _criterion(versions: Sequence[Criterion]) -> Entry:
    *earlier, newest = versions
    return {
        "key": newest.key,
        **_version(newest, "version"),
        **_kept({"history": [_version(version, "number") for version in earlier]}),
    }


def _version(criterion: Criterion, counter: str) -> Entry:
    draft = criterion.draft
    head = {"number": criterion.number} if counter == "number" else {}
    return {
        **head,
        "title": draft.title,
        "scorer": {
            "kind": draft.scorer.kind.value,
            **_kept({"settings": dict(draft.scorer.settings)}),
        },
        "measure": draft.measure.value,
        "bar": draft.bar,
        **({} if draft.target is None else {"target": draft.target}),
        "confidence": draft.confidence,
        **_kept({"slices": list(draft.slices)}),
        **({} if draft.lane is Lane.COMMITTED else {"lane": draft.lane.value}),
        **_kept({"origin": draft.origin}),
        counter: criterion.number,
        **_who(criterion),
        **_kept({"why": criterion.why, "expects": criterion.expects}),
    }


def _datasets(store: Store, feature_id: UUID) -> dict[UUID, Entry]:
    """The datasets by id. Experiments name theirs, so a name that comes twice gets a number."""
    newest = store.datasets.of(feature_id)
    terms = store.data_terms.of(feature_id)
    first = {v.dataset_id: store.datasets.versions(v.dataset_id) for v in newest}
    found: dict[UUID, Entry] = {}
    taken: set[str] = set()
    for version in sorted(newest, key=lambda v: (" ".join(v.name.split()), str(v.dataset_id))):
        plain = name = " ".join(version.name.split())
        number = 2
        while name in taken:
            name, number = f"{plain} ({number})", number + 1
        taken.add(name)
        found[version.dataset_id] = {
            "name": name,
            **_kept({"terms": data_terms.written(terms.get(version.dataset_id, DataTerms()))}),
            "versions": [
                {"number": v.number, **_kept({"note": v.note}), **_who(v)}
                for v in first[version.dataset_id]
            ],
            "cases": [_case(span) for span in store.datasets.spans(version.dataset_id)],
        }
    return found


def _case(span: Span) -> Entry:
    return {
        **plain.case(span.case.draft()),
        **({} if span.since == 1 else {"since": span.since}),
        **({} if span.until is None else {"until": span.until}),
    }


def _prompts(versions: Sequence[PromptVersion]) -> list[Entry]:
    found: dict[str, list[Entry]] = {}
    for version in sorted(versions, key=lambda v: (v.name, v.number)):
        found.setdefault(version.name, []).append(
            {
                "number": version.number,
                **_kept({"note": version.note, "expects": version.expects}),
                **_who(version),
                **plain.prompt_text(version.text),
            }
        )
    return [{"name": name, "versions": entries} for name, entries in found.items()]


def _told_apart(variants: Iterable[Variant]) -> tuple[list[Variant], dict[UUID, str]]:
    """The variants that a file can tell apart, and every variant's label in it.

    A file names connections and says no address. What differs only in where its connection was
    when it was answered is one there: whoever imports it asks where theirs is.
    """
    kept: dict[str, Variant] = {}
    labels: dict[UUID, str] = {}
    for variant in variants:
        alike = canonical(_variant(variant) | {"label": ""})
        labels[variant.id] = kept.setdefault(alike, variant).label
    return list(kept.values()), labels


def _variant(variant: Variant) -> Entry:
    return {
        "label": variant.label,
        "prompt": variant.prompt.name,
        "version": variant.prompt.number,
        "connection": variant.connection,
        "model": variant.model,
        **_kept({"parameters": variant.parameters.compact()}),
    }


def _experiments(
    store: Store,
    feature_id: UUID,
    keys: Mapping[UUID, str],
    datasets: Mapping[UUID, Entry],
    known: Mapping[UUID, str],
) -> list[Entry]:
    found: list[Entry] = []
    asked: set[object] = set()
    experiments = sorted(store.experiments.of(feature_id), key=_place)
    asked_about = {experiment.dataset_version_id for experiment in experiments}
    names = {v: datasets[store.datasets.version(v).dataset_id]["name"] for v in asked_about}
    for experiment in experiments:
        criteria = [f"{keys[c]}@{n}" for c, n in experiment.criteria if c in keys]
        case_ids = tuple(store.experiments.case_ids(experiment.id))
        labels = tuple(dict.fromkeys(known[variant.id] for variant in experiment.variants))
        # Two experiments may differ by criteria only that were put away, or by where a connection
        # was: then they are one.
        plan = (
            *(original_question(experiment), case_ids, labels, tuple(criteria)),
            *(experiment.trials, experiment.stop_rule),
        )
        if not criteria or plan in asked:
            continue
        asked.add(plan)
        found.append(
            {
                "key": experiment.key,
                "question": experiment.question,
                "dataset": names[experiment.dataset_version_id],
                "dataset_version": experiment.dataset_number,
                **_kept({"slices": list(experiment.slices)}),
                **({} if experiment.held_out is None else {"held_out": experiment.held_out}),
                **_kept({"cases": _chosen_cases(store, experiment, case_ids)}),
                "variants": list(labels),
                "criteria": criteria,
                "trials": experiment.trials,
                **({"stop_rule": experiment.stop_rule.value} if experiment.is_sequential else {}),
                **_who(experiment),
            }
        )
    return found


def _chosen_cases(store: Store, experiment: Experiment, ids: Sequence[UUID]) -> list[str]:
    """The keys of the cases, where they were chosen one by one; empty where the slices say it."""
    plan = Plan(
        experiment.question,
        experiment.dataset_version_id,
        (),
        (),
        slices=experiment.slices,
        held_out=experiment.held_out,
    )
    if store.experiments.count_cases(plan) == len(ids):
        return []
    chosen = set(ids)
    cases = store.datasets.cases(experiment.dataset_version_id)
    return [case.key for case in cases if case.id in chosen]


def _place(experiment: Experiment) -> tuple[int, str]:
    return len(experiment.key), experiment.key
