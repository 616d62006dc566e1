"""Results for page tests, written straight into the store: no model is asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, ScorerKind
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.features import Feature
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.store.store import Store

LABELS = ("ZEBRA", "KIWI")
"""Variant labels that no other text on a page contains."""


def sample(store: Store) -> Feature:
    """The sample feature that a fresh database holds."""
    return store.features.all()[0]


def sample_id(store: Store) -> UUID:
    """The sample feature's id."""
    found = sample(store).id
    assert found is not None
    return found


def criterion(store: Store, key: str) -> Criterion:
    """A criterion of the sample feature."""
    return next(c for c in store.criteria.of(sample_id(store)) if c.key == key)


def rated(store: Store) -> Criterion:
    """The sample's criterion that asks a person."""
    kind = ScorerKind.RATING
    return next(c for c in store.criteria.of(sample_id(store)) if c.draft.scorer.kind is kind)


def answered(
    store: Store,
    keys: tuple[str, ...] = ("C10",),
    *,
    cases: int = 3,
    trials: int = 1,
    labels: tuple[str, ...] = LABELS,
    say: Callable[[str, int, int], str] = lambda label, case, number: f"text {case} {number}",
    finish_reason: str = "stop",
    waiting: int = 0,
) -> Experiment:
    """An experiment on the sample with an output for every planned call but the `waiting` last.

    `say` gives the text for a label, the position of a case and the number of a trial;
    `finish_reason` is why they all ended.
    """
    feature_id = sample_id(store)
    # Kept together: each commit on its own takes longer than what it keeps.
    with store.transaction():
        prompt = store.prompts.versions(feature_id)[-1]
        variants = [
            store.variants.save(
                prompt, f"connection {label}", f"model-{label}", Parameters(), label
            )
            for label in labels
        ]
        version = store.datasets.of(feature_id)[0]
        applying = [criterion(store, key) for key in keys]
        chosen = [
            case
            for case in store.datasets.cases(version.id)
            if all(one.applies_to(case.tags) for one in applying)
        ][:cases]
        plan = Plan(
            "Which reads better?",
            version.id,
            tuple(variant.id for variant in variants),
            tuple(one.id for one in applying),
            trials=trials,
            case_ids=tuple(case.id for case in chosen),
        )
        experiment = store.experiments.add(feature_id, plan, "Test")
        run = store.runs.start(experiment.id, "Test")
        places = {case.id: place for place, case in enumerate(chosen)}
        names = {variant.id: variant.label for variant in variants}
        now = datetime.now(UTC)
        calls = list(store.trials.missing(experiment.id))
        store.trials.add(
            [
                Trial(
                    uuid4(),
                    run.id,
                    call.variant_id,
                    call.case_id,
                    call.number,
                    "hash",
                    1,
                    now,
                    output=say(names[call.variant_id], places[call.case_id], call.number),
                    finish_reason=finish_reason,
                    model=f"model-{names[call.variant_id]}",
                    latency_ms=100.0,
                )
                for call in calls[: len(calls) - waiting]
            ]
        )
    return experiment


def score(
    store: Store,
    experiment: Experiment,
    key: str,
    judge: Callable[[Trial], Outcome],
    rater: str = "",
    reason: str = "",
) -> None:
    """A score from one scorer for every output of an experiment."""
    one = criterion(store, key)
    fingerprint = one.draft.scorer.fingerprint()
    store.scores.add(
        Score(trial.id, one.id, fingerprint, Judgement(judge(trial), reason), rater)
        for trial in store.trials.of_experiment(experiment.id)
    )


def choose(store: Store, label: str) -> None:
    """Make a variant the candidate (the sample's own candidate was never tried)."""
    feature_id = sample_id(store)
    variant = next(v for v in store.variants.of(feature_id) if v.label == label)
    store.features.choose_candidate(feature_id, variant.id, "Test", "")
