"""What a given number of cases can tell of two variants."""

import math
from typing import NamedTuple

from workbench.stats.clusters import check_confidence


class PairedNoise(NamedTuple):
    """Variances in a paired comparison: the true difference over cases, and a trial of each."""

    between: float
    within_a: float
    within_b: float

    def per_case(self, trials_a: int = 1, trials_b: int = 1) -> float:
        """The variance of one case's difference of means: w^2 + sA^2/kA + sB^2/kB."""
        return self.between + self.within_a / trials_a + self.within_b / trials_b


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


def _reach(power: float, confidence: float) -> float:
    """z_{alpha/2} + z_beta: 2.80 at 95% and a power of 80%."""
    from scipy.special import ndtri

    return float(ndtri(1 - check_confidence(confidence) / 2) + ndtri(power))
