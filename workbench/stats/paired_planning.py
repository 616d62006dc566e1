"""How many cases it takes to tell two variants apart, and what a given number can tell."""

import math
from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Numbers, check_confidence, clusters


class PairedNoise(NamedTuple):
    """Variances in a paired comparison: the true difference over cases, and a trial of each."""

    between: float
    within_a: float
    within_b: float

    def per_case(self, trials_a: int = 1, trials_b: int = 1) -> float:
        """The variance of one case's difference of means: w^2 + sA^2/kA + sB^2/kB."""
        return self.between + self.within_a / trials_a + self.within_b / trials_b


def paired_noise(
    passes_a: Numbers, trials_a: Numbers, passes_b: Numbers, trials_b: Numbers
) -> PairedNoise | None:
    """The variances of a pilot in which both variants ran on the same cases, in the same order.

    Miller 2024 (arXiv:2411.00640), section 5: w^2 is the variance of the differences less the
    trial noise of each side, not below 0. With single trials nothing can be told apart and all of
    it is put between cases. None with fewer than two cases.
    """
    one, other = clusters(passes_a, trials_a), clusters(passes_b, trials_b)
    if not len(one.trials) == len(other.trials) == len(trials_a):
        raise ValueError("both variants need scored trials on the same cases")
    if len(one.trials) < 2:
        return None
    noise: list[float] = []
    explained = 0.0
    for side in (one, other):
        repeated = side.trials > 1
        rates, counts = side.rates[repeated], side.trials[repeated]
        trial = float((counts / (counts - 1) * rates * (1 - rates)).mean()) if len(counts) else 0.0
        noise.append(trial)
        explained += trial * float((1 / side.trials).mean())
    spread = float(np.var(other.rates - one.rates, ddof=1))
    return PairedNoise(max(spread - explained, 0.0), noise[0], noise[1])


def paired_cases(
    noise: PairedNoise,
    difference: float,
    *,
    trials_a: int = 1,
    trials_b: int = 1,
    power: float = 0.8,
    confidence: float = 0.95,
) -> int:
    """Cases to detect a difference of that size, two-sided: Miller 2024, equation 9.

    n = (z_{alpha/2} + z_beta)^2 (w^2 + sA^2/kA + sB^2/kB) / difference^2, rounded up.
    """
    if difference == 0:
        raise ValueError("no number of cases can show a difference of 0")
    reach = _reach(power, confidence)
    return math.ceil(reach**2 * noise.per_case(trials_a, trials_b) / difference**2 - 1e-9)


def paired_mde(
    noise: PairedNoise,
    n_cases: int,
    *,
    trials_a: int = 1,
    trials_b: int = 1,
    power: float = 0.8,
    confidence: float = 0.95,
) -> float | None:
    """The smallest difference that so many cases would probably show: Miller 2024, equation 10.

    None without a case.
    """
    if n_cases < 1:
        return None
    return _reach(power, confidence) * math.sqrt(noise.per_case(trials_a, trials_b) / n_cases)


def paired_power(effect: float, n_cases: int, confidence: float = 0.95) -> float:
    """The chance that a two-sided paired t test finds an effect, in sds of the differences.

    Exact through the noncentral t distribution; Cohen 1988, Statistical Power Analysis, section
    2.2, as computed by R's pwr.t.test.
    """
    from scipy.special import nctdtr, stdtrit

    alpha = check_confidence(confidence)
    if n_cases < 2:
        return 0.0
    df, shift = n_cases - 1, abs(effect) * math.sqrt(n_cases)
    edge = float(stdtrit(df, 1 - alpha / 2))
    return float(1 - nctdtr(df, shift, edge) + nctdtr(df, shift, -edge))


def _reach(power: float, confidence: float) -> float:
    """z_{alpha/2} + z_beta: 2.80 at 95% and a power of 80%."""
    from scipy.special import ndtri

    return float(ndtri(1 - check_confidence(confidence) / 2) + ndtri(power))
