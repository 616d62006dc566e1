"""What is said of a plan is kept by the verdict: small simulations, with draws of their own."""

import numpy as np
import pytest

from workbench.stats.clusters import Floats
from workbench.stats.intervals import bounded_mean, bounds_by_row, bounds_of_counts
from workbench.stats.mean_scores import betting_mean
from workbench.stats.planning import cases_for_bar, detectable
from workbench.stats.power import Noise, of_sequential_plan, of_whole_plan
from workbench.stats.repeats import agreement
from workbench.stats.sequential import verdict_at_any_time

SETS = 1500
OFF = 0.05
"""Points of 100 that the power may be off, and what chance may add to them here."""
LUCK = 0.02


def drawn(truth: float, icc: float, trials: int, cases: int, sets: int = SETS) -> Floats:
    """Passes of many sets of cases with beta-binomial rates."""
    rng = np.random.default_rng([11, trials, cases])
    weight = 1 / icc - 1 if icc else 0
    shape = (sets, cases)
    rates = rng.beta(truth * weight, (1 - truth) * weight, shape) if icc else np.full(shape, truth)
    return rng.binomial(trials, rates).astype(np.float64)


def kept(bar: float, truth: float, icc: float, trials: int, cases: int) -> float:
    """How often the verdict that the truth calls for is given."""
    passes = drawn(truth, icc, trials, cases)
    found = bounds_by_row(passes, np.full(passes.shape, float(trials)))
    return float((found.low >= bar).mean() if truth > bar else (found.high < bar).mean())


@pytest.mark.parametrize(
    ("bar", "truth", "icc", "trials"),
    [
        (0.7, 0.85, 0.0, 3),
        (0.8, 0.9, 0.2, 5),
        (0.9, 0.95, 0.0, 10),
        (0.9, 0.95, 0.5, 2),
        (0.9, 0.8, 0.2, 10),
        (0.95, 0.975, 0.0, 5),
        (0.99, 0.998, 0.5, 3),
        (0.99, 0.98, 0.0, 10),
    ],
)
def test_as_many_cases_as_it_takes_give_the_power_that_is_said(
    bar: float, truth: float, icc: float, trials: int
) -> None:
    plan = cases_for_bar(bar, truth, trials=trials, icc=icc)
    assert plan is not None
    assert plan.power >= 0.8 - LUCK
    assert kept(bar, truth, icc, trials, plan.n_cases) == pytest.approx(plan.power, abs=OFF + LUCK)


@pytest.mark.parametrize("bar", [0.7, 0.9, 0.95])
@pytest.mark.parametrize(("icc", "trials"), [(0.5, 1), (0.0, 10), (0.2, 3), (0.5, 5)])
def test_a_rate_that_is_said_to_show_shows_eight_times_in_ten(
    bar: float, icc: float, trials: int
) -> None:
    found = detectable(bar, 150, trials=trials, icc=icc)
    for rate in found:
        assert rate is not None
        assert kept(bar, rate, icc, trials, 150) == pytest.approx(0.8, abs=OFF + LUCK)


