"""What became of each case between two variants, and p-values for several questions at once."""

from enum import StrEnum

import numpy as np

from workbench.stats.clusters import Floats, Numbers, clusters


class Change(StrEnum):
    """What became of a case between two variants."""

    FIXED = "fixed"
    BROKEN = "broken"
    FLICKERING = "flickering"
    STILL_PASSING = "still passing"
    STILL_FAILING = "still failing"


def holm(p_values: Numbers) -> Floats:
    """P-values adjusted for asking several questions at once: which variants beat the baseline.

    Holm 1979, Scandinavian Journal of Statistics 6:65-70; keeps the chance of any false claim.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def benjamini_hochberg(p_values: Numbers) -> Floats:
    """P-values adjusted so that few of many exploratory findings, such as slices, are false.

    Benjamini and Hochberg 1995, J Royal Statistical Society B 57:289-300, section 3.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def changes(
    passes_a: Numbers, trials_a: Numbers, passes_b: Numbers, trials_b: Numbers
) -> tuple[Change, ...]:
    """What became of each case: fixed and broken are wholesale, flickering is anything mixed.

    Every case needs at least one scored trial of both variants; raises ValueError otherwise.
    """
    one, other = clusters(passes_a, trials_a), clusters(passes_b, trials_b)
    if not len(one.trials) == len(other.trials) == len(trials_a):
        raise ValueError("both variants need scored trials on the same cases")
    return tuple(
        _change(float(was), float(now)) for was, now in zip(one.rates, other.rates, strict=True)
    )


def _change(was: float, now: float) -> Change:
    if 0 < was < 1 or 0 < now < 1:
        return Change.FLICKERING
    if was == now:
        return Change.STILL_PASSING if now else Change.STILL_FAILING
    return Change.FIXED if now else Change.BROKEN
