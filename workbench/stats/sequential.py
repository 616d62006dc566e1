"""Watching results arrive: verdicts that stay valid however often somebody looks.

Each case counts once, when its trials are complete, with its mean between 0 and 1. The cases must
come in random order and nothing may change on the way; otherwise start a new watch.
"""

import math
from bisect import bisect_left
from collections.abc import Callable

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence, unit_values
from workbench.stats.intervals import Bounds
from workbench.stats.verdict import Direction, Verdict

BETS = 60
GRID = 400
LOOKS = 200
_OFTEN = 5000
_LEFT = 0.2
"""The share of the error that is left for extending a plan that was read once."""
_LEFT_AFRESH = 0.1
"""The same for asking anew: no answer is shared with what was read, so what it adds is all new."""


def bets(bar: float | Floats, against: Direction) -> Floats:
    """The bets that are mixed, one row per bar: shares of the largest one that cannot lose
    everything, which is 1/bar upward and 1/(1 - bar) downward."""
    shares = (np.arange(BETS) + 0.5) / BETS * 0.999
    bars = np.atleast_1d(np.asarray(bar, dtype=np.float64))[:, None]
    found: Floats = shares / bars if against == "at_most" else -shares / (1 - bars)
    return found


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


def log_peak(
    values: Numbers, bar: float, *, against: Direction = "at_most", looks: int = LOOKS
) -> float:
    """The logarithm of the most evidence there was in a stream of case means.

    As `EProcess.log_peaks`, for a stream that is known so far. It looks after every case, or at
    `looks` moments evenly spread where there are more: to look less often only loses a little.
    """
    stream = unit_values(values)
    if not len(stream):
        return 0.0
    ends = np.unique(np.linspace(1, len(stream), min(looks, len(stream)), dtype=np.intp))
    # A mean of some trials takes few different values: how often each came is all that counts.
    found, which = np.unique(stream, return_inverse=True)
    came = np.zeros((len(ends), len(found)))
    np.add.at(came, (np.searchsorted(ends, np.arange(len(stream)) + 1), which), 1)
    log_wealth = came.cumsum(axis=0) @ np.log1p(np.outer(found - bar, bets(bar, against)[0]))
    return max(0.0, float((np.logaddexp.reduce(log_wealth, axis=1) - math.log(BETS)).max()))


def bounds_at_any_time(
    lowest: Numbers, highest: Numbers, confidence: float = 0.95, grid: int = GRID
) -> Bounds:
    """Bounds on the rate that hold at every moment at once, as the cases come in.

    `lowest` and `highest` are the case means in the order of the plan, where every unscored trial
    fails and where it passes. The e-process inverted over bars 1/400 apart (Waudby-Smith and
    Ramdas 2024, section 3): the lower bound is the highest bar that the rate was shown to exceed.
    Each bound holds at `confidence` alone; rounding to the grid only widens them.
    """
    needed = math.log(1 / check_confidence(confidence))
    # Every factor 1 + lam*(x - bar) falls as the bar rises (lam is a share of 1/bar), and so does
    # the evidence: what was shown of a bar was shown of all below it. Downward the same, mirrored.
    exceeded = _how_many(lambda i: log_peak(lowest, i / grid, against="at_most") >= needed, grid)
    undercut = _how_many(
        lambda i: log_peak(highest, 1 - i / grid, against="at_least") >= needed, grid
    )
    return Bounds(exceeded / grid, 1 - undercut / grid)


def _how_many(is_shown: Callable[[int], bool], grid: int) -> int:
    """How many of 1 … grid - 1 are shown, if those are the first."""
    return bisect_left(range(1, grid), True, key=lambda i: not is_shown(i))


def verdict_at_any_time(
    lowest: Numbers,
    highest: Numbers,
    bar: float,
    direction: Direction = "at_least",
    confidence: float = 0.95,
) -> Verdict:
    """The verdict on a bar that may be read at any time; the streams as in `bounds_at_any_time`.

    As `Watch`: settled once the evidence ever reached 1/alpha.
    """
    needed = math.log(1 / check_confidence(confidence))
    above = log_peak(lowest, bar, against="at_most", looks=_OFTEN) >= needed
    below = log_peak(highest, bar, against="at_least", looks=_OFTEN) >= needed
    if above == below:
        return "not_enough_evidence"
    return "met" if above == (direction == "at_least") else "not_met"


def left_after(confidence: float, *, was_spent: bool, restarts: int = 0) -> float:
    """The confidence to judge a plan with that goes on after a look; see `share_after`."""
    return 1 - check_confidence(confidence) * share_after(was_spent=was_spent, restarts=restarts)


def share_after(*, was_spent: bool, restarts: int = 0) -> float:
    """How much of its error a plan has left that goes on after a look.

    A verdict on the whole of a plan has used up its error. What follows may add a fifth of it at
    most, so that all looks together stay within it: exact bounds at the bar are wrong somewhat
    less often than they say, and what they are wrong on, bounds at any time mostly are too
    (benchmarks/extended_plans.py). Nothing was spent where all that went before was made to be
    read at any time. Each of the `restarts`, where values of old cases changed (more trials of
    them, more cases of their group), is a new process of bets: the n-th gets 1/n(n + 1) of it,
    which adds up to one whole.
    """
    share = _LEFT if was_spent else 1.0
    return share / (restarts * (restarts + 1)) if restarts else share


def share_afresh(looks: int) -> float:
    """How much of its error an asking has that comes after so many `looks` at earlier answers.

    The first has all of it, and what follows a tenth together: the n-th that is asked anew has
    1/n(n + 1) of that, which adds up to one whole. Askings may be independent of each other, so
    nothing that the first is wrong on is shared (benchmarks/asked_afresh.py).
    """
    return _LEFT_AFRESH / (looks * (looks + 1)) if looks else 1.0


def fewest_flawless(bar: float, confidence: float = 0.95) -> int:
    """How many cases without a failure it takes to show a bar while somebody watches."""
    needed = math.log(1 / check_confidence(confidence))
    process, cases = EProcess(bar), 0
    while process.log_peaks[0] < needed:
        process.add(1.0)
        cases += 1
    return cases


def e_values(values: Numbers, bar: float, *, against: Direction = "at_most") -> Floats:
    """The evidence after each case of a stream, for drawing its course."""
    process = EProcess(bar, against=against)
    course = []
    for value in unit_values(values):
        process.add(float(value))
        course.append(process.e_value)
    return np.asarray(course, dtype=np.float64)
