"""Whether plans keep what they promise: simulation of what is said before and after a run.

    python -m benchmarks.planned_power [--quick]

Writes two tables into docs/verdicts.md. Seeded: the same command gives the same tables. The data
are drawn here, with another generator than the planning's own, and judged by the verdict's rules.
"""

import argparse
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.documented import put, table
from benchmarks.extended_plans import peaks
from benchmarks.populations import Population
from workbench.stats.clusters import Floats
from workbench.stats.intervals import bounds_by_row
from workbench.stats.planning import cases_for_bar, detectable
from workbench.stats.sequential import left_after, verdict_at_any_time
from workbench.stats.settling import settling

BARS = (0.7, 0.8, 0.9, 0.95, 0.99)
TRIALS = (1, 2, 3, 5, 10)
CORRELATIONS = (0.0, 0.2, 0.5)
SIZES = (50, 200, 1000)


class Promise(NamedTuple):
    """What was said of a plan, and how often it was kept."""

    rule: str
    bar: float
    trials: int
    said: float
    kept: float

    @property
    def off(self) -> float:
        """By how much, as a share."""
        return self.kept - self.said


def promises(sets: int) -> Iterator[Promise]:
    """Cases for a bar, and the rates that so many cases tell apart, both rules."""
    for is_sequential in (False, True):
        rng = np.random.default_rng(20_271)
        rule = "when decided" if is_sequential else "whole plan"
        for bar in BARS:
            for trials in TRIALS:
                for icc in CORRELATIONS if trials > 1 else (0.5,):
                    for truth in (bar + (1 - bar) / 2, bar - (1 - bar)):
                        plan = cases_for_bar(
                            bar, truth, trials=trials, icc=icc, is_sequential=is_sequential
                        )
                        if plan is not None and plan.n_cases <= 2000:
                            kept = _kept(
                                *(rng, bar, truth, plan.n_cases, trials, icc, sets), is_sequential
                            )
                            yield Promise(rule, bar, trials, plan.power, kept)
                    for n in SIZES[: 2 if is_sequential else 3]:
                        found = detectable(
                            bar, n, trials=trials, icc=icc, is_sequential=is_sequential
                        )
                        for rate in found:
                            if rate is not None:
                                kept = _kept(*(rng, bar, rate, n, trials, icc, sets), is_sequential)
                                yield Promise(rule, bar, trials, 0.8, kept)


class Advice(NamedTuple):
    """How often an undecided verdict was told a number, and how often it was right."""

    bar: float
    cases: int
    undecided: int
    said: int
    right: int
    least: int
    took_more: int


def advice(sets: int) -> list[Advice]:
    """Truths spread evenly within 20 points of the bar; those added are as many as were said."""
    rng = np.random.default_rng(20_272)
    found = []
    for bar in (0.8, 0.9, 0.95):
        for cases in (20, 50, 100):
            told = [_told(rng, bar, cases, trials) for trials in (1, 3) for _ in range(sets // 2)]
            open_ = [one for one in told if one is not None]
            said = [is_right for is_number, is_right in open_ if is_number]
            least = [is_settled for is_number, is_settled in open_ if not is_number]
            found.append(
                Advice(bar, cases, len(open_), len(said), sum(said), len(least), least.count(False))
            )
    return found


def report(sets: int) -> str:
    """How far off the promises are, by rule and bar."""
    found = list(promises(sets))
    rows = []
    for rule in ("whole plan", "when decided"):
        for bar in BARS:
            off = [100 * p.off for p in found if (p.rule, p.bar) == (rule, bar)]
            spread = (float(np.mean(off)), min(off), max(off))
            rows.append((rule, f"{bar:.0%}", len(off), *(f"{x:+.1f}" for x in spread)))
    head = ("rule", "bar", "designs", "mean", "least", "most")
    return (
        "Power that was kept, less the power that was said, in points: 1 to 10 trials, "
        f"correlations from 0 to .5 ({sets:,} data sets a design; simulation error "
        f"{100 * (0.16 / sets) ** 0.5:.1f} points):\n\n" + table(head, rows)
    )


def report_on_advice(sets: int) -> str:
    """How often a number was said, and was right."""
    found = advice(sets)
    rows: list[tuple[object, ...]] = [
        (
            *(f"{a.bar:.0%}", a.cases, a.undecided),
            _share(a.said, a.undecided),
            _share(a.right, a.said),
            _share(a.took_more, a.least),
        )
        for a in found
    ]
    said, right = sum(a.said for a in found), sum(a.right for a in found)
    least, more = sum(a.least for a in found), sum(a.took_more for a in found)
    rows.append(("all", "", "", "", f"**{_share(right, said)}**", f"**{_share(more, least)}**"))
    head = ("bar", "cases", "undecided", "a number is said", "it is enough", "“more than” is so")
    return (
        "What an undecided verdict says of more cases, with true rates spread evenly within 20 "
        f"points of the bar, 1 and 3 trials, {sets:,} data sets a row:\n\n" + table(head, rows)
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _draw(
    rng: np.random.Generator, truth: float, icc: float, trials: int, shape: tuple[int, int]
) -> Floats:
    people = Population("", correlation=icc)
    rates = np.full(shape, truth) if truth in (0, 1) else people.draw(rng, truth, shape)
    return rng.binomial(trials, rates).astype(np.float64)


def _kept(
    rng: np.random.Generator,
    bar: float,
    truth: float,
    n_cases: int,
    trials: int,
    icc: float,
    sets: int,
    is_sequential: bool,
) -> float:
    """How often the verdict that was hoped for came."""
    is_above = truth > bar
    kept = done = 0
    block = max(1, 1_000_000 // n_cases)
    while done < sets:
        now = min(block, sets - done)
        passes = _draw(rng, truth, icc, trials, (now, n_cases))
        if is_sequential:
            values, level = (passes / trials, bar) if is_above else (1 - passes / trials, 1 - bar)
            kept += int((peaks(values, level, [n_cases])[-1] >= np.log(20)).sum())
        else:
            found = bounds_by_row(passes, np.full(passes.shape, float(trials)))
            kept += int((found.low >= bar).sum() if is_above else (found.high < bar).sum())
        done += now
    return kept / sets


def _told(
    rng: np.random.Generator, bar: float, cases: int, trials: int
) -> tuple[bool, bool] | None:
    """Whether a number was said, and whether as many more cases settle it; None if none need to."""
    truth = rng.uniform(max(0.01, bar - 0.2), min(0.999, bar + 0.2))
    passes = _draw(rng, truth, 0.5, trials, (1, cases))
    now = bounds_by_row(passes, np.full(passes.shape, float(trials)))
    if now.low[0] >= bar or now.high[0] < bar:
        return None
    values, times = np.unique(passes[0] / trials, return_counts=True)
    left = left_after(0.95, was_spent=True)
    said = settling(tuple(zip(values.tolist(), times.tolist(), strict=True)), bar, left)
    more = _draw(rng, truth, 0.5, trials, (1, said.more or said.least))
    stream = np.concatenate([passes[0], more[0]]) / trials
    verdict = verdict_at_any_time(stream, stream, bar, confidence=left)
    return said.more is not None, verdict != "not_enough_evidence"


def main() -> None:
    """Write the tables into docs/verdicts.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets, to try it out")
    sets = 200 if parser.parse_args().quick else 2000
    put("planned power", "benchmarks.planned_power", report(sets))
    put("advice", "benchmarks.planned_power", report_on_advice(sets // 2))


if __name__ == "__main__":
    main()
