"""How many cases and trials a question needs, before spending anything."""

import math
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence
from workbench.stats.intervals import pass_rate
from workbench.stats.repeats import variance_left
from workbench.stats.verdict import Direction, of_interval


class BarPlan(NamedTuple):
    """Cases to run, and how many independent answers (and passes among them) that stands for."""

    n_cases: int
    n_effective: int
    passes_needed: int


class Detectable(NamedTuple):
    """The true rates that a design would probably tell apart from its bar; None where none can."""

    below: float | None
    above: float | None


def zero_failure_minimum(bar: float, confidence: float = 0.95) -> int:
    """The fewest cases that can show a bar, if all of them pass: smallest n with bar^n <= alpha.

    Success-run rule; Hanley and Lippman-Hand 1983, JAMA 249:1743-1745. Raises ValueError unless
    the bar lies between 0 and 1, both excluded.
    """
    alpha = check_confidence(confidence)
    _check_rate(bar)
    # One rounding error in the logarithms would ask for a case too many (0.05 at n cases).
    return max(1, math.ceil(math.log(alpha) / math.log(bar) - 1e-9))


def best_bar(n_cases: int, confidence: float = 0.95) -> float:
    """The highest bar that so many cases can show, if all of them pass: alpha^(1/n)."""
    alpha = check_confidence(confidence)
    return float(alpha ** (1 / n_cases)) if n_cases > 0 else 0.0


def cases_for_bar(
    bar: float,
    truth: float,
    *,
    trials: int = 1,
    icc: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    most: int = 20_000,
) -> BarPlan | None:
    """Cases that settle a bar with the given power, if the true rate is `truth`.

    Above the bar, the chance of "met" under "at least"; below it, the chance of "not met". A limit
    ("at most") is planned as the bar and truth of its complement, 1 - bar and 1 - truth. Exact
    single-stage design of A'Hern 2001, Statistics in Medicine 20:859-866: the smallest n for
    which some r has P(X >= r | bar) <= alpha and P(X >= r | truth) >= power; times the design
    effect icc + (1 - icc)/trials of Miller 2024, and never fewer than must pass without failure.
    None when truth equals the bar or more than `most` answers would be needed.
    """
    from scipy.stats import binom

    alpha = check_confidence(confidence)
    _check_rate(bar)
    if not 0 <= truth <= 1:
        raise ValueError("the supposed truth must lie between 0 and 1")
    if truth == bar:
        return None
    above = truth > bar
    null, real = (bar, truth) if above else (1 - bar, 1 - truth)
    for start in range(1, most, 1000):
        n = np.arange(start, min(start + 1000, most + 1))
        least = binom.isf(alpha, n, null) + 1
        good = np.flatnonzero((binom.sf(least - 1, n, real) >= power) & (least <= n))
        if len(good):
            answers, hits = int(n[good[0]]), int(least[good[0]])
            cases = math.ceil(answers * variance_left(icc, trials) - 1e-9)
            cases = max(cases, zero_failure_minimum(null, confidence))
            return BarPlan(cases, answers, hits if above else answers - hits)
    return None


def detectable(
    bar: float,
    n_cases: int,
    *,
    trials: int = 1,
    icc: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
) -> Detectable:
    """The nearest true rates below and above a bar that so many cases would tell from it.

    The exact design of `cases_for_bar` solved for the truth through the beta quantile.
    """
    alpha = check_confidence(confidence)
    _check_rate(bar)
    answers = int(n_cases / variance_left(icc, trials) + 1e-9)
    above = _nearest_above(bar, answers, power, alpha) if _showable(bar, n_cases, alpha) else None
    under = 1 - bar
    mirrored = (
        _nearest_above(under, answers, power, alpha) if _showable(under, n_cases, alpha) else None
    )
    return Detectable(None if mirrored is None else 1 - mirrored, above)


