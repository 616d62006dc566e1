"""What a plan supposes of its cases, and the streams that are drawn from that."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from tests.stats.oracles import EProcess
from workbench.stats.power import Chance, Kind, Noise, crossings, of_sequential_plan, of_whole_plan
from workbench.stats.verdict import Direction


@pytest.mark.parametrize("truth", [0.0, 0.3, 0.85, 1.0])
@pytest.mark.parametrize("icc", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("trials", [1, 2, 5])
def test_passes_have_the_rate_and_the_correlation_that_are_supposed(
    truth: float, icc: float, trials: int
) -> None:
    noise = Noise("rate", trials, icc)
    values, chances = noise.values(), noise.chances(truth)
    assert values.tolist() == [k / trials for k in range(trials + 1)]
    assert chances.sum() == pytest.approx(1)
    assert chances @ values == pytest.approx(truth)
    variance = float(chances @ (values - truth) ** 2)
    assert variance == pytest.approx(truth * (1 - truth) * (icc + (1 - icc) / trials))


@pytest.mark.parametrize("icc", [0.0, 0.4])
@pytest.mark.parametrize("trials", [2, 3, 6])
@pytest.mark.parametrize("truth", [0.5, 0.7, 0.9, 1.0])
def test_cases_agree_with_themselves_as_often_as_is_supposed(
    truth: float, trials: int, icc: float
) -> None:
    """Where that is possible: by luck alone two answers agree half of the time or more."""
    noise = Noise("agreement", trials, icc)
    values, chances = noise.values(), noise.chances(truth)
    expected = [
        sum(a == b for a, b in product(row, row)) - trials
        for row in ([1] * k + [0] * (trials - k) for k in range(trials + 1))
    ]
    assert values == pytest.approx(np.array(expected) / (trials * (trials - 1)))
    assert chances @ values == pytest.approx(truth)


def test_agreement_takes_two_trials_and_cases_that_never_flicker_agree() -> None:
    assert len(Noise("agreement", 1).values()) == len(Noise("agreement", 1).chances(0.8)) == 3
    always = Noise("agreement", 3, 1.0)
    assert always.chances(1.0) @ always.values() == pytest.approx(1)
    # With a lower agreement the cases are supposed to be less alike in themselves.
    assert always.chances(0.8) @ always.values() == pytest.approx(0.8)
    # As alike as that allows: then they pass as often as they fail.
    assert always.chances(0.8) == pytest.approx(always.chances(0.8)[::-1])


def test_passing_every_time_is_one_answer_a_case() -> None:
    noise = Noise("all_pass", 4)
    assert noise.values().tolist() == [0, 1]
    assert noise.chances(0.7) == pytest.approx([0.3, 0.7])


@pytest.mark.parametrize(
    ("noise", "is_binary"),
    [
        (Noise("all_pass", 4), True),
        (Noise("rate", 1), True),
        (Noise("rate", 3, 1.0), True),
        (Noise("rate", 3, 0.5), False),
        (Noise("agreement", 2), True),
        (Noise("agreement", 3, 1.0), False),
        (Noise("mean", 1, 1.0), False),
    ],
)
def test_exact_formulas_are_used_where_a_case_passes_or_fails(
    noise: Noise, is_binary: bool
) -> None:
    assert noise.is_binary is is_binary


def test_the_best_and_the_worst_mean_leave_no_spread() -> None:
    noise = Noise("mean")
    assert noise.chances(0.0).tolist() == [1, *[0] * 20]
    assert noise.chances(1.0).tolist() == [*[0] * 20, 1]
    assert noise.values().tolist() == [k / 20 for k in range(21)]


@pytest.mark.parametrize(
    ("kind", "trials", "icc", "spread"),
    [("rate", 1, 1.1, 0.2), ("rate", 1, -0.1, 0.2), ("mean", 1, 0.5, 1.1)],
)
def test_more_than_a_case_can_do_is_refused(
    kind: Kind, trials: int, icc: float, spread: float
) -> None:
    with pytest.raises(ValueError, match="must lie"):
        Noise(kind, trials, icc, spread)


@pytest.mark.parametrize("of_plan", [of_whole_plan, of_sequential_plan])
def test_a_plan_without_a_case_decides_nothing(of_plan: type) -> None:
    assert of_plan(Noise(), 0.8, 0.9, 0) == Chance(0.0, 0.0)


def test_a_single_case_may_decide_a_bar_that_is_low_enough() -> None:
    assert of_whole_plan(Noise("rate", 2), 0.04, 1.0, 1) == Chance(1.0, 0.0)
    assert of_sequential_plan(Noise(), 0.02, 1.0, 1) == Chance(1.0, 0.0)


def test_a_watched_plan_is_asked_for_the_verdict_that_is_true() -> None:
    above = of_sequential_plan(Noise(), 0.8, 0.99, 60)
    below = of_sequential_plan(Noise(), 0.8, 0.5, 60)
    assert above.met > 0.9
    assert above.not_met == 0
    assert below.not_met > 0.9
    assert below.met == 0


@pytest.mark.parametrize("with_seen", [False, True])
@pytest.mark.parametrize("sides", [("at_most", "at_least"), ("at_least",)])
def test_a_stream_crosses_where_its_evidence_first_is_enough(
    sides: tuple[Direction, ...], with_seen: bool
) -> None:
    values, bar, confidence, n = np.array([0.0, 0.5, 1.0]), 0.7, 0.9, 60
    weights = np.array([[0.02, 0.08, 0.9], [0.6, 0.3, 0.1], [0.3, 0.0, 0.7], [0.0, 0.0, 1.0]])
    seen = np.array([1.0, 0.0, 4.0]) if with_seen else None
    found = crossings(
        *(np.random.default_rng(3), values, weights, bar, np.arange(1, n + 1), confidence),
        seen=seen,
        sides=sides,
    )
    # The same draws, followed case by case.
    rng = np.random.default_rng(3)
    drawn = [rng.multinomial(1, weights) for _ in range(n)]
    assert found.shape == (len(sides), len(weights))
    assert np.isfinite(found).any()
    for row, side in enumerate(sides):
        for stream in range(len(weights)):
            process = EProcess(bar, against=side)
            for value in [] if seen is None else np.repeat(values, seen.astype(int)):
                process.add(float(value))
            first = math.inf
            for moment, came in enumerate(drawn, 1):
                process.add(float(came[stream] @ values))
                if math.log(process.e_value) >= math.log(10):
                    first = moment
                    break
            assert found[row, stream] == first


def test_looks_that_round_to_one_moment_are_one() -> None:
    weights = np.array([[0.0, 1.0]])
    rng = np.random.default_rng(1)
    found = crossings(rng, np.array([0.0, 1.0]), weights, 0.8, np.array([1.0, 1.2, 20.4, 30.0]))
    # All pass: after 20 cases a bar of 80% is shown, and it is never shown to be missed.
    assert found.tolist() == [[20.0], [math.inf]]


@pytest.mark.parametrize(("bar", "truth"), [(0.8, 0.95), (0.8, 0.6)])
def test_means_are_judged_as_often_as_their_scores_show(bar: float, truth: float) -> None:
    """A score of 0 or 1 whose bound is one of bets, followed case by case."""
    noise = Noise("mean", spread=1.0)
    found = of_whole_plan(noise, bar, truth, 40)
    from workbench.stats.mean_scores import exceeds

    chances = stats.binom.pmf(np.arange(41), 40, truth)
    met = [exceeds([1.0] * k + [0.0] * (40 - k), bar) for k in range(41)]
    missed = [exceeds([0.0] * k + [1.0] * (40 - k), 1 - bar) for k in range(41)]
    assert found.met == pytest.approx(float(chances[met].sum()), abs=0.04)
    assert found.not_met == pytest.approx(float(chances[missed].sum()), abs=0.04)
