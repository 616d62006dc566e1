"""Asking in the playground: from a wish to a prompt version, variants, a plan and its run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from workbench.actions import experiments
from workbench.actions.deeds import doing
from workbench.domain import values
from workbench.domain.calls import Parameters
from workbench.domain.datasets import Case, CaseDraft, DatasetVersion, next_key
from workbench.domain.experiments import Experiment, Limits, Plan, Purpose
from workbench.domain.history import Deed
from workbench.domain.kinds.entry import By
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText, PromptVersion, Variant
from workbench.errors import InputError
from workbench.models.templates import refuse_unaskable
from workbench.runs.jobs import Jobs
from workbench.runs.refusals import refuse_hopeless, refuse_unpriced
from workbench.store.keys import new_id
from workbench.store.store import Store

TYPED = "Playground inputs"
"""The dataset in which typed inputs are kept."""
TYPED_SOURCE = "typed in the playground"
MOST_VARIANTS = 4
MOST_CASES = 12


@dataclass(frozen=True)
class Wish:
    """What somebody wants to ask. `typed` replaces `case_ids` where an input was typed.

    `models` are (connection, model) pairs; `other_versions` are asked in the same way as the
    edited text, `other_variants` in their own.
    """

    feature_id: UUID
    name: str
    text: PromptText
    models: tuple[tuple[str, str], ...]
    parameters: Parameters
    trials: int
    dataset: DatasetVersion | None = None
    case_ids: tuple[UUID, ...] = ()
    typed: CaseDraft | None = None
    other_versions: tuple[UUID, ...] = ()
    other_variants: tuple[UUID, ...] = ()


def same_wording(
    versions: Sequence[PromptVersion], name: str, text: PromptText
) -> PromptVersion | None:
    """The saved version with this wording: of the prompt of this name first, then of any."""
    wanted = text.fingerprint()
    same = [version for version in versions if version.text.fingerprint() == wanted]
    return next((v for v in same if v.name == name), same[0] if same else None)


def lineup(store: Store, wish: Wish) -> tuple[Variant, ...]:
    """The variants that a wish comes to, without keeping any: those that exist as they are."""
    versions = store.prompts.versions(wish.feature_id)
    known = store.variants.of(wish.feature_id)
    edited = same_wording(versions, wish.name, wish.text) or PromptVersion(
        new_id(), new_id(), wish.name, 0, wish.text, "", "", datetime.now(UTC)
    )
    asked = [edited, *(v for v in versions if v.id in wish.other_versions and v.id != edited.id)]
    found = [
        store.variants.same(wish.feature_id, version, connection, model, wish.parameters)
        or Variant(new_id(), wish.feature_id, "new", version, connection, model, wish.parameters)
        for version in asked
        for connection, model in wish.models
    ]
    taken = {variant.id for variant in found}
    others = [v for v in known if v.id in wish.other_variants and v.id not in taken]
    return (*found, *others)


def ask(store: Store, jobs: Jobs, who: Person, wish: Wish) -> Experiment:
    """Keep the wording, the typed input and the variants, and start asking in the background.

    What was saved before is used as it is. Raises InputError naming what is missing, with nothing
    kept.
    """
    refuse_unaskable(wish.text)
    planned = lineup(store, wish)
    if len(planned) > MOST_VARIANTS:
        raise InputError(
            f"{len(planned)} variants are too many to read side by side.",
            f"Choose up to {MOST_VARIANTS}.",
        )
    with doing(store, who, Deed.PROMPT_KEEP, wish.feature_id) as line:
        dataset, cases = _cases(store, wish, who.name)
        versions = store.prompts.versions(wish.feature_id)
        edited = same_wording(versions, wish.name, wish.text)
        if edited is None:
            why = "Tried in the playground"
            edited = store.prompts.save(wish.feature_id, wish.name, wish.text, who.name, why)
            line.say(edited.name, f"{edited.label} kept", why)
        variants = _kept(store, versions, planned, edited)
        experiment = store.experiments.add(
            wish.feature_id, _plan(store, wish, variants, dataset, cases), who.name
        )
        if store.runs.latest(experiment.id) is None:
            refuse_hopeless(store, experiment)
            refuse_unpriced(store, experiment, Limits())
    experiments.start(store, jobs, who, experiment)
    return experiment


def _kept(
    store: Store, versions: Sequence[PromptVersion], planned: Sequence[Variant], new: PromptVersion
) -> list[Variant]:
    by_id = {version.id: version for version in versions}
    return [
        store.variants.save(
            by_id.get(variant.prompt.id, new),
            variant.connection,
            variant.model,
            variant.parameters,
        )
        for variant in planned
    ]


def _plan(
    store: Store,
    wish: Wish,
    variants: Sequence[Variant],
    dataset: DatasetVersion,
    cases: Sequence[Case],
) -> Plan:
    return Plan(
        question=_question(variants, cases),
        dataset_version_id=dataset.id,
        variant_ids=tuple(variant.id for variant in variants),
        criterion_ids=_checks(store, wish.feature_id),
        trials=wish.trials,
        held_out=False,
        case_ids=tuple(case.id for case in cases),
        purpose=Purpose.PLAYGROUND,
    )


def _keep_typed(
    store: Store, feature_id: UUID, draft: CaseDraft, author: str
) -> tuple[DatasetVersion, Case]:
    """Keep a typed input as a case of its own dataset; the same input is the same case."""
    if not (draft.messages or draft.attachments) and all(
        map(values.is_blank, draft.variables.values())
    ):
        raise InputError("The input is empty.", "Type a value for at least one variable.")
    version = next((v for v in store.datasets.of(feature_id) if v.name == TYPED), None)
    cases = [] if version is None else store.datasets.cases(version.id)
    for case in cases:
        if case.draft().input_fingerprint() == draft.input_fingerprint() and not case.held_out:
            assert version is not None
            return version, case
    key = next_key([case.key for case in cases], "input")
    added = replace(draft, key=key, source=TYPED_SOURCE)
    if version is None:
        version = store.datasets.add(feature_id, TYPED, [added], author, "Typed in the playground")
    else:
        drafts = [*(case.draft() for case in cases), added]
        version = store.datasets.save(
            version.dataset_id, drafts, version.number, author, f"Typed in the playground: {key}"
        )
    return version, next(c for c in store.datasets.cases(version.id) if c.key == key)


def _cases(store: Store, wish: Wish, author: str) -> tuple[DatasetVersion, list[Case]]:
    if wish.typed is not None:
        version, case = _keep_typed(store, wish.feature_id, wish.typed, author)
        return version, [case]
    wanted = set(wish.case_ids)
    cases = (
        []
        if wish.dataset is None
        else [c for c in store.datasets.cases(wish.dataset.id) if c.id in wanted and not c.held_out]
    )
    if wish.dataset is None or not cases:
        raise InputError("No case is chosen.", "Choose at least one, or type an input.")
    if len(cases) > MOST_CASES:
        raise InputError(f"{len(cases)} cases are too many here.", "Set up an experiment instead.")
    return wish.dataset, cases


def _checks(store: Store, feature_id: UUID) -> tuple[UUID, ...]:
    return tuple(c.id for c in store.criteria.of(feature_id) if c.draft.scorer.kind.by is By.CODE)


def _question(variants: Sequence[Variant], cases: Sequence[Case]) -> str:
    labels = ", ".join(variant.label for variant in variants)
    verb, noun = ("does", "variant") if len(variants) == 1 else ("do", "variants")
    return f"What {verb} {noun} {labels} answer to {', '.join(case.key for case in cases)}?"
