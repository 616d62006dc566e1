"""The same figures a second way: slower and plainer, for the product's own to be held against."""

import math

import numpy as np
from scipy.stats import beta

from workbench.stats.clusters import Floats, Numbers, unit_values
from workbench.stats.intervals import Bounds
from workbench.stats.sequential import BETS, bets
from workbench.stats.verdict import Direction, Verdict


def clopper_pearson(x: float, n: float, confidence: float = 0.95) -> Bounds:
    """Exact binomial bounds on a rate, each at `confidence`, by the quantiles of scipy's beta.

    Clopper and Pearson 1934, Biometrika 26:404-413; x and n may be fractional.
    """
    alpha = 1 - confidence
    low = float(beta.ppf(alpha, x, n - x + 1)) if x > 0 else 0.0
    high = float(beta.isf(alpha, x + 1, n - x)) if x < n else 1.0
    return Bounds(low, high)


class EProcess:
    """`log_peak` of a stream that is followed case by case, for several bars at once.

    Waudby-Smith and Ramdas 2024, J Royal Statistical Society B 86:1-27, section 4.
    """

    def __init__(self, bar: float | Floats, *, against: Direction = "at_most") -> None:
        """Against "at_most": grows when the rate is above. Against "at_least": when below."""
        self._bars: Floats = np.atleast_1d(np.asarray(bar, dtype=np.float64))
        if not bool(np.all((self._bars > 0) & (self._bars < 1))):
            raise ValueError("the bar must lie between 0 and 1, both excluded")
        self._bets = bets(self._bars, against)
        self._log_wealth: Floats = np.zeros((len(self._bars), BETS))
        self._log_peak: Floats = np.zeros(len(self._bars))

    def add(self, value: float) -> None:
        """Count one finished case, by its mean between 0 and 1."""
        if not 0 <= value <= 1:
            raise ValueError("a case mean must lie between 0 and 1")
        self._log_wealth += np.log1p(self._bets * (value - self._bars)[:, None])
        self._log_peak = np.maximum(self._log_peak, self._log_now())

    @property
    def e_value(self) -> float:
        """The evidence now, for the (first) bar: 1 is none, 20 settles at 95%."""
        return float(np.exp(min(float(self._log_now()[0]), 700.0)))

    @property
    def log_peaks(self) -> Floats:
        """The logarithm of the most evidence there ever was, for each bar."""
        return self._log_peak

    def _log_now(self) -> Floats:
        top = self._log_wealth.max(axis=1)
        mean = np.exp(self._log_wealth - top[:, None]).mean(axis=1)
        return np.asarray(top + np.log(mean), dtype=np.float64)


def e_values(values: Numbers, bar: float, *, against: Direction = "at_most") -> Floats:
    """The evidence after each case of a stream, one bet after the other."""
    process = EProcess(bar, against=against)
    course = []
    for value in unit_values(values):
        process.add(float(value))
        course.append(process.e_value)
    return np.asarray(course, dtype=np.float64)


class Watch:
    """A verdict on a bar that is read after each case as it comes in."""

    def __init__(
        self, bar: float, direction: Direction = "at_least", confidence: float = 0.95
    ) -> None:
        """Follows both statements, that the bar is reached and that it is not, from no case."""
        self._needed = math.log(1 / (1 - confidence))
        self._direction = direction
        self._upward = EProcess(bar, against="at_most")
        self._downward = EProcess(bar, against="at_least")

    def add(self, value: float) -> None:
        """Count one finished case, by its mean between 0 and 1."""
        self._upward.add(value)
        self._downward.add(value)

    @property
    def e_above(self) -> float:
        """The evidence now that the rate is above the bar."""
        return self._upward.e_value

    @property
    def verdict(self) -> Verdict:
        """Settled once the evidence ever reached 1/alpha; what came later does not unsettle it."""
        above = bool(self._upward.log_peaks[0] >= self._needed)
        below = bool(self._downward.log_peaks[0] >= self._needed)
        if above == below:
            return "not_enough_evidence"
        return "met" if above == (self._direction == "at_least") else "not_met"
