"""Watching results arrive: verdicts that stay valid however often somebody looks.

Each case counts once, when its trials are complete, with its mean between 0 and 1. The cases must
come in random order and nothing may change on the way; otherwise start a new watch.
"""

import math

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence, unit_values
from workbench.stats.intervals import Bounds
from workbench.stats.verdict import Direction, Verdict

BETS = 60
GRID = 400


class EProcess:
    """Evidence, bet by bet, against "the rate is at most `bar`" or "at least `bar`".

    The mean over 60 bets lam of the product of 1 + lam*(x - bar): a test martingale of
    Waudby-Smith and Ramdas 2024, J Royal Statistical Society B 86:1-27, section 4, mixed over bets
    as in Robbins 1970. By Ville's inequality it ever reaches 1/alpha with a probability of at
    most alpha if the statement is true, so it may be read after every case. Several bars are
    followed at once when an array is given.
    """

    def __init__(self, bar: float | Floats, *, against: Direction = "at_most") -> None:
        """Against "at_most": grows when the rate is above. Against "at_least": when below."""
        self._bars: Floats = np.atleast_1d(np.asarray(bar, dtype=np.float64))
        if not bool(np.all((self._bars > 0) & (self._bars < 1))):
            raise ValueError("the bar must lie between 0 and 1, both excluded")
        shares = (np.arange(BETS) + 0.5) / BETS * 0.999
        # The largest bet that cannot lose everything: 1/bar upward, 1/(1 - bar) downward.
        is_upward = against == "at_most"
        reach = self._bars if is_upward else 1 - self._bars
        self._bets: Floats = shares / reach[:, None] * (1 if is_upward else -1)
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


class Watch:
    """A verdict on a bar that may be read at any time, as the cases come in."""

    def __init__(
        self, bar: float, direction: Direction = "at_least", confidence: float = 0.95
    ) -> None:
        """Follows both statements, that the bar is reached and that it is not, from no case."""
        self._needed = math.log(1 / check_confidence(confidence))
        self._direction = direction
        self._upward = EProcess(bar, against="at_most")
        self._downward = EProcess(bar, against="at_least")
        self.n_cases = 0

    def add(self, value: float) -> None:
        """Count one finished case, by its mean between 0 and 1."""
        self._upward.add(value)
        self._downward.add(value)
        self.n_cases += 1

    @property
    def e_above(self) -> float:
        """The evidence now that the rate is above the bar."""
        return self._upward.e_value

    @property
    def e_below(self) -> float:
        """The evidence now that the rate is below the bar."""
        return self._downward.e_value

    @property
    def verdict(self) -> Verdict:
        """Settled once the evidence ever reached 1/alpha; what came later does not unsettle it."""
        above = bool(self._upward.log_peaks[0] >= self._needed)
        below = bool(self._downward.log_peaks[0] >= self._needed)
        if above == below:
            return "not_enough_evidence"
        return "met" if above == (self._direction == "at_least") else "not_met"


class ConfidenceSequence:
    """Bounds on the rate that hold at every moment at once, as the cases come in.

    The e-process inverted over bars 1/400 apart (Waudby-Smith and Ramdas 2024, section 3): the
    lower bound is the highest of the bars that, like all those below them, the rate was shown to
    exceed. Each bound holds at `confidence` alone; rounding to the grid only widens them.
    """

    def __init__(self, confidence: float = 0.95, grid: int = GRID) -> None:
        """Follows `grid` - 1 bars, evenly spaced between 0 and 1."""
        self._needed = math.log(1 / check_confidence(confidence))
        self._bars: Floats = np.arange(1, grid) / grid
        self._upward = EProcess(self._bars, against="at_most")
        self._downward = EProcess(self._bars, against="at_least")

    def add(self, value: float) -> None:
        """Count one finished case, by its mean between 0 and 1."""
        self._upward.add(value)
        self._downward.add(value)

    @property
    def bounds(self) -> Bounds:
        """The bounds now: 0 and 1 to begin with, and never wider than they were."""
        exceeded = self._upward.log_peaks >= self._needed
        undercut = (self._downward.log_peaks >= self._needed)[::-1]
        up = len(exceeded) if bool(exceeded.all()) else int(np.argmin(exceeded))
        down = len(undercut) if bool(undercut.all()) else int(np.argmin(undercut))
        low = float(self._bars[up - 1]) if up else 0.0
        high = float(self._bars[len(self._bars) - down]) if down else 1.0
        return Bounds(low, high)


def e_values(values: Numbers, bar: float, *, against: Direction = "at_most") -> Floats:
    """The evidence after each case of a stream, for drawing its course."""
    process = EProcess(bar, against=against)
    course = []
    for value in unit_values(values):
        process.add(float(value))
        course.append(process.e_value)
    return np.asarray(course, dtype=np.float64)
