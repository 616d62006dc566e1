"""From check to requirement: what a pack showed becomes a drafted requirement of a feature."""

from dataclasses import replace
from math import ceil, floor
from typing import NamedTuple
from uuid import UUID

from workbench import say
from workbench.actions import criteria, datasets, requirements
from workbench.domain.criteria import Criterion, CriterionDraft, Lane
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence, Requirement, RequirementDraft
from workbench.errors import InputError
from workbench.evidence.capabilities import Capability
from workbench.evidence.words import figures
from workbench.store.store import Store


class Bar(NamedTuple):
    """The level that was shown, as a bar, and the level hoped for, as a target: shares."""

    bar: float
    target: float


class Adopted(NamedTuple):
    """The requirement with the criterion that was drafted; `is_new` is False where both were
    there already."""

    requirement: Requirement
    criterion: Criterion
    is_new: bool


def carries_a_bar(found: Capability) -> bool:
    """Whether a result shows any level that a bar could be."""
    try:
        bar_of(found)
    except InputError:
        return False
    return True


def bar_of(found: Capability) -> Bar:
    """What a result can carry: the bound on the bad side, rounded so that it claims no more, to
    whole percent; and the estimate. Raises InputError where nothing was shown."""
    estimate, draft = found.row.estimate, found.row.criterion.draft
    if estimate.value is None:
        raise InputError("Nothing was scored yet.", "Try the pack first.")
    if draft.measure.is_upper_bar:
        bar = ceil(round(100 * estimate.high, 6)) / 100
        is_shown = bar < 1
    else:
        bar = floor(round(100 * estimate.low, 6)) / 100
        is_shown = bar > 0
    if not is_shown:
        raise InputError(
            f"{found.model} showed nothing here that a bar could rest on: "
            f"{figures.figure(found.row)}.",
            "Try it on more cases, or another model.",
        )
    return Bar(bar, round(estimate.value, 4))


def adopt(store: Store, who: Person, feature_id: UUID, found: Capability) -> Adopted:
    """Draft a requirement in a feature from what a pack showed of a model: all of it, or nothing.

    Its bar is the level shown, its target the level hoped for, its cases become a dataset there,
    and the run is its evidence. The same again changes nothing. Raises InputError where nothing
    was shown, and where the feature is a pack itself.
    """
    if store.packs.of(feature_id) is not None:
        raise InputError("A capability pack gets no requirements.", "Choose a feature.")
    level = bar_of(found)
    with store.transaction():
        _cases(store, who, feature_id, found)
        requirement = _requirement(store, who, feature_id, found)
        wanted = _criterion(found, level)
        for known in store.criteria.of(feature_id):
            if known.requirement_id == requirement.id and _is_same(known.draft, wanted):
                return Adopted(requirement, known, False)
        why = f"The level that {found.model} showed on {found.pack.label}; the target is its rate"
        return Adopted(requirement, criteria.add(store, who, requirement.id, wanted, why), True)


def _criterion(found: Capability, level: Bar) -> CriterionDraft:
    # Its bar was read off answers: it is discovered, and fresh cases have to confirm it.
    return replace(
        found.row.criterion.draft,
        bar=level.bar,
        target=level.target,
        lane=Lane.DISCOVERED,
        origin=f"{found.pack.label} {found.row.criterion.key}",
    )


def _is_same(known: CriterionDraft, wanted: CriterionDraft) -> bool:
    return known.scorer.fingerprint() == wanted.scorer.fingerprint() and (
        known.measure,
        known.slices,
    ) == (wanted.measure, wanted.slices)


def _requirement(store: Store, who: Person, feature_id: UUID, found: Capability) -> Requirement:
    """The requirement of a pack, in the feature: the one that is there, or a new one."""
    said = found.row.requirement.draft
    for known in store.requirements.of(feature_id):
        if known.draft.statement == said.statement:
            return known
    rationale = (
        f"Capability pack {found.pack.label}. The bar is what {found.model} showed there, so cases "
        "that it has not seen have to confirm it."
    )
    draft = RequirementDraft(said.statement, rationale, said.kind)
    return requirements.add(store, who, feature_id, draft, [_evidence(found)])


def _evidence(found: Capability) -> Evidence:
    when = "" if found.newest is None else f", {say.day(found.newest)}"
    criterion = found.row.criterion
    return Evidence(
        f"{found.model} on {found.pack.label}, {criterion.key} {criterion.draft.title}: "
        f"{figures.figure(found.row)}{when}",
        experiment=f"{found.pack.label} {found.experiment.key}",
        criterion=criterion.key,
        variant=found.variant.describe(),
    )


def _cases(store: Store, who: Person, feature_id: UUID, found: Capability) -> None:
    """The cases of the pack as a dataset of the feature, unless it has that already."""
    name = found.pack.name
    if any(version.name == name for version in store.datasets.of(feature_id)):
        return
    source = f"capability pack {found.pack.label}"
    drafts = [case.draft() for case in store.datasets.cases(found.experiment.dataset_version_id)]
    taken = [
        replace(draft, source=f"{source}: {draft.source}" if draft.source else source)
        for draft in drafts
    ]
    datasets.create(store, who, feature_id, name, taken)
