"""Comparing variants: on the same cases, adjusted for how many questions are asked at once."""

import pytest

from tests.building import AUTHOR, Loop, loop
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Outcome
from workbench.evidence import comparison_cases, comparisons, economy, separation
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import comparison_report
from workbench.evidence.words import comparisons as words_comparisons
from workbench.stats.comparison import Change
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def two_variants(store: Store, a: list[Outcome], b: list[Outcome]) -> tuple[Loop, Experiment]:
    """One experiment with two variants, one trial a case, that ended so in the cases' order."""
    made = loop(store, len(a))
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    plan = Plan("Which?", made.dataset.id, (made.variant.id, other.id), (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number for c in store.datasets.cases(made.dataset.id)}
    ended = {made.variant.id: a, other.id: b}
    calls = store.trials.missing(experiment.id)
    outcomes = [ended[call.variant_id][numbers[call.case_id] - 1] for call in calls]
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, list(zip(calls, outcomes, strict=True)))
    return made, experiment


def compare(store: Store, made: Loop) -> comparisons.Comparison:
    """The one comparison of two variants named A and B."""
    (found,) = comparisons.between(store, made.feature_id, "A", "B")
    return found


def test_a_variant_that_fixes_many_cases_is_better_beyond_chance(store: Store) -> None:
    made, _ = two_variants(store, [FAIL] * 20 + [PASS] * 20, [PASS] * 40)
    found = compare(store, made)
    assert found.is_sure
    assert found.difference.estimate == pytest.approx(0.5)
    kinds = comparison_cases.of(Pairing(store), found).changed
    assert (len(kinds[Change.FIXED]), len(kinds[Change.BROKEN])) == (20, 0)
    assert (
        words_comparisons.verdict(found) == "B passes 50 points more often than A, beyond chance."
    )


def test_the_other_way_round_everything_is_mirrored(store: Store) -> None:
    made, _ = two_variants(store, [FAIL] * 20 + [PASS] * 25, [PASS] * 40 + [FAIL] * 5)
    there = compare(store, made)
    (back,) = comparisons.between(store, made.feature_id, "B", "A")
    assert (back.side_a, back.side_b) == (there.side_b, there.side_a)
    assert there.difference.estimate == pytest.approx(15 / 45)
    assert back.difference.estimate == pytest.approx(-15 / 45)
    assert (back.difference.low, back.difference.high) == (
        -there.difference.high,
        -there.difference.low,
    )
    assert (back.evidence.value_a, back.evidence.value_b) == pytest.approx((40 / 45, 25 / 45))
    assert back.adjusted_p == there.adjusted_p
    assert (there.is_better, back.is_better) == (True, False)
    kinds = comparison_cases.of(Pairing(store), back).changed
    assert (len(kinds[Change.FIXED]), len(kinds[Change.BROKEN])) == (5, 20)


def test_a_small_difference_is_said_to_be_undecided(store: Store) -> None:
    made, _ = two_variants(store, [FAIL] * 2 + [PASS] * 18, [PASS] * 19 + [FAIL])
    found = compare(store, made)
    assert not found.is_sure
    assert words_comparisons.verdict(found).startswith("Not enough evidence")


def test_the_report_for_machines_has_difference_interval_and_adjusted_p(store: Store) -> None:
    made, _ = two_variants(store, [FAIL] * 10 + [PASS] * 20, [PASS] * 30)
    (entry,) = comparison_report.as_json([compare(store, made)], Pairing(store))["comparisons"]
    assert entry["difference"] == pytest.approx(1 / 3)
    assert entry["low"] < entry["difference"] < entry["high"]
    assert entry["adjusted_p_value"] <= 0.05
    assert (entry["a"], entry["b"], entry["n_cases"]) == ("A", "B", 30)


def test_a_variant_that_is_better_at_the_same_price_leaves_the_other_out_of_the_efficient_set(
    store: Store,
) -> None:
    _, experiment = two_variants(store, [FAIL] * 10 + [PASS] * 10, [PASS] * 20)
    first, second = economy.of_experiment(store, experiment)
    assert (first.good, second.good) == (0.5, 1.0)
    assert (first.is_efficient, second.is_efficient) == (False, True)


@pytest.mark.parametrize("fixed", range(2, 12))
def test_the_line_above_the_results_says_what_the_comparison_says(store: Store, fixed: int) -> None:
    made, experiment = two_variants(store, [FAIL] * fixed + [PASS] * 20, [PASS] * (fixed + 20))
    found = comparisons.of_experiment(store, experiment)
    apart = separation.separated(found)
    assert bool(apart) is compare(store, made).is_sure
    said = separation.in_words(experiment, found)
    assert ("C1 (B passes more often than A)" in said) is bool(apart)
