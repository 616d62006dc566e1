"""Is one variant better than another on the same cases, and which cases changed."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from workbench.stats.clusters import Floats, Numbers, check_confidence, clusters
from workbench.stats.verdict import Verdict, decide

FEW_CASES = 30
FEW_DIFFERENT = 10
EXACT_FLIPS = 15
RANDOM_FLIPS = 20_000


class Change(StrEnum):
    """What became of a case between two variants."""

    FIXED = "fixed"
    BROKEN = "broken"
    FLICKERING = "flickering"
    STILL_PASSING = "still passing"
    STILL_FAILING = "still failing"


@dataclass(frozen=True)
class Difference:
    """The mean over cases of B minus A, with a two-sided interval and p-value.

    `estimate` and `p_value` are None without a case. `is_thin` says that so few cases ran, or
    differ, that the p-value is that of the sign-flip test and the interval is only indicative.
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


def paired_difference(
    a: Numbers, b: Numbers, confidence: float = 0.95, seed: int = 0
) -> Difference:
    """How much better B is than A, from the case means of both in the same order.

    Paired t interval on the differences (Student 1908; Miller 2024, arXiv:2411.00640, equation
    7), at two-sided `confidence`. With fewer than 30 cases, or fewer than 10 that differ, the
    p-value is that of the sign-flip permutation test (Fisher 1935, The Design of Experiments,
    section 21): exact up to 15 differing cases, then from 20,000 seeded draws.

    When all differences are equal the t interval has no width; it is then widened by the share of
    cases, 1 - (alpha/2)^(1/n), that could differ wholly and not have been drawn. Raises
    ValueError when the two are not of one length or not finite.
    """
    alpha = check_confidence(confidence)
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError("both variants need one mean per case, for the same cases")
    gaps: Floats = second - first
    if not bool(np.isfinite(gaps).all()):
        raise ValueError("case means must be finite numbers")
    n = len(gaps)
    if n < 2:
        estimate = float(gaps[0]) if n else None
        p_value = 1.0 if n else None
        return Difference(
            estimate, -1.0, 1.0, None, p_value, n, int((gaps != 0).sum()), True, "none"
        )
    n_differ = int((~np.isclose(gaps, 0.0, atol=1e-12)).sum())
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1)) / float(np.sqrt(n))
    is_thin = n < FEW_CASES or n_differ < FEW_DIFFERENT
    reach, p_value = _half_width(error, n, alpha), t_p_value(mean, error, n)
    if error == 0 or n_differ == 0:
        reach = 1 - (alpha / 2) ** (1 / n)
    if is_thin:
        p_value = sign_flip_p(gaps, seed)
    method = "paired t, sign-flip p" if is_thin else "paired t"
    return Difference(
        mean, mean - reach, mean + reach, error, p_value, n, n_differ, is_thin, method
    )


def t_p_value(mean: float, standard_error: float, n: int) -> float:
    """The two-sided p-value of a zero mean difference over n cases, by Student's t (1908)."""
    from scipy.special import stdtr

    if standard_error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(n - 1, -abs(mean / standard_error)))


def sign_flip_p(differences: Numbers, seed: int = 0) -> float:
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


def non_inferiority(difference: Difference, margin: float) -> Verdict:
    """Whether B is not worse than A by more than a margin that was set beforehand.

    "met" when the whole interval lies above -margin, "not_met" when it lies below. For a
    one-sided 95% claim compute the difference at confidence 0.90. Schuirmann 1987,
    J Pharmacokinet Biopharm 15:657-680.
    """
    if margin < 0:
        raise ValueError("the margin must be 0 or more")
    if difference.estimate is None:
        return "not_enough_evidence"
    return decide(difference.low, difference.high, -margin, "at_least")


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


def count_changes(found: tuple[Change, ...]) -> dict[Change, int]:
    """How many cases there are of each kind, 0 included."""
    counts = Counter(found)
    return {kind: counts[kind] for kind in Change}


def _change(was: float, now: float) -> Change:
    if 0 < was < 1 or 0 < now < 1:
        return Change.FLICKERING
    if was == now:
        return Change.STILL_PASSING if now else Change.STILL_FAILING
    return Change.FIXED if now else Change.BROKEN


def _half_width(error: float, n: int, alpha: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 1 - alpha / 2)) * error
