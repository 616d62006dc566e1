"""How often verdicts are wrong, and how often they come: simulation of the rules in use.

    python -m benchmarks.verdict_errors [--quick]

Writes verdict_errors.md beside this file. Seeded: the same command gives the same table.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from benchmarks import documented
from benchmarks.populations import Floats, Population, populations
from tests.stats.oracles import Watch
from workbench.stats.intervals import bounded_mean, bounds_by_row, pass_rate
from workbench.stats.sequential import BETS

ALPHA = 0.05
BARS = (0.8, 0.9, 0.95, 0.98)
CASES = (20, 50, 100, 200, 500)
TRIALS = (1, 2, 3, 5, 10)


class Cell(NamedTuple):
    """One design at one truth, and how its verdicts were spread."""

    bar: float
    cases: int
    trials: int
    population: str
    met: float
    not_met: float
    met_unguarded: float
    sets: int


def judged(
    rng: np.random.Generator,
    people: Population,
    bar: float,
    truth: float,
    cases: int,
    trials: int,
    sets: int,
) -> Cell:
    """Verdicts on many sets of cases drawn from one population with a known true rate."""
    met = not_met = unguarded = 0
    block = max(1, 2_000_000 // cases)
    for start in range(0, sets, block):
        rates = people.draw(rng, truth, (min(block, sets - start), cases))
        passes = rng.binomial(trials, rates).astype(np.float64)
        found = bounds_by_row(passes, np.full(passes.shape, float(trials)))
        met += int((found.low >= bar).sum())
        not_met += int((found.high < bar).sum())
        hits, misses = found.estimate * found.n_effective, found.n_effective
        alone = betaincinv(np.maximum(hits, 1e-12), misses - hits + 1, ALPHA)
        unguarded += int((alone >= bar).sum())
        if start == 0:
            _same_as_one_by_one(passes, trials, found.low, found.high)
    return Cell(bar, cases, trials, people.name, met / sets, not_met / sets, unguarded / sets, sets)


def errors_at_the_bar(sets: int) -> list[Cell]:
    """Every design and population, with the true rate exactly on the bar: each verdict is wrong."""
    rng = np.random.default_rng(20_241)
    return [
        judged(rng, people, bar, bar, cases, trials, sets)
        for bar in BARS
        for people in populations(bar)
        for cases in CASES
        for trials in TRIALS
    ]


def worst_again(cells: list[Cell], sets: int) -> list[tuple[str, Cell]]:
    """The worst cells for each error with fresh draws: the worst of many flatters nobody."""
    rng = np.random.default_rng(20_242)
    picked = [("met", c) for c in sorted(cells, key=lambda c: -c.met)[:6]]
    picked += [("not met", c) for c in sorted(cells, key=lambda c: -c.not_met)[:4]]
    again = []
    for kind, c in picked:
        people = next(p for p in populations(c.bar) if p.name == c.population)
        again.append((kind, judged(rng, people, c.bar, c.bar, c.cases, c.trials, sets)))
    return again


def power_cells(sets: int) -> list[tuple[float, Cell]]:
    """The same designs away from the bar, at a within-case correlation of .5."""
    rng = np.random.default_rng(20_243)
    cells = []
    for bar in BARS:
        people = next(p for p in populations(bar) if p.name == "correlation .5")
        for truth in (bar + (1 - bar) / 2, bar - (1 - bar)):
            for cases in CASES:
                for trials in (1, 3, 10):
                    cell = judged(rng, people, bar, truth, cases, trials, sets)
                    cells.append((truth, cell))
    return cells


def peeking(sets: int) -> list[Sequence[object]]:
    """False calls at the bar by case 300: looking at a fixed-n bound, and the e-process."""
    rng = np.random.default_rng(20_244)
    rows: list[Sequence[object]] = []
    for bar in BARS:
        people = next(p for p in populations(bar) if p.name == "correlation .5")
        for trials in (1, 3):
            passes = rng.binomial(trials, people.draw(rng, bar, (sets, 300))).astype(np.float64)
            values = passes / trials
            peek_met, peek_not = np.zeros(sets, bool), np.zeros(sets, bool)
            for look in range(10, 301, 10):
                found = bounds_by_row(passes[:, :look], np.full((sets, look), float(trials)))
                open_still = ~(peek_met | peek_not)
                peek_met |= open_still & (found.low >= bar)
                peek_not |= open_still & (found.high < bar)
            above, below = _peaks(values, bar)
            need = np.log(1 / ALPHA)
            _same_as_watch(values, bar, above >= need, below >= need)
            better = people.draw(rng, bar + (1 - bar) * 0.7, (sets, 300))
            up, _ = _peaks(rng.binomial(trials, better) / trials, bar)
            rows.append(
                (
                    f"{bar:.2f}",
                    trials,
                    percent(peek_met.mean()),
                    percent(peek_not.mean()),
                    percent((above >= need).mean()),
                    percent((below >= need).mean()),
                    percent((up >= need).mean()),
                )
            )
    return rows


def means_of_values(sets: int) -> list[Sequence[object]]:
    """One-sided errors of `bounded_mean` on per-case values that are not 0 or 1."""
    rng = np.random.default_rng(20_245)
    rows: list[Sequence[object]] = []
    for cases in (10, 20, 50, 100, 200):
        shape = (sets, cases)
        five = rng.binomial(5, rng.beta(4.5, 0.5, shape))
        kinds = {
            "pass^3 of 5 trials": (_all_three(five), None),
            "agreement of 5 trials": ((five * (five - 1) + (5 - five) * (4 - five)) / 20, None),
            "0 (10%) or .9": (np.where(rng.random(shape) < 0.1, 0.0, 0.9), 0.81),
            "0 (3%) or .97": (np.where(rng.random(shape) < 0.03, 0.0, 0.97), 0.97**2),
            "even from 0 to 1": (rng.random(shape), 0.5),
            "skewed, Beta(8, .4)": (rng.beta(8, 0.4, shape), 8 / 8.4),
        }
        for name, (values, truth) in kinds.items():
            true = float(values.mean()) if truth is None else truth
            total = values.sum(axis=1)
            low = betaincinv(np.maximum(total, 1e-12), cases - total + 1, ALPHA)
            high = 1 - betaincinv(np.maximum(cases - total, 1e-12), total + 1, ALPHA)
            one = bounded_mean(values[0])
            assert abs(one.low - low[0]) < 1e-9
            assert abs(one.high - high[0]) < 1e-9
            rows.append((name, cases, percent((low > true).mean()), percent((high < true).mean())))
    return rows


def percent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * float(share):.1f}%"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(x) for x in line) + " |" for line in lines) + "\n"


def grouped(cells: list[Cell], by: tuple[str, ...]) -> list[Sequence[object]]:
    """Mean and worst of both errors over the cells that share some of their design."""
    keys = sorted({tuple(getattr(c, name) for name in by) for c in cells})
    rows: list[Sequence[object]] = []
    for key in keys:
        own = [c for c in cells if tuple(getattr(c, name) for name in by) == key]
        shown = [
            f"{percent(float(np.mean(found)))} ({percent(max(found))})"
            for found in (
                [c.met for c in own],
                [c.not_met for c in own],
                [c.met_unguarded for c in own],
            )
        ]
        rows.append((*key, *shown))
    return rows


def report(sets: int) -> str:
    """The whole Markdown page."""
    cells = errors_at_the_bar(sets)
    redrawn = worst_again(cells, sets * 10)
    error = (ALPHA * (1 - ALPHA) / sets) ** 0.5
    errors = ["false met", "false not met", "false met without the by-case bound"]
    power = [
        (c.bar, f"{truth:.3f}", c.cases, c.trials, percent(c.met), percent(c.not_met))
        for truth, c in power_cells(max(200, sets // 4))
    ]
    again = [
        (
            kind,
            c.bar,
            c.cases,
            c.trials,
            c.population,
            percent(c.met),
            percent(c.not_met),
            percent(c.met_unguarded),
            percent((ALPHA * (1 - ALPHA) / c.sets) ** 0.5),
        )
        for kind, c in redrawn
    ]
    peeks = ["bar", "trials", "peek met", "peek not met", "e met", "e not met", "e power"]
    return "\n".join(
        [
            INTRO.format(
                sets=sets,
                cells=len(cells),
                error=percent(error),
                worst=percent(max(c.met for _, c in redrawn)),
                worst_not=percent(max(c.not_met for _, c in redrawn)),
            ),
            "## By bar\n",
            table(["bar", *errors], grouped(cells, ("bar",))),
            "## By number of cases\n",
            table(["cases", *errors], grouped(cells, ("cases",))),
            "## By trials per case\n",
            table(["trials", *errors], grouped(cells, ("trials",))),
            "## By population\n",
            table(["population", *errors], grouped(cells, ("population",))),
            "## The worst cells, with fresh draws\n",
            table(
                [
                    "error",
                    "bar",
                    "cases",
                    "trials",
                    "population",
                    "met",
                    "not met",
                    "met without",
                    "simulation error",
                ],
                again,
            ),
            "## Away from the bar (within-case correlation .5)\n",
            table(["bar", "truth", "cases", "trials", "met", "not met"], power),
            PEEKING,
            table(peeks, peeking(max(200, sets // 2))),
            "## Means of per-case values (`bounded_mean`)\n",
            table(["values", "cases", "low too high", "high too low"], means_of_values(sets)),
        ]
    )


def _all_three(passed: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> Floats:
    return passed * (passed - 1) * np.maximum(passed - 2, 0) / 60


def _same_as_one_by_one(passes: Floats, trials: int, low: Floats, high: Floats) -> None:
    one = pass_rate(passes[0], np.full(passes.shape[1], trials))
    assert abs(one.low - low[0]) < 1e-12
    assert abs(one.high - high[0]) < 1e-12


def _peaks(values: Floats, bar: float) -> tuple[Floats, Floats]:
    """The logarithm of the most evidence ever, above and below the bar, of each stream."""
    shares = (np.arange(BETS) + 0.5) / BETS * 0.999
    peaks = []
    for bets in (shares / bar, -shares / (1 - bar)):
        wealth = np.ones((len(values), BETS))
        peak = np.ones(len(values))
        for x in values.T:
            wealth *= 1 + bets * (x - bar)[:, None]
            peak = np.maximum(peak, wealth.mean(axis=1))
        peaks.append(np.log(peak))
    return peaks[0], peaks[1]


def _same_as_watch(
    values: Floats,
    bar: float,
    above: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
    below: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
) -> None:
    for stream in range(3):
        watch = Watch(bar)
        for x in values[stream]:
            watch.add(float(x))
        expected = (
            "not_enough_evidence"
            if above[stream] == below[stream]
            else ("met" if above[stream] else "not_met")
        )
        assert watch.verdict == expected


INTRO = """# How often verdicts are wrong

