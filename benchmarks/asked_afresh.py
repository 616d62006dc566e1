"""How often a plan that is asked afresh until it is met is wrong: simulation of the rule in use.

    python -m benchmarks.asked_afresh [--quick]

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
from workbench.stats.intervals import bounds_by_row
from workbench.stats.sequential import share_afresh

BARS = (0.8, 0.85, 0.9, 0.95)
ASKINGS = (1, 2, 3, 6, 11, 21)
"""How often the same is asked in all."""
CASES = (29, 59, 100, 200)
DESIGNS = ((1, 0), (3, 1), (3, 2), (10, 2))
"""Trials per case, and which of `populations`."""


class Outcome(NamedTuple):
    """Wrong *met* after so many askings, by the rule in use and where each is read alone."""

    bar: float
    now: dict[int, float]
    before: dict[int, float]


def outcomes(sets: int) -> Iterator[Outcome]:
    """Every design with the true rate on the bar, stopped as soon as it says met. Whether askings
    of one case agree is the population's: the same cases, or others of their kind each time."""
    rng = np.random.default_rng(20_281)
    for bar in BARS:
        for trials, which in DESIGNS:
            for n_cases in CASES:
                for are_same in (True, False):
                    people = populations(bar)[which]
                    yield asked(rng, people, bar, trials, n_cases, sets, are_same=are_same)


def asked(
    rng: np.random.Generator,
    people: Population,
    bar: float,
    trials: int,
    n_cases: int,
    sets: int,
    *,
    are_same: bool,
) -> Outcome:
    """One design, asked up to 21 times; with `are_same` each case keeps its own rate."""
    rates = people.draw(rng, bar, (sets, n_cases))
    now, before = np.zeros(sets, bool), np.zeros(sets, bool)
    found: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for n in range(1, max(ASKINGS) + 1):
        if n > 1 and not are_same:
            rates = people.draw(rng, bar, (sets, n_cases))
        passes = rng.binomial(trials, rates).astype(np.float64)
        before |= _is_met(passes, trials, bar, 1.0)
        now |= _is_met(passes, trials, bar, share_afresh(n - 1))
        if n in ASKINGS:
            found[0][n], found[1][n] = float(now.mean()), float(before.mean())
    return Outcome(bar, *found)


def report(sets: int) -> str:
    """Mean over the designs of a bar, the worst in brackets."""
    found = list(outcomes(sets))
    rows = []
    for bar in BARS:
        of_bar = [one for one in found if one.bar == bar]
        for name in ("before", "now"):
            cells = [[getattr(one, name)[n] for one in of_bar] for n in ASKINGS]
            shown = [f"{100 * np.mean(c):.1f}% ({100 * max(c):.1f}%)" for c in cells]
            rule = "each read alone" if name == "before" else "asked afresh"
            rows.append((f"{bar:.0%}", rule, *shown))
    head = ("bar", "judged as", *("asked once" if n == 1 else f"{n} times" for n in ASKINGS))
    error = 100 * (0.05 * 0.95 / sets) ** 0.5
    return (
        f"Wrong *met* at the bar, mean over {2 * len(CASES) * len(DESIGNS)} designs and the worst "
        f"in brackets ({sets:,} sets each; simulation error of a 5% cell {error:.1f} points):\n\n"
        + table(head, rows)
    )


def _is_met(passes: Floats, trials: int, bar: float, share: float) -> NDArray[np.bool_]:
    confidence = 1 - 0.05 * share
    return bounds_by_row(passes, np.full(passes.shape, float(trials)), confidence).low >= bar


def main() -> None:
    """Write the table into docs/verdicts.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets, to try it out")
    sets = 100 if parser.parse_args().quick else 1000
    put("asked afresh", "benchmarks.asked_afresh", report(sets))


if __name__ == "__main__":
    main()
