"""What has no score counts both ways in a comparison, and what two runs share is compared."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.building import AUTHOR, FAILED, Loop, cases, loop
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Measure
from workbench.domain.experiments import Experiment, Plan, StopRule
from workbench.domain.prompts import Variant
from workbench.domain.scores import Outcome
from workbench.domain.trials import PlannedCall
from workbench.evidence import comparisons
from workbench.evidence.comparisons import Comparison
from workbench.evidence.pairing import Basis, Pairing, Side
from workbench.evidence.words import comparison_report
from workbench.evidence.words import comparisons as words_comparisons
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
Ends = Sequence[Outcome | None]


def variants(made: Loop, n: int) -> list[Variant]:
    """The loop's variant, and others of it: A, B, …"""
    first = made.variant
    return [first] + [
        made.store.variants.save(first.prompt, first.connection, first.model, Parameters(seed=i))
        for i in range(1, n)
    ]


def asked(
    made: Loop,
    ended: dict[str, Ends],
    trials: int = 1,
    stop_rule: StopRule = StopRule.WHOLE_PLAN,
    unasked: int = 0,
    finish_reason: Callable[[str, int], str] = lambda label, case: "",
) -> Experiment:
    """An experiment whose variants, by label, ended so: for each case in order, its trials.

    The last `unasked` calls are not made.
    """
    there = {v.label: v for v in made.store.variants.of(made.feature_id)}
    plan = Plan(
        "Which?",
        made.dataset.id,
        tuple(there[label].id for label in ended),
        (made.criterion.id,),
        trials,
        stop_rule=stop_rule,
    )
    experiment = made.store.experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number for c in made.store.datasets.cases(made.dataset.id)}
    labels = {there[label].id: label for label in ended}
    calls = made.store.trials.missing(experiment.id)
    calls = calls[: len(calls) - unasked]
    run = made.store.runs.start(experiment.id, AUTHOR)
    by_reason: dict[str, list[tuple[PlannedCall, Outcome | None]]] = {}
    for call in calls:
        label, place = labels[call.variant_id], numbers[call.case_id] - 1
        outcome = ended[label][place * trials + call.number - 1]
        by_reason.setdefault(finish_reason(label, place), []).append((call, outcome))
    for reason, answers in by_reason.items():
        made.answer(run.id, answers, reason)
    return experiment


def compared(store: Store, made: Loop, a: str = "A", b: str = "B") -> Comparison:
    """The comparison of two variants on the only criterion."""
    (found,) = comparisons.between(store, made.feature_id, a, b)
    return found


def json_of(store: Store, found: Comparison) -> dict[str, object]:
    """It as the command line prints it."""
    entry: dict[str, object]
    (entry,) = comparison_report.as_json([found], Pairing(store))["comparisons"]
    return entry


@pytest.mark.parametrize("missing", [FAILED, UNSCORED])
def test_what_has_no_score_could_have_gone_either_way(
    store: Store, missing: Outcome | None
) -> None:
    made = loop(store, 60)
    variants(made, 2)
    # B passes all that was scored of it, 30 points more often than A there.
    asked(made, {"A": ([PASS] * 7 + [FAIL] * 3) * 6, "B": [PASS] * 30 + [missing] * 30})
    found = compared(store, made)
    assert found.difference.estimate == pytest.approx(0.3)
    assert not found.is_sure
    assert found.difference.low < -0.2
    entry = json_of(store, found)
    assert (entry["n_shared"], entry["n_left_out"], entry["n_inputs"]) == (30, 30, 60)
    counted = entry["counted_both_ways"]
    assert isinstance(counted, dict)
    assert sum(counted["b"].values()) == 30
    why = "30 failed calls" if missing is FAILED else "30 answers without a score"
    assert f"B: {why}, counted both ways" in words_comparisons.counted(found)


