"""How often the bounds of p50 and p95 latency hold: simulation of the rule in use.

    python -m benchmarks.p95_coverage [--quick]

Writes p95_coverage.md beside this file. Seeded: the same command gives the same table.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from benchmarks import documented
from benchmarks.verdict_errors import percent, table
from workbench.stats.quantiles import quantile

DESIGNS = ((30, 1), (60, 1), (200, 1), (60, 3), (100, 3), (60, 5), (200, 5))


def coverage(sets: int) -> list[Sequence[object]]:
    """Log latencies are normal; a share of their variance is the case."""
    rng = np.random.default_rng(19_101)
    rows: list[Sequence[object]] = []
    for cases, trials in DESIGNS:
        for correlation in (0.2, 0.8) if trials > 1 else (0.0,):
            for failed in (0.0, 0.03):
                shown = _row(rng, sets, cases, trials, correlation, failed)
                rows.append((cases, trials, correlation, percent(failed), *shown))
    return rows


def _row(
    rng: np.random.Generator,
    sets: int,
    cases: int,
    trials: int,
    correlation: float,
    failed: float,
) -> tuple[str, ...]:
    # Of all calls, failures lie beyond every limit: p95 of all is a lower share of the answers.
    true = float(ndtri(0.95 / (1 - failed)))
    numbers = np.repeat(np.arange(cases), trials)
    low = high = none = median_high = 0
    for _ in range(sets):
        of_case = np.sqrt(correlation) * rng.standard_normal((cases, 1))
        values = of_case + np.sqrt(1 - correlation) * rng.standard_normal((cases, trials))
        answered = rng.random(values.shape) >= failed
        found = quantile(np.where(answered, values, np.inf).ravel(), 0.95, cases=numbers)
        low += found.low is not None and found.low > true
        high += found.high is not None and found.high < true
        none += found.high is None
        some = answered.any(axis=1)
        kept = np.nanmedian(np.where(answered, values, np.nan)[some], axis=1)
        before = quantile(kept, 0.95)
        median_high += before.high is not None and before.high < true
    return tuple(percent(n / sets) for n in (low, high, none, median_high))


def report(sets: int) -> str:
    """The whole Markdown page."""
    return "\n".join(
        [
            INTRO.format(sets=sets, error=percent((0.05 * 0.95 / sets) ** 0.5)),
            table(
                [
                    "cases",
                    "trials",
                    "correlation",
                    "failed",
                    "low too high",
                    "high too low",
                    "no upper bound",
                    "before: high too low",
                ],
                coverage(sets),
            ),
        ]
    )


INTRO = """# How often the bounds of p95 latency are wrong

Written by `python -m benchmarks.p95_coverage`. {sets} sets per row (simulation error of 5%:
{error}). In use: the order statistics at which the share of answers up to them is shown to reach
(or not to exceed) 95% by the cluster-adjusted exact bounds of verdicts; a call that failed took
longer than any limit. Before: the same of the median of each case, without failures.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=400, quick=60)
