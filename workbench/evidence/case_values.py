"""What each case (or group) comes to by a criterion's own measure, and what it could come to."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from workbench.domain.criteria import Measure
from workbench.stats import repeats
from workbench.stats.clusters import Floats, Groups, group_numbers, group_sums

PER_CASE = (Measure.PASS_HAT_K, Measure.AGREEMENT)


class Counted(Protocol):
    """How the trials of an input ended."""

    @property
    def planned(self) -> int: ...
    @property
    def passes(self) -> float: ...
    @property
    def fails(self) -> float: ...


class Values(NamedTuple):
    """From 0 to 1, an entry each. `known` is NaN where there is none; `lowest` and `highest` are
    what it could have been, whatever the trials without a score would have come to."""

    known: Floats
    lowest: Floats
    highest: Floats


def of_inputs(measure: Measure, trials: int, entries: Sequence[Counted]) -> Values:
    """The value of each input. pass^k is of `trials` trials, which each of them has at least."""
    counts = np.array([(e.planned, e.passes, e.fails) for e in entries], dtype=np.float64)
    planned, passes, fails = counts.reshape(-1, 3).T
    return _values(measure, trials, planned, np.minimum(passes, planned), fails)


def of_groups(
    measure: Measure, trials: int, entries: Sequence[Counted], alike: Sequence[int], groups: Groups
) -> Values:
    """The value of each group, as verdicts have it: rates of all its trials together, pass^k and
    agreement as the mean of its inputs. Entries stand for so many inputs that are `alike`."""
    times = np.asarray(alike, dtype=np.intp)
    if measure in PER_CASE:
        values = [np.repeat(column, times) for column in of_inputs(measure, trials, entries)]
        size = np.bincount(groups)
        known = np.isfinite(values[0])
        n_known = np.bincount(groups, weights=known)
        with np.errstate(invalid="ignore"):
            means = group_sums(np.where(known, values[0], 0.0), groups) / n_known
        return Values(means, *(group_sums(column, groups) / size for column in values[1:]))
    counts = np.array([(e.planned, e.passes, e.fails) for e in entries], dtype=np.float64)
    summed = [group_sums(np.repeat(column, times), groups) for column in counts.reshape(-1, 3).T]
    return _values(measure, trials, *summed)


def grouped(labels: Sequence[str], alike: Sequence[int]) -> Groups:
    """Which entries count together, as in verdicts."""
    return group_numbers(labels, alike)


def _values(
    measure: Measure, trials: int, planned: Floats, passes: Floats, fails: Floats
) -> Values:
    scored = np.minimum(np.round(passes + fails), planned)
    most = planned - np.minimum(fails, planned)
    if measure is Measure.PASS_HAT_K:
        is_whole = scored == planned
        low = repeats.pass_hat_k(passes, planned, trials)
        return Values(
            np.where(is_whole, low, np.nan), low, repeats.pass_hat_k(most, planned, trials)
        )
    if measure is Measure.AGREEMENT:
        return _agreement(planned, passes, most)
    with np.errstate(invalid="ignore"):
        rate = np.clip(passes / scored, 0.0, 1.0)
    low, high = np.clip(passes / planned, 0.0, 1.0), np.clip(most / planned, 0.0, 1.0)
    if measure is Measure.FAIL_RATE:
        return Values(1 - rate, 1 - high, 1 - low)
    return Values(rate, low, high)


def _agreement(planned: Floats, least: Floats, most: Floats) -> Values:
    """Two answers agree most often where all that is missing ends alike, and least often where
    passes and fails come as close to half and half as they can."""
    middle = np.clip(np.floor(planned / 2), least, most)
    ends = repeats.agreement(least, planned), repeats.agreement(most, planned)
    low = repeats.agreement(middle, planned)
    return Values(np.where(least == most, low, np.nan), low, np.maximum(*ends))
