"""The mean difference between two variants on the same cases: interval and p-value."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence
from workbench.stats.sequential import bounds_at_any_time, log_peak

FEW_CASES = 30
FEW_DIFFERENT = 10
EXACT_FLIPS = 15
RANDOM_FLIPS = 20_000
_SEED = 0


@dataclass(frozen=True)
class Difference:
    """The mean over cases of B minus A, with a two-sided interval at `confidence` and a p-value.

    `estimate` is that of the `n_cases` that both have a value of, None without one. `is_thin` says
    that so few cases ran, or differ, that the p-value is that of the sign-flip test.
    """

    estimate: float | None
    low: float
    high: float
    standard_error: float | None
    p_value: float | None
    n_cases: int
    n_differ: int
    is_thin: bool
    method: str
    confidence: float = 0.95


NO_DIFFERENCE = Difference(None, -1.0, 1.0, None, None, 0, 0, True, "none")


class Student(NamedTuple):
    """The mean of some differences, its standard error, t interval and two-sided p-value."""

    mean: float
    standard_error: float
    low: float
    high: float
    p_value: float


def student(differences: Numbers, confidence: float = 0.95) -> Student:
    """The paired t test and interval of Student 1908, Biometrika 6:1-25, for two cases or more.

    Miller 2024 (arXiv:2411.00640), equation 7, when they are differences of case means.
    """
    from scipy.special import stdtrit

    gaps = np.asarray(differences, dtype=np.float64)
    alpha, n = check_confidence(confidence), len(gaps)
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1)) / float(np.sqrt(n))
    reach = float(stdtrit(n - 1, 1 - alpha / 2)) * error
    return Student(mean, error, mean - reach, mean + reach, t_p_value(mean, error, n))


class Gaps(NamedTuple):
    """B minus A in case means from 0 to 1, an entry for each independent case (or group).

    `known` has those that both have a value of. `lowest` and `highest` have all that both were to
    be asked about, with whatever is missing taken as far against B as it can be, and for B: the
    extreme imputations of Horowitz and Manski 2000, JASA 95:77-84.
    """

    known: Floats
    lowest: Floats
    highest: Floats

    @property
    def is_thin(self) -> bool:
        """Whether so few cases ran, or differ, that a normal distribution is far."""
        return is_thin(self.known) or is_thin(self.lowest) or is_thin(self.highest)

    def p_value(self) -> float | None:
        """Two-sided, of no difference, whatever the missing values are; None without a case."""
        if not len(self.lowest):
            return None
        if self.lowest.mean() > 0:
            return p_value(self.lowest)
        return p_value(self.highest) if self.highest.mean() < 0 else 1.0

    def difference(self, confidence: float = 0.95) -> Difference:
        """The mean difference; each end of the interval holds with (1 + confidence) / 2.

        It lies on one side of 0 where the p-value is at most 1 - confidence, and only there.
        """
        alpha, n = check_confidence(confidence), len(self.known)
        low, high = lower_end(self.lowest, alpha / 2), -lower_end(-self.highest, alpha / 2)
        estimate = float(self.known.mean()) if n else None
        if estimate is not None:
            low, high = min(low, estimate), max(high, estimate)
        error = float(self.known.std(ddof=1)) / float(np.sqrt(n)) if n > 1 else None
        method = "none" if len(self.lowest) < 2 else "paired t"
        if method != "none" and self.is_thin:
            method += ", sign-flip p"
        return Difference(
            estimate,
            low,
            high,
            error,
            self.p_value(),
            n,
            n_differing(self.known),
            self.is_thin,
            method,
            confidence,
        )


class SequentialGaps(NamedTuple):
    """The same in the order of a plan that may have ended early because of what came in, or that
    goes on after a look: then only a `share` of the error is left."""

    known: Floats
    lowest: Floats
    highest: Floats
    share: float = 1.0

    def p_value(self) -> float | None:
        """Two-sided and valid whenever it is read: 1/e of the most evidence there ever was.

        Waudby-Smith and Ramdas 2024, J Royal Statistical Society B 86:1-27, section 4.
        """
        if not len(self.lowest):
            return None
        above = log_peak((1 + self.lowest) / 2, 0.5, against="at_most")
        below = log_peak((1 + self.highest) / 2, 0.5, against="at_least")
        return min(1.0, 2 * float(np.exp(-max(above, below))) / self.share)

    def difference(self, confidence: float = 0.95) -> Difference:
        """The mean difference, with bounds that hold at every moment at once."""
        n, side = len(self.known), 1 - (1 - confidence) * self.share / 2
        low, high = bounds_at_any_time((1 + self.lowest) / 2, (1 + self.highest) / 2, side)
        estimate = float(self.known.mean()) if n else None
        method = "betting confidence sequence, valid at any time" if len(self.lowest) else "none"
        differ = n_differing(self.known)
        low, high = 2 * low - 1, 2 * high - 1
        if estimate is not None:
            low, high = min(low, estimate), max(high, estimate)
        return Difference(
            estimate, low, high, None, self.p_value(), n, differ, False, method, confidence
        )


def paired(a: Numbers, b: Numbers) -> Gaps:
    """Gaps with nothing missing, from the case means of both in the same order, each in [0, 1].

    Raises ValueError when the two are not of one length or not within that.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError("both variants need one mean per case, for the same cases")
    if not bool(((first >= 0) & (first <= 1) & (second >= 0) & (second <= 1)).all()):
        raise ValueError("case means must lie between 0 and 1")
    gaps: Floats = second - first
    return Gaps(gaps, gaps, gaps)


