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


def log_peak(
    values: Numbers, bar: float, *, against: Direction = "at_most", looks: int = LOOKS
) -> float:
    """The logarithm of the most evidence there was in a stream of case means.

    Evidence, bet by bet, against "the rate is at most `bar`" or "at least `bar`": the mean over 60
    bets lam of the product of 1 + lam*(x - bar), a test martingale of Waudby-Smith and Ramdas 2024,
    J Royal Statistical Society B 86:1-27, section 4, mixed over bets as in Robbins 1970. By
    Ville's inequality it ever reaches 1/alpha with a probability of at most alpha if the statement
    is true, so it may be read after every case. It looks after every case, or at `looks` moments
    evenly spread where there are more: to look less often only loses a little.
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

    Settled once the evidence ever reached 1/alpha; what came later does not unsettle it.
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
    if not 0 < bar < 1:
        raise ValueError("the bar must lie between 0 and 1, both excluded")
    needed = math.log(BETS / check_confidence(confidence))
    gains, cases = np.log1p(bets(bar, "at_most")[0] * (1 - bar)), 0
    while np.logaddexp.reduce(gains * cases) < needed:
        cases += 1
    return cases
