"""From an estimate to the next answers: how many of them can be expected to pass."""

from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, check_confidence

_STEPS = 60
_MOST = 1e9
"""So many answers are as good as knowing the rate."""


class Expected(NamedTuple):
    """How many of the next answers pass, at least and at most."""

    least: int
    most: int


def next_answers(
    rate: float, low: float, high: float, confidence: float = 0.95, of: int = 100
) -> Expected:
    """How many of the next `of` answers, each to another case, pass.

    The interval that an estimate and its bounds imply: it allows for what is not known of the rate
    and for the luck of the next answers (Hahn and Meeker 1991, Statistical Intervals, sections 5
    and 6). Thatcher 1964 (J Royal Statistical Society B 26:176-192): the exact limits for a
    binomial are the quantiles of a beta-binomial distribution, with Beta(x, n - x + 1) below and
    Beta(x + 1, n - x) above. x and n are those of the sample whose Clopper-Pearson bound this bound
    would be, so that bounds by other methods widen it as they should. Each end holds at
    `confidence` alone. Raises ValueError unless low <= rate <= high.
    """
    alpha = check_confidence(confidence)
    if not 0 <= low <= rate <= high <= 1:
        raise ValueError("the rate must lie between its bounds, and these between 0 and 1")
    return Expected(_least(rate, low, alpha, of), of - _least(1 - rate, 1 - high, alpha, of))


def _least(rate: float, low: float, alpha: float, of: int) -> int:
    if low <= 0:
        return 0
    size = _size(rate, low, alpha)
    return int(np.searchsorted(_chances(of, rate * size, (1 - rate) * size + 1).cumsum(), alpha))


def _size(rate: float, low: float, alpha: float) -> float:
    """The number of answers whose exact lower bound would be this one."""
    from scipy.special import betaincinv

    least, most = np.log(1e-6), np.log(_MOST)
    for _ in range(_STEPS):
        middle = (least + most) / 2
        size = float(np.exp(middle))
        is_enough = float(betaincinv(rate * size, (1 - rate) * size + 1, alpha)) >= low
        least, most = (least, middle) if is_enough else (middle, most)
    return float(np.exp(most))


def _chances(of: int, hits: float, misses: float) -> Floats:
    """The chances of 0 … `of` passes, the rate being spread as Beta(hits, misses)."""
    from scipy.special import betaln

    k = np.arange(of + 1)
    logs = -np.log(of + 1) - betaln(of - k + 1, k + 1)
    chances = np.exp(logs + betaln(k + hits, of - k + misses) - betaln(hits, misses))
    return np.asarray(chances / chances.sum(), dtype=np.float64)