def is_thin(gaps: Floats) -> bool:
    """Whether fewer than 30 cases ran, or fewer than 10 differ."""
    return len(gaps) < FEW_CASES or n_differing(gaps) < FEW_DIFFERENT


def n_differing(gaps: Floats) -> int:
    """How many of the differences are not 0."""
    return int((~np.isclose(gaps, 0.0, atol=1e-12)).sum())


def p_value(gaps: Floats) -> float:
    """The two-sided p-value of a zero mean.

    Student's t; with fewer than 30 cases, or fewer than 10 that differ, the sign-flip permutation
    test (Fisher 1935, The Design of Experiments, section 21): exact up to 15 differing cases, then
    from 20,000 seeded draws.
    """
    n = len(gaps)
    if n < 2:
        return 1.0
    if is_thin(gaps):
        return sign_flip_p(gaps)
    return student(gaps).p_value


def lower_end(gaps: Floats, alpha: float) -> float:
    """A lower bound on the mean of differences from -1 to 1 that fails with a chance of `alpha`.

    The lower of Student's t bound and of that with two pseudo-cases (Agresti and Min 2005,
    Statistics in Medicine 24:729-740, for any differences within [-1, 1]): the first is too narrow
    where few cases differ. It lies above 0 only if the test of a zero mean says so too, at 2 alpha
    on both sides. When all differences are equal, it is widened by the share of cases,
    1 - alpha^(1/n), that could differ wholly and not have been drawn.
    """
    from scipy.special import stdtrit

    n = len(gaps)
    if n < 2:
        return -1.0
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1)) / float(np.sqrt(n))
    far = float(stdtrit(n - 1, 1 - alpha))
    plain = mean - (far * error if error > 0 else 1 - alpha ** (1 / n))
    shrunk = float(gaps.sum()) / (n + 2)
    variance = (float((gaps**2).sum()) + 1) / (n + 2) - shrunk**2
    low = max(-1.0, min(plain, shrunk - far * float(np.sqrt(variance / (n + 2)))))
    is_shown = mean > 0 and p_value(gaps) <= 2 * alpha
    return max(low, 0.0) if is_shown else min(low, 0.0)


def t_p_value(mean: float, standard_error: float, n: int) -> float:
    """The two-sided p-value of a zero mean difference over n cases, by Student's t (1908)."""
    from scipy.special import stdtr

    if standard_error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(n - 1, -abs(mean / standard_error)))


def sign_flip_p(differences: Numbers, seed: int = _SEED) -> float:
    """The two-sided p-value of a zero mean when the sign of each difference is a coin toss.

    Fisher 1935, section 21. Zeros change nothing and are left out. Random draws count themselves
    (Phipson and Smyth 2010, equation 2), so the p-value is never 0.
    """
    gaps = np.asarray(differences, dtype=np.float64)
    gaps = gaps[~np.isclose(gaps, 0.0, atol=1e-12)]
    n = len(gaps)
    if not n:
        return 1.0
    edge = abs(float(gaps.sum())) - 1e-9
    if n <= EXACT_FLIPS:
        signs = 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ gaps) >= edge).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    for _ in range(20):
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(RANDOM_FLIPS // 20, n))
        extreme += int((np.abs(signs @ gaps) >= edge).sum())
    return (extreme + 1) / (RANDOM_FLIPS + 1)
