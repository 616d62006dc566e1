"""What the next answers will bring."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from tests.stats.oracles import clopper_pearson
from workbench.stats.predictions import next_answers


def exact(x: int, n: int, of: int, alpha: float) -> tuple[int, int]:
    """The limits by the test that they come from (Thatcher 1964): all the numbers of passes among
    the next `of` with which the first n do not disagree."""
    least = next(y for y in range(of + 1) if hypergeom.sf(x - 1, n + of, x + y, n) > alpha)
    most = next(y for y in range(of, -1, -1) if hypergeom.cdf(x, n + of, x + y, n) > alpha)
    return least, most


@pytest.mark.parametrize(
    ("x", "n"), [(0, 20), (1, 20), (18, 20), (20, 20), (50, 100), (92, 100), (299, 300)]
)
@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_the_limits_are_those_of_the_exact_test(x: int, n: int, confidence: float) -> None:
    found = next_answers(x / n, *clopper_pearson(x, n, confidence), confidence)
    assert found == exact(x, n, 100, 1 - confidence)


@pytest.mark.parametrize("n", [20, 1000])
def test_the_next_hundred_come_out_as_was_said(n: int) -> None:
    rng = np.random.default_rng(n)
    times, rate = 2000, 0.9
    passes, came = rng.binomial(n, rate, times), rng.binomial(100, rate, times)
    said = {x: next_answers(x / n, *clopper_pearson(x, n)) for x in map(int, set(passes))}
    fewer = sum(y < said[int(x)].least for x, y in zip(passes, came, strict=True))
    more = sum(y > said[int(x)].most for x, y in zip(passes, came, strict=True))
    room = 2 * (0.05 * 0.95 / times) ** 0.5
    assert fewer / times <= 0.05 + room
    assert more / times <= 0.05 + room


def test_what_is_not_known_of_the_rate_widens_what_is_said() -> None:
    sure, unsure = next_answers(0.9, 0.89, 0.91), next_answers(0.9, 0.7, 0.98)
    assert unsure.least < sure.least
    assert sure.most < unsure.most
    assert next_answers(0.9, 0.0, 1.0) == (0, 100)
    assert next_answers(1.0, 0.99999, 1.0).most == 100


def test_bounds_that_do_not_hold_the_rate_are_refused() -> None:
    with pytest.raises(ValueError, match="between its bounds"):
        next_answers(0.9, 0.95, 0.99)


@pytest.mark.parametrize(
    ("rate", "low", "high"), [(0.9, -0.1, 0.95), (0.9, 0.8, 1.1), (0.9, 0.5, 0.8), (2, 0, 2)]
)
def test_bounds_outside_the_scale_are_refused(rate: float, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="between its bounds"):
        next_answers(rate, low, high)


@pytest.mark.parametrize("of", [1, 7, 250])
def test_the_limits_hold_for_any_number_of_answers(of: int) -> None:
    assert next_answers(0.9, *clopper_pearson(18, 20), of=of) == exact(18, 20, of, 0.05)
