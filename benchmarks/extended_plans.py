"""How often plans and comparisons that are extended are wrong: simulation of the rule in use.

    python -m benchmarks.extended_plans [--quick]

Writes a table into docs/verdicts.md. Seeded: the same command gives the same table.
"""

import argparse
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.documented import put, table
from benchmarks.populations import Population, populations
from workbench.stats.clusters import Floats
from workbench.stats.differences import Gaps, SequentialGaps
from workbench.stats.intervals import bounds_by_row
from workbench.stats.sequential import BETS, left_after, share_after, verdict_at_any_time

BARS = (0.8, 0.85, 0.9, 0.95)
EXTENSIONS = (1, 2, 5, 10, 20)
# The first plan's cases, and how many each extension adds. 29 and 59 are where exact bounds on
# flawless cases spend nearly all of their 5%.
STEPS = ((29, 10), (50, 10), (50, 50), (59, 20), (100, 20), (100, 100))
DESIGNS = ((1, 0), (3, 1), (3, 2), (10, 2))
"""Trials per case, and which of `populations`."""


class Outcome(NamedTuple):
    """Wrong *met* after so many extensions, by the rule in use and by the one for a whole plan."""

    bar: float
    trials: int
    population: str
    first: int
    step: int
    now: dict[int, float]
    before: dict[int, float]


def outcomes(sets: int) -> Iterator[Outcome]:
    """Every design with the true rate on the bar, stopped as soon as it says met."""
    rng = np.random.default_rng(20_261)
    for bar in BARS:
        for trials, which in DESIGNS:
            for first, step in STEPS:
                yield extended(rng, populations(bar)[which], bar, trials, first, step, sets)


def extended(
    rng: np.random.Generator,
    people: Population,
    bar: float,
    trials: int,
    first: int,
    step: int,
    sets: int,
) -> Outcome:
    """One design, extended up to 20 times."""
    most = max(EXTENSIONS)
    sizes = [first + step * n for n in range(most + 1)]
    rates = people.draw(rng, bar, (sets, sizes[-1]))
    passes = rng.binomial(trials, rates).astype(np.float64)
    met = np.array([_is_met_whole(passes[:, :n], trials, bar) for n in sizes])
    peaks_seen = peaks(passes / trials, bar, sizes)
    needed = -np.log(1 - left_after(0.95, was_spent=True))
    for row in range(3):
        _same_as_one_by_one(passes[row] / trials, bar, bool(peaks_seen[-1, row] >= needed))
    once = met[0]
    now = {n: float((once | (peaks_seen[n] >= needed)).mean()) for n in EXTENSIONS}
    before = {n: float(met[: n + 1].any(axis=0).mean()) for n in EXTENSIONS}
    return Outcome(bar, trials, people.name, first, step, now, before)


def more_trials(sets: int) -> list[tuple[str, ...]]:
    """Wrong *met* at the bar where the same cases get one more trial each time, ten in the end."""
    rng = np.random.default_rng(20_262)
    rows = []
    for bar in BARS:
        once, often = [], []
        for which in (0, 1, 2):
            for cases in (50, 100):
                people = populations(bar)[which]
                rates = people.draw(rng, bar, (sets, cases))
                asked = rng.random((10, sets, cases)) < rates
                is_met, was_met = np.zeros(sets, bool), np.zeros(sets, bool)
                for trials in range(1, 11):
                    passes = asked[:trials].sum(axis=0).astype(np.float64)
                    whole = _is_met_whole(passes, trials, bar)
                    was_met |= whole
                    left = left_after(0.95, was_spent=True, restarts=trials - 1)
                    peak = peaks(passes / trials, bar, [cases])[0]
                    is_met |= whole if trials == 1 else peak >= -np.log(1 - left)
                once.append(float(was_met.mean()))
                often.append(float(is_met.mean()))
        rows.append((f"{bar:.0%}", *(_mean_and_worst(each) for each in (once, often))))
    return rows


