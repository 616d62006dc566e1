"""How many cases and trials a question needs."""

import pytest

from tests.stats.oracles import clopper_pearson
from workbench.stats import planning
from workbench.stats import power as powers
from workbench.stats.power import Noise


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


@pytest.mark.parametrize(("most", "cases"), [(178, None), (179, 179)])
def test_no_more_cases_than_the_most_are_planned(most: int, cases: int | None) -> None:
    plan = planning.cases_for_bar(0.9, 0.95, most=most)
    assert (plan and plan.n_cases) == cases


@pytest.mark.parametrize(("bar", "truth"), [(0.04, 1.0), (0.9, 0.92)])
def test_the_most_itself_may_be_planned(bar: float, truth: float) -> None:
    """One case, or more than a thousand: whatever block of numbers it is the first of."""
    plan = planning.cases_for_bar(bar, truth)
    assert plan is not None
    assert plan.n_cases == 1 or plan.n_cases > 1000
    assert planning.cases_for_bar(bar, truth, most=plan.n_cases) == plan
    assert planning.cases_for_bar(bar, truth, most=plan.n_cases - 1) is None


def test_a_bar_that_one_case_shows_takes_one() -> None:
    assert planning.zero_failure_minimum(0.01) == 1
    assert planning.zero_failure_minimum(0.05) == 1


@pytest.mark.parametrize(
    ("noise", "worth"),
    [
        (Noise("rate", 5, 0.5), 1 / 0.6),
        (Noise("rate", 2, 0.0), 2.0),
        (Noise("rate", 3, 1.0), 1.0),
        (Noise("all_pass", 5), 1.0),
    ],
)
def test_a_plan_says_how_many_independent_answers_it_is_worth(noise: Noise, worth: float) -> None:
    plan = planning.cases_for_bar(0.8, 0.97, noise=noise)
    assert plan is not None
    assert plan.n_effective == int(plan.n_cases * worth + 1e-9)
    shown = clopper_pearson(plan.passes_needed, plan.n_effective).low
    assert shown >= 0.8 > clopper_pearson(plan.passes_needed - 1, plan.n_effective).low


def test_below_the_bar_a_plan_says_the_most_passes_that_show_it_missed() -> None:
    plan = planning.cases_for_bar(0.9, 0.75)
    assert plan is not None
    shown = clopper_pearson(plan.passes_needed, plan.n_effective).high
    assert shown < 0.9 <= clopper_pearson(plan.passes_needed + 1, plan.n_effective).high


def test_the_power_that_is_said_is_that_of_the_plan_as_it_is_read() -> None:
    noise = Noise("rate", 1)
    watched = planning.cases_for_bar(0.8, 0.95, is_sequential=True)
    assert watched is not None
    chance = powers.of_sequential_plan(noise, 0.8, 0.95, watched.n_cases)
    # Each counts looks at data sets of its own.
    assert watched.power == pytest.approx(chance.met, abs=0.02)
    assert chance.met == pytest.approx(0.8, abs=0.05)
    assert planning.chance(noise, 0.8, 0.95, watched.n_cases, is_sequential=True) == chance
    once = powers.of_whole_plan(noise, 0.8, 0.95, watched.n_cases)
    assert planning.chance(noise, 0.8, 0.95, watched.n_cases) == once != chance


def test_what_cannot_be_planned_is_refused() -> None:
    for refused, match in (
        (lambda: planning.cases_for_bar(1.0, 1.0), "bar"),
        (lambda: planning.cases_for_bar(0.9, 0.9, confidence=95), "confidence"),
        (lambda: planning.cases_for_bar(0.9, 1.01), "truth"),
        (lambda: planning.cases_for_bar(0.9, -0.01), "truth"),
        (lambda: planning.detectable(1.0, 0), "bar"),
        (lambda: planning.detectable(0.9, 0, confidence=95), "confidence"),
        (lambda: planning.best_bar(10, 95), "confidence"),
        (lambda: planning.best_trials(-0.1, 1, 0.5), "cost 0 or more"),
        (lambda: planning.best_trials(1, 0, 0.5), "cost 0 or more"),
        (lambda: planning.best_trials(1, 1, 1.5), "icc"),
    ):
        with pytest.raises(ValueError, match=match):
            refused()


def test_only_the_ratio_of_the_costs_matters_and_the_most_is_kept() -> None:
    assert planning.best_trials(2, 0.1, icc=0.5) == planning.best_trials(20, 1, icc=0.5) == 4
    assert planning.best_trials(1000, 1, icc=0.1, most=4) == 4
    assert planning.best_trials(0, 1, icc=0.5) == 1