Written by `python -m benchmarks.verdict_errors`. The true rate sits exactly on the bar, so that
every "met" and every "not met" is an error; each should happen at most 5% of the time. {cells}
designs: 20 to 500 cases, 1 to 10 trials, bars .80 to .98; {sets} sets of cases per design
(simulation error of a 5% cell: {error}). Figures are the mean over designs, and the worst in
brackets; the worst of many noisy cells looks worse than it is, so it is drawn again further down.

Populations: case rates from a beta distribution with a within-case correlation, and four in which
a share of the failures comes from cases that never (or hardly ever) pass while the rest flicker.
The last column is the bound on the effective number of cases alone, without the by-case bound of
`workbench.stats.intervals.bounds_by_row`.

Worst figures after drawing again: false "met" {worst}, false "not met" {worst_not}. What is above
5% belongs to 5 or 10 trials of populations with hidden failures: when few of the hidden cases are
drawn, the rate looks high and the noise between cases small, both at once. With beta-distributed
rates, and with one to three trials, both errors stay at 5% within the simulation error.
"""

PEEKING = """## Looking while it runs

300 cases, correlation .5, truth on the bar. "Peek": the fixed-n verdict read every 10 cases until
it falls. "e": the betting e-process, read after every case. Power: "met" by case 300 when the true
rate lies 70% of the way from the bar to 1.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=4_000, quick=200)
