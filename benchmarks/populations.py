"""Populations of cases with a known mean pass rate, for simulation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """How the true pass rates of cases are spread around a mean.

    With `correlation` they follow a beta distribution (all alike at 0). Otherwise a share
    `hidden` of the failures comes from cases that pass at the rate `floor`, and the rest from
    cases that pass at the rate `flicker`; all others always pass.
    """

    name: str
    correlation: float | None = None
    hidden: float = 0.0
    flicker: float = 1.0
    floor: float = 0.0

    def draw(self, rng: np.random.Generator, mean: float, shape: tuple[int, int]) -> Floats:
        """True pass rates of many sets of cases: one row per set."""
        if self.correlation == 0:
            return np.full(shape, mean)
        if self.correlation is not None:
            weight = 1 / self.correlation - 1
            return rng.beta(mean * weight, (1 - mean) * weight, shape)
        failing = (1 - mean) * self.hidden / (1 - self.floor)
        flickering = (1 - mean) * (1 - self.hidden) / (1 - self.flicker)
        if failing + flickering > 1:
            raise ValueError("so low a mean cannot be made of these cases")
        dice = rng.random(shape)
        rest = np.where(dice < failing + flickering, self.flicker, 1.0)
        return np.where(dice < failing, self.floor, rest)


def populations(bar: float) -> tuple[Population, ...]:
    """The populations to try at a bar: four correlations, and four with hidden failures."""
    small = 1 - (1 - bar) / 2
    return (
        Population("correlation 0", correlation=0.0),
        Population("correlation .2", correlation=0.2),
        Population("correlation .5", correlation=0.5),
        Population("correlation .9", correlation=0.9),
        Population("1 in 4 failures never passes", hidden=0.25, flicker=bar),
        Population("half never pass, others flicker", hidden=0.5, flicker=bar),
        Population("3 in 4 never pass, others flicker a little", hidden=0.75, flicker=small),
        Population("half pass 1 time in 10", hidden=0.5, flicker=bar, floor=0.1),
    )
