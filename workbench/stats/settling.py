"""How many more cases would settle an undecided verdict, predicted from those there are."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, check_confidence
from workbench.stats.power import crossings

MOST = 3_000
"""More cases than that are no advice."""
_POWER = 0.86
"""More than 8 in 10, so that it is right as often at every bar and size that was tried
(benchmarks/planned_power.py)."""
_STREAMS = 500
_LOOKS = 48
_MOST_VALUES = 40
_PRIOR = 1.0


class Settling(NamedTuple):
    """How many `more` cases probably settle a verdict (None: more than `most`), and how many it
    probably takes at `least`."""

    more: int | None
    least: int


@lru_cache(maxsize=1024)
def settling(
    seen: tuple[tuple[float, int], ...],
    bar: float,
    confidence: float,
    *,
    power: float = _POWER,
    most: int = MOST,
) -> Settling:
    """How many more cases would settle a bar that is the least, of which so many were `seen` with
    each value between 0 and 1.

    The cases still to come are predicted from those seen: a Bayesian bootstrap (Rubin 1981, Annals
    of Statistics 9:130-134) with one case more that fails and one that passes: for cases that
    pass or fail that is the beta-binomial of Laplace. To add cases to a plan is to look
    again, so what is predicted is judged by the bounds that hold at any time; `confidence` is what
    is left for them (`sequential.left_after`).
    """
    check_confidence(confidence)
    values, times = _binned(seen)
    rng = np.random.default_rng([10, int(times.sum())])
    prior = _PRIOR * ((values == 0) | (values == 1))
    weights = rng.dirichlet(np.maximum(times + prior, 1e-9), _STREAMS)
    looks = np.geomspace(1, most, _LOOKS)
    first = np.sort(crossings(rng, values, weights, bar, looks, confidence, times).min(axis=0))
    more = first[int(np.ceil(power * _STREAMS)) - 1]
    least = first[int(np.ceil((1 - power) * _STREAMS)) - 1]
    return Settling(None if np.isinf(more) else int(more), int(min(least, most)))


def _binned(seen: Sequence[tuple[float, int]]) -> tuple[Floats, Floats]:
    """Values in order with how often each came; where there are many, rounded to fortieths. What
    passes and what fails may still come, whatever was seen."""
    values = np.array([value for value, _ in seen] + [0.0, 1.0])
    times = np.array([float(count) for _, count in seen] + [0.0, 0.0])
    if len(np.unique(values)) > _MOST_VALUES:
        values = np.round(values * _MOST_VALUES) / _MOST_VALUES
    found, which = np.unique(values, return_inverse=True)
    return found, np.bincount(which, weights=times).astype(np.float64)
