"""How often the corrected rate of a judge holds the truth: simulation of the rule in use.

    python -m benchmarks.judge_coverage [--quick]

Writes the table in docs/verdicts.md. Seeded: the same command gives the same table.
"""

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.documented import put, table
from benchmarks.verdict_errors import percent
from workbench.stats import calibration
from workbench.stats.calibration import Labels
from workbench.stats.intervals import pass_rate

RATES = (0.8, 0.9, 0.95)
OUTPUTS, LABELS = 400, 60
SETS = 5000
"""So many that a share near 95% is known to 0.3 points: of 500 sets, a row that holds in 96.7%
is past 97% every fourth time."""
_BOTH = 0.975
"""Of each bound alone: together they hold with 95%."""
_BOUND = 0.95
_NAME = "judge coverage"


class Judge(NamedTuple):
    """A simulated judge: the shares of good outputs that it passes and of bad ones that it fails,
    and how the outputs that people label are drawn."""

    name: str
    sensitivity: float
    specificity: float
    labels: str = "at random"


JUDGES = (
    Judge("good", 0.95, 0.9),
    Judge("good", 0.95, 0.9, "half of them fails of the judge"),
    Judge("good", 0.95, 0.9, "of other outputs"),
    Judge("fair", 0.9, 0.75),
)


class Seen(NamedTuple):
    """Shares of simulated sets: the truth held by the corrected interval and by that of the judge's
    word alone; wrongly met at a bar that is the truth; the mean width of the corrected one; and the
    shares in which it lies above the truth, and below it."""

    holds: float
    raw: float
    wrongly_met: float
    width: float
    above: float
    below: float


def simulated(judge: Judge, rate: float, sets: int) -> Seen:
    """So many sets of outputs at one true rate."""
    rng = np.random.default_rng([int(1000 * rate), JUDGES.index(judge)])
    held = np.zeros((sets, len(Seen._fields)))
    for row in held:
        good, word = _outputs(rng, judge, rate, OUTPUTS)
        if judge.labels == "of other outputs":
            other, said = _outputs(rng, judge, rate, LABELS)
            labels, ask = Labels(said, other, np.arange(LABELS)), calibration.elsewhere
        else:
            chosen = _chosen(rng, judge, word)
            labels, ask = Labels(word[chosen], good[chosen], np.arange(LABELS)), calibration.among
        passes, judged = word.astype(np.float64), np.ones(OUTPUTS)
        found = ask(labels, passes, judged, _BOTH).pass_rate
        plain = pass_rate(passes, judged, _BOTH)
        bound = ask(labels, passes, judged, _BOUND).pass_rate
        row[:] = (
            found.low <= rate <= found.high,
            plain.low <= rate <= plain.high,
            bound.value is not None and bound.low >= rate,
            found.high - found.low,
            found.low > rate,
            found.high < rate,
        )
    return Seen(*(float(mean) for mean in held.mean(axis=0)))


def _outputs(
    rng: np.random.Generator, judge: Judge, rate: float, n: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether outputs are good, and what the judge says of them."""
    good = rng.random(n) < rate
    return good, np.where(
        good, rng.random(n) < judge.sensitivity, rng.random(n) > judge.specificity
    )


def _chosen(rng: np.random.Generator, judge: Judge, word: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The outputs that people label, by the judge's word alone or by nothing."""
    if judge.labels == "at random":
        return rng.choice(OUTPUTS, LABELS, replace=False)
    fails, passes = np.flatnonzero(~word), np.flatnonzero(word)
    half = min(LABELS // 2, len(fails))
    return np.concatenate(
        [
            rng.choice(fails, half, replace=False),
            rng.choice(passes, LABELS - half, replace=False),
        ]
    )


def report(sets: int) -> str:
    """The table."""
    rows = []
    for judge in JUDGES:
        for rate in RATES:
            seen = simulated(judge, rate, sets)
            rows.append(
                (
                    f"{judge.name} ({percent(judge.sensitivity)}, {percent(judge.specificity)})",
                    judge.labels,
                    f"{rate:.0%}",
                    percent(seen.holds),
                    f"{percent(seen.above)}, {percent(seen.below)}",
                    percent(seen.wrongly_met),
                    f"{100 * seen.width:.0f} points",
                    percent(seen.raw),
                )
            )
    head = (
        "judge (sensitivity, specificity)", "labels", "true rate", "95% interval holds it",
        "lies above it, below it",
        "wrongly *met* at that bar", "width", "by its word alone it holds it",
    )  # fmt: skip
    return (
        f"{sets:,} sets of {OUTPUTS} judged outputs each, {LABELS} of them labelled by people "
        f"(simulation error of 95%: {100 * (0.95 * 0.05 / sets) ** 0.5:.1f} points):\n\n"
        f"{table(head, rows)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the sets")
    sets = SETS // 100 if parser.parse_args().quick else SETS
    put(_NAME, "benchmarks.judge_coverage", report(sets))
