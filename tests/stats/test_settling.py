"""How many more cases settle a verdict: said only where it is likely true."""

import numpy as np
import pytest

from workbench.stats.intervals import bounds_by_row
from workbench.stats.sequential import fewest_flawless, left_after, verdict_at_any_time
from workbench.stats.settling import MOST, settling

LEFT = left_after(0.95, was_spent=True)


def told(bar: float, cases: int, trials: int, sets: int) -> tuple[list[bool], list[bool]]:
    """Where a number is said, whether as many more cases settle it; where none is, whether the
    least that is said is too few. True rates lie evenly around the bar."""
    rng = np.random.default_rng([12, cases, trials])
    numbers, others = [], []
    for _ in range(sets):
        truth = rng.uniform(bar - 0.2, min(0.999, bar + 0.2))
        rates = rng.beta(truth, 1 - truth, cases)
        passes = rng.binomial(trials, rates).astype(np.float64)
        now = bounds_by_row(passes[None, :], np.full((1, cases), float(trials)))
        if now.low[0] >= bar or now.high[0] < bar:
            continue
        values, times = np.unique(passes / trials, return_counts=True)
        said = settling(tuple(zip(values.tolist(), times.tolist(), strict=True)), bar, LEFT)
        more = said.more or said.least
        new = rng.binomial(trials, rng.beta(truth, 1 - truth, more))
        stream = np.concatenate([passes, new]) / trials
        is_settled = verdict_at_any_time(stream, stream, bar, confidence=LEFT) != (
            "not_enough_evidence"
        )
        (others if said.more is None else numbers).append(is_settled)
    return numbers, others


def test_a_number_of_more_cases_is_right_eight_times_in_ten_and_so_is_a_least_one() -> None:
    found = [told(bar, cases, 3, 50) for bar, cases in ((0.8, 20), (0.8, 50), (0.9, 20), (0.9, 50))]
    numbers = [one for said, _ in found for one in said]
    others = [one for _, said in found for one in said]
    assert len(numbers) > 20
    assert np.mean(numbers) >= 0.8
    assert np.mean(others) <= 0.2


def test_a_result_on_the_bar_is_told_no_number_but_what_it_takes_at_least() -> None:
    said = settling(((0.0, 10), (1.0, 90)), 0.9, LEFT)
    assert said.more is None
    assert 100 < said.least <= MOST


def test_the_further_from_the_bar_the_fewer_more_cases() -> None:
    flawless = settling(((1.0, 20),), 0.8, LEFT).more
    flawed = settling(((0.0, 1), (1.0, 24)), 0.8, LEFT).more
    assert flawless is not None
    assert 9 <= flawless < (flawed or 10**9)


def test_scores_that_vary_little_settle_sooner_than_passes_and_fails() -> None:
    scores = settling(((0.7, 10), (0.8, 10), (0.9, 10)), 0.6, LEFT)
    passes = settling(((0.0, 6), (1.0, 24)), 0.6, LEFT)
    assert scores.more is not None
    assert scores.more < (passes.more or 10**9)


def test_many_different_scores_are_put_together() -> None:
    values = np.linspace(0.7, 1.0, 300).round(4)
    said = settling(tuple((float(value), 1) for value in values), 0.84, LEFT)
    assert said.least >= 1


SEEN = ((0.0, 2), (1.0, 28))


def test_what_it_takes_at_least_is_what_settles_it_that_seldom() -> None:
    often, seldom = (settling(SEEN, 0.8, LEFT, power=power) for power in (0.7, 0.3))
    assert often.more is not None
    assert seldom.more is not None
    # 500 streams: the one that 7 in 10 are done by, and the one that 3 in 10 are.
    assert (often.least, seldom.least) == (seldom.more, often.more)
    assert seldom.more < often.more
    assert settling(SEEN, 0.8, LEFT, power=0.9).more is None or (
        often.more <= (settling(SEEN, 0.8, LEFT, power=0.9).more or MOST)
    )


def test_no_more_than_the_most_is_ever_advised() -> None:
    few = settling(SEEN, 0.9, LEFT, most=30)
    assert few.more is None
    assert few.least == 30


def test_what_was_never_seen_may_still_come() -> None:
    """Without a failure so far it is not supposed that none will come."""
    said = settling(((1.0, 20),), 0.8, LEFT)
    assert said.more is not None
    assert said.more > fewest_flawless(0.8, LEFT) - 20
    scores = settling(((0.9, 20),), 0.8, LEFT)
    assert scores == settling(((0.0, 0), (0.9, 20), (1.0, 0)), 0.8, LEFT)


def test_a_confidence_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence"):
        settling(SEEN, 0.8, 95)
