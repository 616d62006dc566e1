"""The engineer's details and the spread over repeated asks: figures that can be checked."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.building import FAILED, loop
from workbench.domain.criteria import Measure
from workbench.domain.experiments import StopRule
from workbench.domain.scores import Outcome
from workbench.evidence import verdicts
from workbench.evidence.words import details
from workbench.store.rows_query import rows_query
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def test_the_spread_counts_cases_by_how_often_they_passed(store: Store) -> None:
    made = loop(store, 10)
    ended = [PASS] * 3 * 6 + [FAIL] * 3 * 2 + [PASS, FAIL, PASS] + [FAIL, FAIL, PASS]
    (found,) = verdicts.of_experiment(store, made.run(ended, trials=3))
    assert found.spread is not None
    assert found.spread.by_passes == (2, 1, 1, 6)
    assert details.spread(found) == (
        "Asked 3 times each, 6 of 10 cases always pass, 2 never do and 2 pass now and then: in "
        "about 20 of 100 cases, asking again may bring another outcome."
    )
    assert details.alternative(found.spread).startswith("2 cases pass 0 of 3 times; 1 case passes")


def test_cases_with_a_trial_missing_or_unscored_are_not_spread(store: Store) -> None:
    made = loop(store, 4)
    ended = [PASS, PASS, PASS, FAILED, PASS, UNSCORED, PASS]
    (found,) = verdicts.of_experiment(store, made.run(ended, trials=2))
    assert found.spread is not None
    assert found.spread.by_passes == (0, 0, 1)


def test_steady_answers_are_said_to_be_steady_and_single_ones_say_nothing(store: Store) -> None:
    made = loop(store, 4)
    (once,) = verdicts.of_experiment(store, made.run([PASS] * 4))
    assert details.spread(once) == ""
    steady = loop(store, 4, name="Another")
    (twice,) = verdicts.of_experiment(store, steady.run([PASS] * 8, trials=2))
    assert details.spread(twice).endswith("asking twice changed nothing.")


def test_copies_of_a_case_are_one_case_in_the_spread(store: Store) -> None:
    made = loop(store, 3, copies=4)
    (found,) = verdicts.of_experiment(store, made.run([PASS] * 24, trials=2))
    assert found.spread is not None
    assert found.spread.by_passes == (0, 0, 3)


@pytest.mark.parametrize("slices", [(), ("inbox",), ("it's not there",)])
def test_the_query_gives_the_rows_that_the_verdict_counts(
    store: Store, slices: tuple[str, ...]
) -> None:
    made = loop(store, 6, slices=slices)
    experiment = made.run([PASS, PASS, FAIL, FAILED, UNSCORED, PASS, PASS], trials=2)
    (found,) = verdicts.of_experiment(store, experiment)
    scorer = made.criterion.draft.scorer.fingerprint()
    ids = (experiment.id, made.variant.id, made.criterion.id)
    rows = store.database.rows(rows_query(*ids, scorer, slices))
    outcomes = Counter(outcome for *_, outcome in rows)
    scored = outcomes["pass"] + outcomes["fail"]
    assert scored == found.estimate.n_trials
    if scored:
        assert (scored, outcomes["unscored"]) == (5, 2)
        tallies = store.tallies.of(experiment.id, made.criterion.id, scorer, slices)
        assert outcomes["pass"] == sum(t.passes * t.alike for t in tallies)


def test_each_method_names_its_source(store: Store) -> None:
    made = loop(store, 6)
    (exact,) = verdicts.of_experiment(store, made.run([PASS] * 6))
    assert "Clopper and Pearson 1934" in details.source(exact)
    watched = loop(store, 6, name="Watched")
    experiment = watched.run([PASS] * 6, stop_rule=StopRule.WHEN_DECIDED)
    (found,) = verdicts.of_experiment(store, experiment)
    assert "Waudby-Smith and Ramdas 2024" in details.source(found)
    each = loop(store, 6, measure=Measure.PASS_HAT_K, name="Every time")
    (found,) = verdicts.of_experiment(store, each.run([PASS] * 12, trials=2))
    assert found.estimate.method
    assert details.source(found).startswith(f"Method: {found.estimate.method} (")


def test_the_numbers_say_what_the_estimate_rests_on(store: Store) -> None:
    made = loop(store, 10)
    ended = [PASS] * 3 * 6 + [FAIL] * 3 * 2 + [PASS, FAIL, PASS] + [FAIL, FAIL, PASS]
    (found,) = verdicts.of_experiment(store, made.run(ended, trials=3))
    said = details.numbers(found)
    assert said.startswith("10 cases, 30 scored trials, 0 unscored, worth ")
    assert "within-case correlation 0." in said
    assert f"{found.estimate.low:.4f}" in said
    (none,) = verdicts.of_feature(store, loop(store, name="Empty").feature_id)
    assert "correlation" not in details.numbers(replace(none))


def test_at_least_one_of_k_tries_is_given_beside_all_of_k(store: Store) -> None:
    made = loop(store, 2)
    (found,) = verdicts.of_experiment(store, made.run([PASS, FAIL, FAIL, FAIL], trials=2))
    assert [each and each.value for each in found.pass_at_k] == [0.25, 0.5]
    assert [each and each.value for each in found.pass_hat_k] == [0.25, 0.0]