def best_trials(case_cost: float, trial_cost: float, icc: float, most: int = 10) -> int:
    """Trials per case that give the smallest error for the money, from 1 to `most`.

    k = sqrt(case cost / trial cost * (1 - icc)/icc): optimal two-stage sampling, Cochran 1977,
    Sampling Techniques, 3rd edition, section 10.6; the better of the whole numbers around it.
    """
    if case_cost < 0 or trial_cost <= 0:
        raise ValueError("a case must cost 0 or more, and a trial more than 0")
    counts = range(1, most + 1)
    return min(counts, key=lambda k: (case_cost + k * trial_cost) * variance_left(icc, k))


def to_settle(
    passes: Numbers,
    trials: Numbers,
    bar: float,
    confidence: float = 0.95,
    *,
    direction: Direction = "at_least",
    power: float = 0.8,
    most: int = 2_000,
) -> int | None:
    """How many more cases, run as before, would probably settle an undecided verdict.

    The results still to come are predicted by the beta-binomial distribution from those seen,
    with a Jeffreys prior (Spiegelhalter, Abrams and Myles 2004, Bayesian Approaches to Clinical
    Trials, section 6.5); the number is the smallest for which a verdict of either kind then falls
    with probability `power`. 0 when it is settled already; None when more than `most` are needed,
    so close is the estimate to the bar.
    """
    alpha = check_confidence(confidence)
    _check_rate(bar)
    now = pass_rate(passes, trials, confidence)
    if of_interval(now, bar, direction) != "not_enough_evidence":
        return 0
    is_limit = direction == "at_most"
    level = 1 - bar if is_limit else bar
    # Without a case yet, nothing is known: the prior alone predicts.
    rate = 0.5 if now.estimate is None else 1 - now.estimate if is_limit else now.estimate
    seen = now.n_effective
    worth = seen / now.n_cases if now.n_cases else 1.0
    limit = int(most * worth)

    def settles(more: int) -> bool:
        return _chance_settled(rate * seen, seen, more, level, alpha) >= power

    upper = 1
    while upper < limit and not settles(upper):
        upper = min(upper * 2, limit)
    if limit < 1 or not settles(upper):
        return None
    lower = upper // 2
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (lower, middle) if settles(middle) else (middle, upper)
    more = max(1, math.ceil(upper / worth - 1e-9))
    if rate > level:
        # Trials cannot stand in for cases beyond this: see `intervals.bounds_by_row`.
        more = max(more, zero_failure_minimum(level / rate, confidence) - now.n_cases)
    return more if more <= most else None


def _chance_settled(hits: float, seen: float, more: int, bar: float, alpha: float) -> float:
    """The predictive chance that `more` answers bring the exact bounds to one side of the bar."""
    from scipy.special import betainc, betaln, gammaln

    total = seen + more
    if total <= 0:
        return 0.0
    new = np.arange(more + 1, dtype=np.float64)
    passed: Floats = hits + new
    failed = np.maximum(total - passed, 0.0)
    met = np.where(passed > 0, betainc(np.maximum(passed, 1e-12), failed + 1, bar), 1.0) <= alpha
    not_met = (
        np.where(failed > 0, betainc(np.maximum(failed, 1e-12), passed + 1, 1 - bar), 1.0) < alpha
    )
    a, b = hits + 0.5, max(seen - hits, 0.0) + 0.5
    ways = gammaln(more + 1) - gammaln(new + 1) - gammaln(more - new + 1)
    chance = np.exp(ways + betaln(a + new, b + more - new) - betaln(a, b))
    return float(chance[met | not_met].sum())


def _nearest_above(bar: float, answers: int, power: float, alpha: float) -> float | None:
    """The smallest truth above the bar that is shown with the given power by so many answers."""
    from scipy.special import betaincinv
    from scipy.stats import binom

    if answers < 1:
        return None
    least = int(binom.isf(alpha, answers, bar)) + 1
    return float(betaincinv(least, answers - least + 1, power)) if least <= answers else None


def _showable(bar: float, n_cases: int, alpha: float) -> bool:
    """Whether so many cases could show the bar if none failed."""
    return n_cases > 0 and bar**n_cases <= alpha


def _check_rate(bar: float) -> None:
    if not 0 < bar < 1:
        raise ValueError("the bar must lie between 0 and 1, both excluded")
