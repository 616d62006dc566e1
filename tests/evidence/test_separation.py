"""The line that says which criteria tell variants apart."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, POLITE, loop
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.evidence import comparisons, separation
from workbench.evidence.comparisons import Comparison
from workbench.stats.differences import NO_DIFFERENCE
from workbench.store.store import Store

Compared = tuple[Experiment, Comparison, Comparison]


@pytest.fixture
def compared(store: Store) -> Compared:
    """Two variants and two criteria, B so much better on the first that it is beyond chance; on the
    second all outputs pass."""
    made = loop(store, 20)
    draft = CriterionDraft("Thanks as well", POLITE)
    store.criteria.add(made.requirement.id, draft, AUTHOR)
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    ids = tuple(c.id for c in store.criteria.of(made.feature_id))
    plan = Plan("Which?", made.dataset.id, (made.variant.id, other.id), ids)
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    calls = store.trials.missing(experiment.id)
    outcomes = [Outcome.PASS if c.variant_id == other.id else Outcome.FAIL for c in calls]
    run = store.runs.start(experiment.id, AUTHOR)
    kept = made.answer(run.id, list(zip(calls, outcomes, strict=True)))
    (second,) = (c for c in store.criteria.of(made.feature_id) if c.draft == draft)
    fingerprint = second.draft.scorer.fingerprint()
    store.scores.add(
        Score(trial.id, second.id, fingerprint, Judgement(Outcome.PASS, "")) for trial in kept
    )
    sure, open_one = comparisons.of_experiment(store, experiment)
    assert sure.is_sure
    assert not open_one.is_sure
    return experiment, sure, open_one


def measured(found: Comparison, measure: Measure) -> Comparison:
    draft = replace(found.criterion.draft, measure=measure)
    return replace(found, criterion=replace(found.criterion, draft=draft))


def test_where_none_is_told_apart_it_says_so(compared: Compared) -> None:
    experiment, _, open_one = compared
    assert separation.separated([open_one]) == []
    assert separation.in_words(experiment, [open_one]) == (
        "No criterion separates A and B: on none is the difference beyond chance."
    )


def test_what_could_be_chance_is_said_beside_what_could_not(compared: Compared) -> None:
    experiment, sure, open_one = compared
    assert separation.in_words(experiment, [sure, open_one]) == (
        "1 of 2 criteria separates the variants: C1 (B passes more often than A). On the others "
        "the difference could be chance."
    )


def unscored(found: Comparison) -> Comparison:
    """The same before anything was scored by it."""
    evidence = replace(found.evidence, gaps=None, value_a=None, value_b=None, n_shared=0)
    return replace(found, evidence=evidence, difference=NO_DIFFERENCE, adjusted_p=1.0)


def test_what_nobody_has_scored_yet_shows_no_likeness(compared: Compared) -> None:
    experiment, sure, open_one = compared
    waits = "Not compared: C2 (no case has a scored answer of both)."
    assert separation.in_words(experiment, [unscored(open_one)]) == waits
    assert separation.in_words(experiment, [sure, unscored(open_one)]) == (
        f"1 of 2 criteria separates the variants: C1 (B passes more often than A). {waits}"
    )


def test_where_a_criterion_compares_some_variants_it_names_those_that_it_does_not(
    compared: Compared,
) -> None:
    experiment, sure, _ = compared
    assert separation.in_words(experiment, [sure, unscored(sure)]).endswith(
        ". Not compared: C1 of A and B (no case has a scored answer of both)."
    )


def test_where_all_are_told_apart_there_are_no_others(compared: Compared) -> None:
    experiment, sure, open_one = compared
    second = replace(sure, criterion=open_one.criterion)
    assert separation.in_words(experiment, [sure, second]) == (
        "2 of 2 criteria separate the variants: C1 (B passes more often than A); C2 (B passes more "
        "often than A)."
    )


def test_the_pairs_of_one_criterion_stand_together_the_better_one_first(
    compared: Compared,
) -> None:
    experiment, sure, _ = compared
    turned = sure.turned()
    assert not turned.is_better
    ((criterion, pairs),) = separation.separated([sure, turned])
    assert (criterion.key, pairs) == ("C1", [("B", "A"), ("B", "A")])
    assert "C1 (B passes more often than A, B passes more" in separation.in_words(
        experiment, [sure, turned]
    )


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Measure.FAIL_RATE, "A fails less often than B"),
        (Measure.PASS_HAT_K, "B passes every time more often than A"),
        (Measure.AGREEMENT, "B agrees with itself more often than A"),
        (Measure.MEAN_SCORE, "B scores higher than A"),
    ],
)
def test_each_measure_has_its_own_words(compared: Compared, measure: Measure, said: str) -> None:
    experiment, sure, _ = compared
    assert said in separation.in_words(experiment, [measured(sure, measure)])
