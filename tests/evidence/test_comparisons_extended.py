"""A comparison that goes on after a look is judged by bounds that hold however often it does."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from tests.building import AUTHOR, Loop, cases, loop
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.evidence import comparisons
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import comparison_report
from workbench.evidence.words import comparisons as words_comparisons
from workbench.stats.differences import SequentialGaps
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL
N = 30
Says = Callable[[int], Outcome]


def grown(made: Loop, n_cases: int) -> Loop:
    number = made.store.datasets.of(made.feature_id)[0].number
    dataset_id = made.dataset.dataset_id
    dataset = made.store.datasets.save(dataset_id, cases(n_cases, 1, 0), number, AUTHOR, "More")
    return replace(made, dataset=dataset)


def asked(made: Loop, says: dict[UUID, Says]) -> Experiment:
    """An experiment of the variants on the whole dataset; what is missing ends as they say, by the
    number of the case."""
    plan = replace(made.plan(), variant_ids=tuple(says))
    experiment = made.store.experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number for c in made.store.datasets.cases(made.dataset.id)}
    calls = made.store.trials.missing(experiment.id)
    run = made.store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, [(c, says[c.variant_id](numbers[c.case_id])) for c in calls])
    return experiment


def b_of(made: Loop) -> UUID:
    a = made.variant
    return made.store.variants.save(a.prompt, a.connection, a.model, Parameters(seed=7)).id


def better(number: int) -> Outcome:
    """Fails the cases that A fails, but for every fifth."""
    return PASS if number % 5 == 0 else worse(number)


def worse(number: int) -> Outcome:
    return FAIL if number % 10 in (0, 5, 7) else PASS


def compared(made: Loop, experiment: Experiment) -> comparisons.Comparison:
    (found,) = comparisons.of_experiment(made.store, experiment)
    return found


def test_a_plan_that_grew_after_both_were_compared_is_held_to_the_error_that_is_left(
    store: Store,
) -> None:
    made = loop(store, N)
    says = {made.variant.id: worse, b_of(made): better}
    first = compared(made, asked(made, says))
    assert first.evidence.extension is None
    larger = asked(grown(made, 2 * N), says)
    found = compared(made, larger)
    gaps = [float(better(n) is PASS) - float(worse(n) is PASS) for n in range(1, 2 * N + 1)]
    assert found.difference.estimate == pytest.approx(sum(gaps) / len(gaps))
    assert found.evidence.extension is not None
    assert found.evidence.extension.keys == ("E1",)
    assert "valid at any time" in found.difference.method
    assert "extended after a look: E1 had answers of both" in words_comparisons.counted(found)
    report = comparison_report.as_json([found], Pairing(store))
    assert [each["extends"] for each in report["comparisons"]] == [["E1"]]


def test_it_takes_less_where_the_same_cases_are_asked_about_in_one_go(store: Store) -> None:
    made = loop(store, 2 * N)
    says = {made.variant.id: worse, b_of(made): better}
    found = compared(made, asked(made, says))
    assert (found.is_sure, found.evidence.extension) == (True, None)


def test_a_new_variant_beside_known_answers_is_a_new_question(store: Store) -> None:
    made = loop(store, N)
    asked(made, {made.variant.id: worse})
    both = asked(grown(made, 2 * N), {made.variant.id: worse, b_of(made): better})
    assert compared(made, both).evidence.extension is None


def test_the_same_plan_once_more_is_no_further_look(store: Store) -> None:
    made = loop(store, N)
    says = {made.variant.id: worse, b_of(made): better}
    asked(made, says)
    assert compared(made, asked(made, says)).evidence.extension is None


def test_what_was_asked_first_counts_first(store: Store) -> None:
    made = loop(store, N)
    # B is better on the first cases alone, so the order tells in the evidence of the bets.
    says: dict[UUID, Says] = {
        made.variant.id: lambda _: FAIL,
        b_of(made): lambda number: PASS if number <= N else FAIL,
    }
    asked(made, says)
    found = compared(made, asked(grown(made, 2 * N), says))
    in_order = np.asarray([1.0] * N + [0.0] * N)
    expected = SequentialGaps(in_order, in_order, in_order, 0.2)
    assert found.difference.p_value == pytest.approx(expected.p_value())


def test_two_experiments_of_which_one_goes_on_from_a_third_are_a_further_look(store: Store) -> None:
    made = loop(store, N)
    b = b_of(made)
    asked(made, {made.variant.id: worse})
    asked(made, {b: better})
    asked(grown(made, 2 * N), {b: better})
    (found,) = comparisons.of_feature(store, made.feature_id)
    assert found.evidence.extension is not None
    assert found.evidence.extension.keys == ("E2",)