def test_calls_not_made_yet_count_both_ways_too(store: Store) -> None:
    made = loop(store, 40)
    variants(made, 2)
    asked(made, {"A": [FAIL] * 40, "B": [PASS] * 40}, unasked=30)
    found = compared(store, made)
    waiting = found.evidence.open_a.waiting + found.evidence.open_b.waiting
    assert waiting == 30
    assert "not made yet, counted both ways" in words_comparisons.counted(found)


@pytest.mark.parametrize("reason", ["length", "MAX_TOKENS", "content_filter", "surprise"])
def test_answers_that_are_not_whole_count_both_ways(store: Store, reason: str) -> None:
    made = loop(store, 40)
    variants(made, 2)
    asked(
        made,
        {"A": [PASS] * 40, "B": [FAIL] * 20 + [PASS] * 20},
        finish_reason=lambda label, case: reason if label == "B" and case < 20 else "stop",
    )
    found = compared(store, made)
    assert found.evidence.open_b.cut == 20
    assert not found.is_sure
    assert Pairing(store).asked(made.criterion, found.side_b)[0].cut == 1
    assert "B: 20 answers that are cut off, counted both ways" in (words_comparisons.counted(found))


def test_a_difference_that_nothing_missing_could_undo_is_beyond_chance(store: Store) -> None:
    made = loop(store, 60)
    variants(made, 2)
    asked(made, {"A": [FAIL] * 60, "B": [PASS] * 55 + [FAILED] * 5})
    found = compared(store, made)
    assert found.is_sure
    assert found.difference.low > 0.7


def test_one_case_more_on_one_side_does_not_end_a_comparison(store: Store) -> None:
    made = loop(store, 40)
    variants(made, 2)
    asked(made, {"A": [FAIL] * 20 + [PASS] * 20})
    fewer = store.datasets.save(made.dataset.dataset_id, cases(39), 1, AUTHOR, "Without one")
    asked(replace(made, dataset=fewer), {"B": [PASS] * 39})
    found = compared(store, made)
    assert found.evidence.basis is Basis.PAIRED
    assert (found.evidence.n_shared, found.is_sure) == (39, True)
    assert "left out: 1 case (asked of A in E1 only)" in words_comparisons.counted(found)
    entry = json_of(store, found)
    assert entry["left_out"] == [{"cases": 1, "because": "asked of A in E1 only"}]
    assert "Two runs" in str(entry["cautions"])


def test_a_case_that_could_not_be_scored_on_either_side_leaves_the_others(store: Store) -> None:
    made = loop(store, 40, measure=Measure.PASS_HAT_K)
    variants(made, 2)
    a: list[Outcome | None] = [PASS, FAIL] * 40
    asked(made, {"A": [FAILED, *a[1:]], "B": [PASS] * 80}, trials=2)
    found = compared(store, made)
    assert found.is_sure
    assert (found.evidence.n_inputs, found.evidence.n_shared) == (40, 39)
    assert words_comparisons.verdict(found) == (
        "B passes every time 100 points more often than A, beyond chance."
    )


def test_agreement_is_compared_as_agreement(store: Store) -> None:
    made = loop(store, 40, measure=Measure.AGREEMENT)
    variants(made, 2)
    # Both pass half of the time; only B does so by case.
    asked(made, {"A": [PASS, FAIL] * 40, "B": ([PASS] * 2 + [FAIL] * 2) * 20}, trials=2)
    found = compared(store, made)
    assert found.is_sure
    assert found.difference.estimate == pytest.approx(1.0)
    assert "B agrees with itself 100 points more often" in words_comparisons.verdict(found)


def test_agreement_of_single_trials_is_not_compared(store: Store) -> None:
    made = loop(store, 20, measure=Measure.AGREEMENT)
    variants(made, 2)
    asked(made, {"A": [PASS] * 20, "B": [FAIL] * 20})
    found = compared(store, made)
    assert not found.is_compared
    assert "takes two trials of a case" in words_comparisons.verdict(found)


