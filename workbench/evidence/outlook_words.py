"""Before a run, in plain words: what a plan can tell apart, and what it would take to tell more."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from workbench.domain.criteria import Criterion
from workbench.evidence.alikeness import Alike
from workbench.evidence.words import figures, measures
from workbench.stats.paired_planning import PairedNoise, paired_mde
from workbench.stats.planning import best_trials, cases_for_bar, detectable, zero_failure_minimum
from workbench.stats.repeats import variance_left
from workbench.stats.sequential import fewest_flawless

_USUAL_ICC = 0.5  # How alike the trials of a case are: half of the noise is the case.
_USUAL_RATE = 0.8
_STEP = 0.05


class Reach(NamedTuple):
    """How many cases of a plan a criterion applies to, and how alike trials of a case were so far
    (None where no earlier experiment says)."""

    criterion: Criterion
    n_cases: int
    alike: Alike | None = None

    @property
    def icc(self) -> float:
        """The within-case correlation to plan with."""
        return _USUAL_ICC if self.alike is None else self.alike.icc


class Price(NamedTuple):
    """What a case takes: calls, and USD where that is known (about)."""

    calls: int
    usd: float | None


def tells(reaches: Sequence[Reach], trials: int, price: Price | None = None) -> list[str]:
    """For each kind of bar: which true rates the plan would tell from it, and what more takes.

    “Would tell” is a chance of 8 in 10; criteria with the same bar and cases share a sentence.
    """
    by_design: dict[tuple[str, int, Alike | None], list[Reach]] = {}
    for reach in reaches:
        # Trials that are not repeated are not alike to one another either.
        alike = reach.alike if trials > 1 else None
        design = (measures.bar(reach.criterion), reach.n_cases, alike)
        by_design.setdefault(design, []).append(reach._replace(alike=alike))
    return [line for alike in by_design.values() if (line := _line(alike, trials, price))]


def difference(n_cases: int, trials: int, icc: float = _USUAL_ICC) -> str:
    """The difference between two variants that the plan would show, if they pass about as often."""
    spread = _USUAL_RATE * (1 - _USUAL_RATE)
    of_trials = (1 - icc) * spread
    noise = PairedNoise(icc * spread, of_trials, of_trials)
    least = paired_mde(noise, n_cases, trials_a=trials, trials_b=trials)
    if least is None or least >= 1:
        return ""
    return (
        f"Between two variants, a difference of {100 * least:.0f} points or more would probably "
        f"show (8 times in 10, at a pass rate of about {figures.percent(_USUAL_RATE)})."
    )


def split(n_cases: int, trials: int, reaches: Sequence[Reach] = ()) -> list[str]:
    """What the repeated trials of a case are worth, and how to split the calls best.

    The correlation is the mean of those seen with the criteria so far, else the usual one.
    """
    if trials == 1 or not n_cases:
        return []
    icc = mean_icc(reaches)
    seen = sorted({reach.alike.experiment for reach in reaches if reach.alike is not None})
    basis = (
        f"Trials of a case agreed with a correlation of {icc:.2f} in {', '.join(seen)}"
        if seen
        else f"If half of the noise is the case (a correlation of {icc:g}; no repeated trials say "
        "more yet)"
    )
    worth = round(n_cases / variance_left(icc, trials))
    calls = n_cases * trials
    lines = [
        f"{basis}: {trials} trials of {n_cases} cases tell as much as one trial of {worth} cases. "
        f"The same {calls:,} calls on {calls:,} different cases would tell most."
    ]
    dear = {ratio: best_trials(ratio, 1, icc) for ratio in (5, 20)}
    lines.append(
        "Where a new case is work: if it costs as much as 5 calls, "
        f"{_trials(dear[5])} of each split the money best; if as much as 20, {_trials(dear[20])}."
    )
    return lines


def mean_icc(reaches: Sequence[Reach]) -> float:
    """The correlation to plan with, over several criteria."""
    seen = [reach.alike.icc for reach in reaches if reach.alike is not None]
    return fmean(seen) if seen else _USUAL_ICC


def watching(criteria: Sequence[Criterion]) -> list[str]:
    """What it means to follow these criteria while answers come in, and what that costs."""
    lines = [
        "The intervals hold however often you look, and the run ends by itself when every bar that "
        "code can score is met or missed. Cases are asked in an order that is shuffled now."
    ]
    rated = [c.key for c in criteria if not c.draft.scorer.kind.is_check]
    if rated:
        lines.append(f"{', '.join(rated)}: rated by people, so the run does not wait for it.")
    bars = sorted(
        {
            (1 - draft.bar if draft.measure.is_upper_bar else draft.bar, draft.confidence)
            for draft in (c.draft for c in criteria if c.draft.scorer.kind.is_check)
        }
    )
    if bars:
        level, confidence = bars[-1]
        lines.append(
            f"The price of looking: without a failure, a bar of {figures.percent(level)} is met "
            f"after {fewest_flawless(level, confidence)} cases, instead of "
            f"{zero_failure_minimum(level, confidence)} when all are read at once."
        )
    return lines


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _takes(n_cases: int, price: Price | None) -> str:
    if price is None:
        return f"{n_cases:,} cases"
    calls = n_cases * price.calls
    usd = "" if not price.usd else f", about ${n_cases * price.usd:,.2f}"
    return f"{n_cases:,} cases ({calls:,} calls{usd})"


def _line(alike: Sequence[Reach], trials: int, price: Price | None) -> str:
    first, n_cases, icc = alike[0].criterion, alike[0].n_cases, alike[0].icc
    draft = first.draft
    if not n_cases or not 0 < draft.bar < 1:
        return ""
    names = ", ".join(reach.criterion.key for reach in alike)
    is_limit = draft.measure.is_upper_bar
    level = 1 - draft.bar if is_limit else draft.bar
    found = detectable(level, n_cases, trials=trials, icc=icc, confidence=draft.confidence)

    def said(rate: float) -> str:
        return figures.percent(1 - rate if is_limit else rate)

    design = f"{n_cases} cases" + (f" × {trials} trials" if trials > 1 else "")
    if found.above is None and found.below is None:
        return ""
    met = (
        f"a true rate of {said(found.above)} would probably be shown to be met"
        if found.above is not None
        else "no true rate would probably be shown to be met"
    )
    missed = "" if found.below is None else f", and one of {said(found.below)} to be missed"
    sentence = f"{names} ({measures.bar(first)}): with {design}, {met}{missed}."
    nearer = level + _STEP if level + _STEP < 1 else (1 + level) / 2
    if found.above is None or found.above > nearer + 1e-9:
        plan = cases_for_bar(level, nearer, trials=trials, icc=icc, confidence=draft.confidence)
        if plan is not None:
            sentence += f" To show {said(nearer)}, it takes {_takes(plan.n_cases, price)}."
    return sentence