def test_where_the_bound_by_case_decides_the_plan_knows_it() -> None:
    # The exact bound on an effective number of answers alone would promise these 28 cases a rate.
    assert detectable(0.9, 28, trials=10, icc=0.0).above is None
    plan = cases_for_bar(0.9, 0.97, trials=10, icc=0.0)
    assert plan is not None
    assert kept(0.9, 0.97, 0.0, 10, plan.n_cases) == pytest.approx(plan.power, abs=OFF)
    assert kept(0.9, 0.97, 0.0, 10, plan.n_cases // 2) < 0.5


@pytest.mark.parametrize(
    ("bar", "truth", "trials"), [(0.8, 0.92, 1), (0.9, 0.97, 3), (0.9, 0.78, 1)]
)
def test_a_plan_that_may_end_early_needs_more_cases_and_is_told_so(
    bar: float, truth: float, trials: int
) -> None:
    once = cases_for_bar(bar, truth, trials=trials)
    plan = cases_for_bar(bar, truth, trials=trials, is_sequential=True)
    assert once is not None
    assert plan is not None
    assert plan.n_cases > once.n_cases
    wanted = "met" if truth > bar else "not_met"
    streams = drawn(truth, 0.5, trials, plan.n_cases, 400) / trials
    share = np.mean([verdict_at_any_time(s, s, bar) == wanted for s in streams])
    assert share == pytest.approx(0.8, abs=OFF + 2 * LUCK)


@pytest.mark.parametrize("trials", [2, 3, 5])
def test_agreement_is_planned_by_its_own_values(trials: int) -> None:
    found = detectable(0.8, 100, noise=Noise("agreement", trials, 0.5))
    assert found.above is not None
    apart = (1 - found.above) / 2
    rate = 0.5 + np.sqrt(0.25 - apart / 0.5)
    passes = drawn(float(rate), 0.5, trials, 100, 600)
    values = np.array([agreement(row, np.full(100, float(trials))) for row in passes])
    assert values.mean() == pytest.approx(found.above, abs=0.01)
    share = np.mean([bounded_mean(row).low >= 0.8 for row in values])
    assert share == pytest.approx(0.8, abs=OFF + 2 * LUCK)


def test_passing_every_time_is_planned_as_one_answer_a_case() -> None:
    assert detectable(0.8, 60, noise=Noise("all_pass", 5)) == detectable(0.8, 60)


@pytest.mark.parametrize("mean", [0.2, 0.55, 0.83, 0.99])
@pytest.mark.parametrize("spread", [0.05, 0.25, 1.0])
def test_scores_have_the_mean_and_the_spread_that_are_supposed(mean: float, spread: float) -> None:
    noise = Noise("mean", spread=spread)
    values, chances = noise.values(), noise.chances(mean)
    assert chances @ values == pytest.approx(mean)
    variance = chances @ (values - mean) ** 2
    assert variance == pytest.approx(spread * mean * (1 - mean), abs=0.004)


def test_counts_of_cases_give_the_bounds_that_the_cases_give() -> None:
    passes = drawn(0.85, 0.3, 4, 40, 200)
    counts = np.array([np.bincount(row.astype(int), minlength=5) for row in passes], dtype=float)
    one, other = bounds_by_row(passes, np.full(passes.shape, 4.0)), bounds_of_counts(counts)
    for name in ("estimate", "icc", "n_effective", "low", "high"):
        assert np.allclose(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("n_cases", [1, 2, 7, 29, 100])
def test_the_exact_chance_is_that_of_the_exact_bounds(n_cases: int) -> None:
    found = of_whole_plan(Noise("rate", 1), 0.8, 0.9, n_cases)
    counts = np.array([[n_cases - x, x] for x in range(n_cases + 1)], dtype=float)
    bounds = bounds_of_counts(counts)
    from scipy.stats import binom

    chances = binom.pmf(np.arange(n_cases + 1), n_cases, 0.9)
    assert found.met == pytest.approx(chances[bounds.low >= 0.8].sum())
    assert found.not_met == pytest.approx(chances[bounds.high < 0.8].sum())


def test_the_same_plan_is_told_the_same() -> None:
    of_sequential_plan.cache_clear()
    first = of_sequential_plan(Noise("rate", 3), 0.9, 0.97, 80)
    of_sequential_plan.cache_clear()
    assert of_sequential_plan(Noise("rate", 3), 0.9, 0.97, 80) == first


def test_what_no_case_can_do_is_refused() -> None:
    with pytest.raises(ValueError, match="icc"):
        Noise("rate", 0)
    with pytest.raises(ValueError, match="spread"):
        Noise("mean", spread=0)


def test_a_mean_score_is_planned_by_the_bound_that_judges_it() -> None:
    noise = Noise("mean", spread=0.2)
    found = detectable(0.7, 60, noise=noise)
    rng = np.random.default_rng(13)
    for rate, is_above in ((found.above, True), (found.below, False)):
        assert rate is not None
        values = rng.choice(noise.values(), (500, 60), p=noise.chances(rate))
        bounds = [betting_mean(row) for row in values]
        kept = [one.low >= 0.7 if is_above else one.high < 0.7 for one in bounds]
        assert np.mean(kept) == pytest.approx(0.8, abs=OFF + LUCK)


@pytest.mark.parametrize(
    ("bar", "n_cases", "trials", "icc"),
    [(0.7, 1000, 5, 0.2), (0.7, 50, 5, 0.0), (0.95, 200, 10, 0.2)],
)
def test_the_rates_said_to_be_told_apart_are_told_apart_that_often(
    bar: float, n_cases: int, trials: int, icc: float
) -> None:
    found = detectable(bar, n_cases, trials=trials, icc=icc)
    for rate, side in ((found.below, "not_met"), (found.above, "met")):
        assert rate is not None
        # Data sets that had no say in it: the one look at others was off by up to 5 points.
        tried = [
            of_whole_plan(Noise("rate", trials, icc), bar, rate, n_cases, draw=draw)
            for draw in range(11, 15)
        ]
        assert np.mean([getattr(one, side) for one in tried]) == pytest.approx(0.8, abs=0.03)