def test_a_share_that_fails_is_compared_as_that(store: Store) -> None:
    made = loop(store, 40, measure=Measure.FAIL_RATE, bar=0.2)
    variants(made, 2)
    asked(made, {"A": [FAIL] * 20 + [PASS] * 20, "B": [PASS] * 40})
    found = compared(store, made)
    assert found.difference.estimate == pytest.approx(-0.5)
    assert found.is_better
    assert json_of(store, found)["better"] == "B"
    assert words_comparisons.verdict(found) == "B fails 50 points less often than A, beyond chance."


def test_pairs_of_one_experiment_share_one_correction_however_they_are_asked_for(
    store: Store,
) -> None:
    made = loop(store, 40)
    variants(made, 3)
    a: Ends = [FAIL] * 8 + [PASS] * 32
    experiment = asked(made, {"A": a, "B": [PASS] * 40, "C": a})
    of_all = comparisons.of_experiment(store, experiment)
    assert [(c.a.label, c.b.label) for c in of_all] == [("A", "B"), ("A", "C"), ("B", "C")]
    for one in of_all:
        alone = compared(store, made, one.a.label, one.b.label)
        assert alone.adjusted_p == one.adjusted_p
        assert alone.difference == one.difference
        turned = compared(store, made, one.b.label, one.a.label)
        assert turned.difference.low == -one.difference.high
        assert turned.adjusted_p == one.adjusted_p
    assert {c.family.n for c in of_all} == {3}
    assert of_all[0].difference.confidence == pytest.approx(1 - 0.05 / 3)
    assert "all 3 comparisons of E1 (1 criterion, 3 pairs of variants)" in (
        words_comparisons.details(of_all[0])
    )
    everything = comparisons.of_feature(store, made.feature_id)
    assert [c.adjusted_p for c in everything] == [c.adjusted_p for c in of_all]


def test_an_interval_lies_on_one_side_of_nothing_only_where_it_is_beyond_chance(
    store: Store,
) -> None:
    for fixed in range(12):
        made = loop(store, 25, name=f"Feature {fixed}")
        variants(made, 2)
        asked(made, {"A": [FAIL] * fixed + [PASS] * (25 - fixed), "B": [PASS] * 25})
        found = compared(store, made)
        if found.is_sure:
            assert found.difference.low >= 0
        else:
            assert found.difference.low <= 0 <= found.difference.high


def test_inputs_read_one_by_one_count_as_those_counted_together(store: Store) -> None:
    made = loop(store, 24, copies=2, groups=5)
    both = variants(made, 2)
    ends = [PASS, FAIL, FAILED, UNSCORED, PASS, FAIL, PASS]
    a = [ends[(3 * i) % 7] for i in range(96)]
    b = [ends[(5 * i + 1) % 7] for i in range(96)]
    experiment = asked(made, {"A": a, "B": b}, trials=2, unasked=11)
    pairing = Pairing(store)
    one, other = (Side(experiment, variant) for variant in both)
    within = pairing.evidence(made.criterion, one, other)
    across = pairing._across(made.criterion, one, other, None)
    assert within.gaps is not None
    assert across.gaps is not None
    assert (within.n_inputs, within.n_shared) == (across.n_inputs, across.n_shared)
    assert (within.open_a, within.open_b) == (across.open_a, across.open_b)
    first, second = within.gaps.difference(), across.gaps.difference()
    assert (first.low, first.high) == pytest.approx((second.low, second.high))
    assert first.estimate == pytest.approx(second.estimate)


def test_a_run_that_may_end_early_is_compared_as_far_as_all_is_finished(store: Store) -> None:
    made = loop(store, 60)
    variants(made, 2)
    asked(
        made,
        {"A": [FAIL] * 60, "B": [PASS] * 60},
        stop_rule=StopRule.WHEN_DECIDED,
        unasked=40,
    )
    found = compared(store, made)
    assert found.difference.method == "betting confidence sequence, valid at any time"
    assert found.evidence.open_b.waiting == 0
    assert found.is_sure
    assert "not finished in their turn" in words_comparisons.counted(found)
