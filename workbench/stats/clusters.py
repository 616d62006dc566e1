"""Cases as arrays: how many trials each case had and how many passed, checked once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = Sequence[float] | Sequence[int] | NDArray[np.float64] | NDArray[np.int64]


class Clusters(NamedTuple):
    """One entry per independent unit: a case, or a document that several cases share."""

    passes: Floats
    trials: Floats

    @property
    def rates(self) -> Floats:
        """The pass rate of each cluster."""
        return self.passes / self.trials


def clusters(passes: Numbers, trials: Numbers) -> Clusters:
    """The clusters that have at least one scored trial; the others say nothing and are left out.

    Passes may be fractional, as when several raters are averaged. Raises ValueError when the two
    differ in length, or when a count is negative, not finite, or greater than its trials.
    """
    won = np.asarray(passes, dtype=np.float64)
    tried = np.asarray(trials, dtype=np.float64)
    if won.ndim != 1 or won.shape != tried.shape:
        raise ValueError("passes and trials need one entry per cluster, and as many of each")
    # Written so that NaN, which compares false with everything, is refused too.
    if not bool(np.all((won >= 0) & (won <= tried) & np.isfinite(tried))):
        raise ValueError("passes must lie between 0 and the trials of their cluster")
    scored = tried > 0
    return Clusters(won[scored], tried[scored])


def unit_values(values: Numbers) -> Floats:
    """Per-case values between 0 and 1, as an array; raises ValueError for any other."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not bool(np.all((array >= 0) & (array <= 1))):
        raise ValueError("values must be a flat list of numbers between 0 and 1")
    return array


def check_confidence(confidence: float) -> float:
    """The chance of error that a confidence leaves; raises ValueError outside (0.5, 1)."""
    if not 0.5 < confidence < 1:
        raise ValueError("confidence must lie between 0.5 and 1, both excluded")
    return 1 - confidence
