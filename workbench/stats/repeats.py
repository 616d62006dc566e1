"""What several trials of one case say: consistency, flicker, where the noise comes from."""

from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Clusters, Floats, Numbers, clusters


class NoiseSplit(NamedTuple):
    """Two sources of noise in a pass rate, as variances, and the share of each in its error.

    `between` is the variance of the true rate over cases, `within` the mean variance of one trial
    of a case. The shares add up to 1; they are None when nothing varies.
    """

    between: float
    within: float
    icc: float | None
    share_from_cases: float | None
    share_from_trials: float | None


def pass_at_k(passes: Numbers, trials: Numbers, k: int) -> Floats:
    """Per case, the chance that at least one of k trials passes: 1 - C(n-c, k)/C(n, k).

    Chen et al. 2021 (arXiv:2107.03374), equation 1; unbiased, and only for k up to the trials of
    every case. Raises ValueError otherwise.
    """
    units = _with_trials(passes, trials, k)
    return 1 - _chance_all(units.trials - units.passes, units.trials, k)


def pass_hat_k(passes: Numbers, trials: Numbers, k: int) -> Floats:
    """Per case, the chance that all of k trials pass: C(c, k)/C(n, k).

    pass^k of Yao et al. 2024, tau-bench (arXiv:2406.12045), section 3. Raises ValueError when k
    exceeds the trials of a case.
    """
    units = _with_trials(passes, trials, k)
    return _chance_all(units.passes, units.trials, k)


def agreement(passes: Numbers, trials: Numbers) -> Floats:
    """Per case, the chance that two of its trials have the same outcome.

    [C(c, 2) + C(n-c, 2)] / C(n, 2): the per-subject agreement of Fleiss 1971, Psychological
    Bulletin 76:378-382, equation 2. Raises ValueError when a case has only one trial.
    """
    units = _with_trials(passes, trials, 2)
    misses = units.trials - units.passes
    return _chance_all(units.passes, units.trials, 2) + _chance_all(misses, units.trials, 2)


def noise_split(passes: Numbers, trials: Numbers) -> NoiseSplit | None:
    """How much of the noise is which cases were picked, and how much the luck of each trial.

    Law of total variance, Miller 2024 (arXiv:2411.00640), section 3: Var(case mean) =
    Var(p) + E[p(1-p)]/k. Within-case variance from cases with two trials or more, between-case
    variance by difference, not below 0. None with fewer than two cases or no repeated trial.
    """
    units = clusters(passes, trials)
    repeated = units.trials > 1
    if len(units.trials) < 2 or not repeated.any():
        return None
    rates, counts = units.rates, units.trials
    kept, twice = rates[repeated], counts[repeated]
    within = float((twice / (twice - 1) * kept * (1 - kept)).mean())
    of_trials = within * float((1 / counts).mean())
    between = max(float(rates.var(ddof=1)) - of_trials, 0.0)
    total, error = between + within, between + of_trials
    return NoiseSplit(
        between=between,
        within=within,
        icc=between / total if total > 0 else None,
        share_from_cases=between / error if error > 0 else None,
        share_from_trials=of_trials / error if error > 0 else None,
    )


def variance_left(icc: float, trials: int) -> float:
    """The variance of a pass rate with so many trials per case, as a share of that with one.

    icc + (1 - icc)/k: Miller 2024 (arXiv:2411.00640), section 3.1.
    """
    if not 0 <= icc <= 1 or trials < 1:
        raise ValueError("icc must lie between 0 and 1, and trials be at least 1")
    return icc + (1 - icc) / trials


def _with_trials(passes: Numbers, trials: Numbers, k: int) -> Clusters:
    """The clusters, provided that k trials were run of each and the counts are whole."""
    units = clusters(passes, trials)
    if k < 1 or bool((units.trials < k).any()):
        raise ValueError(f"k must be at least 1 and at most the trials of every case, not {k}")
    if bool((units.passes % 1 != 0).any() or (units.trials % 1 != 0).any()):
        raise ValueError("passes and trials must be whole numbers to count combinations")
    return units


def _chance_all(hits: Floats, trials: Floats, k: int) -> Floats:
    """The chance that k trials drawn without replacement are all hits."""
    chance = np.ones(len(trials))
    for drawn in range(k):
        chance = chance * np.maximum(hits - drawn, 0) / (trials - drawn)
    return chance