def compared(sets: int) -> list[tuple[str, ...]]:
    """Two variants that are equally good, compared on 30 cases, and again after each of four
    extensions by 30: a difference found at any of the looks."""
    rng = np.random.default_rng(20_263)
    rows = []
    for rate in (0.5, 0.8, 0.95):
        people = Population("correlation .25", correlation=0.25)
        found = np.zeros((3, sets), bool)
        for row, rates in enumerate(people.draw(rng, rate, (sets, 150))):
            gaps = (rng.random(150) < rates) * 1.0 - (rng.random(150) < rates) * 1.0
            found[0, row] = found[1:, row] = _differ(Gaps(gaps[:30], gaps[:30], gaps[:30]))
            for seen in (gaps[:n] for n in (60, 90, 120, 150)):
                found[1, row] |= _differ(Gaps(seen, seen, seen))
                left = share_after(was_spent=True)
                found[2, row] |= _differ(SequentialGaps(seen, seen, seen, left))
        rows.append((f"{rate:.0%}", *(f"{100 * each.mean():.1f}%" for each in found)))
    return rows


def _differ(gaps: Gaps | SequentialGaps) -> bool:
    p = gaps.p_value()
    return p is not None and p < 0.05


def _mean_and_worst(cells: list[float]) -> str:
    return f"{100 * np.mean(cells):.1f}% ({100 * max(cells):.1f}%)"


def report(sets: int) -> str:
    """Mean over the designs of a bar, the worst in brackets."""
    found = list(outcomes(sets))
    rows = []
    for bar in BARS:
        of_bar = [one for one in found if one.bar == bar]
        for name in ("before", "now"):
            cells = [[getattr(one, name)[n] for one in of_bar] for n in EXTENSIONS]
            shown = [_mean_and_worst(c) for c in cells]
            rule = "read as one plan" if name == "before" else "extended"
            rows.append((f"{bar:.0%}", rule, *shown))
    head = ("bar", "judged as", *(f"{n} extension{'' if n == 1 else 's'}" for n in EXTENSIONS))
    error = 100 * (0.05 * 0.95 / sets) ** 0.5
    return (
        f"Wrong *met* at the bar, mean over {len(STEPS) * len(DESIGNS)} designs and the worst in "
        f"brackets ({sets:,} sets each; simulation error of a 5% cell {error:.1f} points):\n\n"
        + table(head, rows)
        + "\nThe same where 50 or 100 cases get one more trial each time, from 1 to 10:\n\n"
        + table(("bar", "read as one plan", "extended"), more_trials(sets))
        + "\nA difference found between two variants that are equally good, compared on 30 cases "
        f"and after each of four extensions by 30 ({max(1, sets // 4):,} sets each):\n\n"
        + table(("rate", "one look", "read as one plan", "extended"), compared(max(1, sets // 4)))
    )


def _is_met_whole(passes: Floats, trials: int, bar: float) -> NDArray[np.bool_]:
    return bounds_by_row(passes, np.full(passes.shape, float(trials))).low >= bar


def peaks(values: Floats, bar: float, looks: list[int]) -> Floats:
    """The logarithm of the most evidence above the bar up to each look, one column per stream."""
    bets = (np.arange(BETS) + 0.5) / BETS * 0.999 / bar
    wealth = np.ones((len(values), BETS))
    peak, seen = np.ones(len(values)), []
    for n, x in enumerate(values.T, 1):
        wealth *= 1 + bets * (x - bar)[:, None]
        peak = np.maximum(peak, wealth.mean(axis=1))
        if n in looks:
            seen.append(np.log(peak))
    return np.array(seen)


def _same_as_one_by_one(stream: Floats, bar: float, is_met: bool) -> None:
    left = left_after(0.95, was_spent=True)
    assert (verdict_at_any_time(stream, stream, bar, confidence=left) == "met") == is_met


def main() -> None:
    """Write the table into docs/verdicts.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets, to try it out")
    sets = 400 if parser.parse_args().quick else 4000
    put("extended plans", "benchmarks.extended_plans", report(sets))


if __name__ == "__main__":
    main()
