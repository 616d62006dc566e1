"""How often verdicts on a mean score are wrong, and how often they come: the rule in use, a t bound
and the bound that took scores for parts of passes.

    python -m benchmarks.mean_score_errors [--quick]

Writes mean_score_errors.md beside this file. Seeded: the same command gives the same table.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import t as student

from benchmarks import documented
from benchmarks.populations import Floats
from benchmarks.verdict_errors import percent, table
from workbench.stats.intervals import Interval, bounded_mean
from workbench.stats.mean_scores import betting_mean, exceeds

ALPHA = 0.05
POINTS = np.arange(1, 6)
WEIGHTS = {
    "as good features are rated": (0.04, 0.06, 0.1, 0.3, 0.5),
    "1 in 20 is a 1, the rest 5": (0.05, 0, 0, 0, 0.95),
    "half 1, half 5": (0.5, 0, 0, 0, 0.5),
    "1 in 50 is a 1, the rest 4": (0.02, 0, 0, 0.98, 0),
    "even": (0.2, 0.2, 0.2, 0.2, 0.2),
    "nearly all 4": (0, 0.02, 0.03, 0.9, 0.05),
}


def errors_at_the_bar(sets: int) -> list[Sequence[object]]:
    """The mean is the bar itself: every verdict is an error."""
    rng = np.random.default_rng(19_001)
    rows: list[Sequence[object]] = []
    for name, weights in WEIGHTS.items():
        p = np.array(weights)
        bar = float(p @ (POINTS - 1) / 4)
        for cases in (10, 30, 60, 200):
            drawn = (rng.choice(POINTS, (sets, cases), p=p) - 1) / 4
            rows.append((name, cases, *_wrong(drawn, bar)))
    return rows


def _wrong(drawn: Floats, bar: float) -> tuple[str, ...]:
    low = np.mean([exceeds(values, bar) for values in drawn])
    high = np.mean([exceeds(1 - values, 1 - bar) for values in drawn])
    one = betting_mean(drawn[0])
    assert (one.low > bar) == exceeds(drawn[0], bar)
    assert (one.high < bar) == exceeds(1 - drawn[0], 1 - bar)
    t_low, t_high = _student(drawn)
    return (
        percent(float(low)),
        percent(float(high)),
        percent(float((t_low > bar + 1e-9).mean())),
        percent(float((t_high < bar - 1e-9).mean())),
    )


def _student(drawn: Floats) -> tuple[Floats, Floats]:
    n = drawn.shape[1]
    half = student.ppf(1 - ALPHA, n - 1) * drawn.std(axis=1, ddof=1) / n**0.5
    mean = drawn.mean(axis=1)
    return mean - half, mean + half


def normal_like(mean: float, sd: float) -> Floats:
    """Chances of 1 to 5 with this mean and standard deviation, as a normal curve would have."""

    def chances(at: float, width: float) -> Floats:
        logs = -(((POINTS - at) / width) ** 2) / 2
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def centred(width: float) -> Floats:
        at = brentq(lambda x: float(chances(x, width) @ POINTS) - mean, -60, 60)
        return chances(at, width)

    def gap(width: float) -> float:
        p = centred(width)
        return float(np.sqrt(p @ POINTS**2 - (p @ POINTS) ** 2)) - sd

    return centred(float(brentq(gap, 0.2, 6)))


def power(sets: int) -> list[Sequence[object]]:
    """The mean lies 0.3 from the bar, on a scale of 1 to 5: how often that is decided."""
    rng = np.random.default_rng(19_002)
    rows: list[Sequence[object]] = []
    for sd in (0.5, 0.7, 0.9):
        for mean, bar in ((4.3, 4.0), (4.0, 3.7), (3.3, 3.0), (3.7, 4.0), (4.0, 4.3)):
            p = normal_like(mean, sd)
            for cases in (30, 60, 100, 200):
                drawn = (rng.choice(POINTS, (sets, cases), p=p) - 1) / 4
                level = (bar - 1) / 4
                t_low, t_high = _student(drawn)
                is_above = mean > bar
                shown = [
                    np.mean([_exceeds(v, level, is_above) for v in drawn]),
                    np.mean([_is_shown(bounded_mean(v), level, is_above) for v in drawn]),
                ]
                t_shown = (t_low >= level if is_above else t_high < level).mean()
                rows.append((sd, mean, bar, cases, *(percent(float(s)) for s in (*shown, t_shown))))
    return rows


def _exceeds(values: Floats, level: float, is_above: bool) -> bool:
    return exceeds(values, level) if is_above else exceeds(1 - values, 1 - level)


def _is_shown(found: Interval, level: float, is_above: bool) -> bool:
    low, high = found.low, found.high
    return bool(low >= level if is_above else high < level)


def report(sets: int) -> str:
    """The whole Markdown page."""
    return "\n".join(
        [
            INTRO.format(sets=sets, error=percent((ALPHA * (1 - ALPHA) / sets) ** 0.5)),
            "## The mean lies at the bar\n",
            table(
                ["scores", "cases", "false met", "false not met", "t: met", "t: not met"],
                errors_at_the_bar(sets),
            ),
            "## The mean lies 0.3 from the bar\n",
            table(
                ["sd", "mean", "bar", "cases", "decided", "as parts of passes (before)", "t"],
                power(max(100, sets // 2)),
            ),
        ]
    )


INTRO = """# How often verdicts on a mean score are wrong, and how often they come

Written by `python -m benchmarks.mean_score_errors`. Scores of 1 to 5, one a case; {sets} sets per
row at the bar (simulation error of 5%: {error}), half of that away from it. In use: betting
bounds (`workbench.stats.mean_scores`), which hold in every row because they hold for every
distribution. The t bound decides more often, and is wrong far more often than it says where a rare
low score was not drawn.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=3_000, quick=100)
