"""Cases as arrays: how many trials each case had and how many passed, checked once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]
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


def group_numbers(labels: Sequence[str], alike: Sequence[int] | None = None) -> Groups:
    """For each entry the number of what it is counted with, in the order in which they appear: the
    entries of its group, or itself alone where its label is empty. `alike` repeats entries."""
    times = np.ones(len(labels), dtype=np.intp) if alike is None else np.asarray(alike, np.intp)
    found: Groups = np.arange(times.sum())
    first: dict[str, int] = {}
    for label, start, count in zip(labels, np.cumsum(times) - times, times, strict=True):
        if label:
            found[start : start + count] = first.setdefault(label, int(start))
    return np.unique(found, return_inverse=True)[1] if first else found


def group_sums(values: Floats, groups: Groups) -> Floats:
    """The sum of each group of `group_numbers`."""
    return np.bincount(groups, weights=values).astype(np.float64)


def group_means(values: Floats, groups: Groups) -> Floats:
    """The mean of each group that has a value; values lie between 0 and 1."""
    size = np.bincount(groups)
    some = size > 0
    return np.clip(group_sums(values, groups)[some] / size[some], 0.0, 1.0)


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
