"""How many cases and trials a question needs."""

import pytest

from workbench.stats import planning


@pytest.mark.parametrize(
    ("bar", "truth", "cases", "passes"),
    [(0.2, 0.4, 35, 12), (0.9, 0.95, 179, 168), (0.9, 0.97, 76, 73), (0.9, 0.99, 46, 45)],
)
def test_single_stage_designs_are_those_of_ahern(
    bar: float, truth: float, cases: int, passes: int
) -> None:
    plan = planning.cases_for_bar(bar, truth)
    assert plan is not None
    assert (plan.n_cases, plan.passes_needed) == (cases, passes)


@pytest.mark.parametrize(("bar", "cases"), [(0.8, 14), (0.9, 29), (0.95, 59), (0.99, 299)])
def test_the_fewest_flawless_cases(bar: float, cases: int) -> None:
    assert planning.zero_failure_minimum(bar) == cases


def test_the_best_bar_undoes_the_fewest_cases() -> None:
    assert planning.best_bar(20) == pytest.approx(0.8609, abs=1e-4)
    assert planning.best_bar(29) >= 0.9 > planning.best_bar(28)
    assert planning.best_bar(0) == 0


def test_trials_save_cases_only_as_far_as_cases_flicker() -> None:
    def cases(icc: float) -> int:
        plan = planning.cases_for_bar(0.9, 0.95, trials=5, icc=icc)
        assert plan is not None
        return plan.n_cases

    assert cases(0.2) < cases(0.5) < cases(1.0) == 179
    assert cases(0.0) >= planning.zero_failure_minimum(0.9)


def test_showing_that_a_bar_is_missed_is_planned_too() -> None:
    plan = planning.cases_for_bar(0.9, 0.8)
    assert plan is not None
    assert plan.passes_needed / plan.n_effective < 0.9


def test_a_truth_on_the_bar_cannot_be_settled() -> None:
    assert planning.cases_for_bar(0.9, 0.9) is None
    assert planning.cases_for_bar(0.9, 0.9001) is None


@pytest.mark.parametrize("bar", [0.0, 1.0, -0.1])
def test_a_bar_that_no_sample_can_show_is_refused(bar: float) -> None:
    with pytest.raises(ValueError, match="bar"):
        planning.zero_failure_minimum(bar)


def test_what_is_detectable_agrees_with_the_cases_needed() -> None:
    found = planning.detectable(0.9, 179)
    assert found.above == pytest.approx(0.95, abs=1e-3)
    assert found.below is not None
    assert found.below < 0.9


def test_too_few_cases_cannot_detect_anything_above_the_bar() -> None:
    assert planning.detectable(0.9, 28, trials=10, icc=0.1).above is None
    assert planning.detectable(0.9, 0) == planning.Detectable(None, None)


@pytest.mark.parametrize(("ratio", "trials"), [(1, 1), (5, 2), (20, 4), (100, 10)])
def test_dear_cases_deserve_more_trials(ratio: float, trials: int) -> None:
    assert planning.best_trials(ratio, 1, icc=0.5, most=20) == trials


def test_cases_that_never_flicker_deserve_one_trial() -> None:
    assert planning.best_trials(1000, 1, icc=1.0) == 1
