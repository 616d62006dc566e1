"""How many kinds there are, against published worked examples."""

import numpy as np
import pytest

from workbench.stats.richness import richness

# Spiders in two plots of a forest (Sackett and others 2011), as the documentation of iNEXT gives
# them (Hsieh, Ma and Chao 2016): individuals of each species, the estimate and its 95% interval.
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, *[2] * 4, *[1] * 12]
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, 3, 3, 3, 3, *[2] * 4, *[1] * 14]


def test_the_published_estimates_of_spider_species_are_met() -> None:
    found = richness(GIRDLED)
    assert (found.seen, found.n, found.once) == (26, 168, 12)
    assert found.at_least == pytest.approx(43.893, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((30.511, 96.971), abs=5e-4)
    assert found.missing == pytest.approx(12 / 168)
    logged = richness(LOGGED)
    assert (logged.seen, logged.n, logged.once) == (37, 252, 14)
    assert logged.at_least == pytest.approx(61.403, abs=5e-4)


def test_nothing_is_missing_where_every_kind_came_again() -> None:
    found = richness([5, 2, 2])
    assert (found.at_least, found.low, found.high, found.missing) == (3.0, 3.0, 3.0, 0.0)


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_without_a_sighting_nothing_is_claimed(counts: list[int]) -> None:
    found = richness(counts)
    assert (found.seen, found.n, found.at_least, found.missing) == (0, 0, 0.0, 0.0)


@pytest.mark.parametrize("counts", [[1], [1, 1, 1], [4, 1, 1], [1, 2], [3, 1]])
def test_the_interval_lies_above_what_was_seen_and_around_the_estimate(counts: list[int]) -> None:
    found = richness(counts)
    assert found.seen <= found.low <= found.at_least <= found.high
    assert np.isfinite(found.high)


def test_only_singletons_say_that_everything_next_may_be_new() -> None:
    assert richness([1, 1, 1, 1]).missing == 1.0


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="less than never"):
        richness([1, -1])


def test_the_missing_mass_is_near_the_truth() -> None:
    rng = np.random.default_rng(7)
    shares = 1 / np.arange(1, 21)
    shares /= shares.sum()
    estimated, true = [], []
    for _ in range(300):
        counts = rng.multinomial(100, shares)
        estimated.append(richness(counts.tolist()).missing)
        true.append(shares[counts == 0].sum())
    assert np.mean(estimated) == pytest.approx(np.mean(true), abs=0.01)
