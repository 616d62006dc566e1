"""Before a run, in plain words: what a plan can tell apart, and what it would take to tell more."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from workbench import say
from workbench.domain.criteria import Criterion, Measure
from workbench.domain.kinds.entry import By
from workbench.evidence.alikeness import Alike
from workbench.evidence.words import figures, measures
from workbench.runs.forecast_users import Requests
from workbench.stats.paired_planning import PairedNoise, paired_mde
from workbench.stats.planning import (
    best_trials,
    cases_for_bar,
    chance,
    detectable,
    zero_failure_minimum,
)
from workbench.stats.power import USUAL_SPREAD, Kind, Noise
from workbench.stats.repeats import variance_left
from workbench.stats.sequential import fewest_flawless

_USUAL_ICC = 0.5  # How alike the trials of a case are: half of the noise is the case.
_USUAL_RATE = 0.8
_STEP = 0.05


_POWER = 0.8
_NEAR = 0.03
"""By how much the power of a rate may change when it is rounded to be read."""


def requests(most: Requests) -> str:
    """How many requests a trial takes at most, in a sentence; empty where it takes one."""
    if most.each == 1:
        return ""
    total = f": {most.all:,} at most, all together." if most.all > most.each else "."
    if not most.users:
        return f"A trial that calls tools takes up to {most.each} requests{total}"
    return (
        f"A conversation takes up to {most.each} requests, {most.own} to the tested model and "
        f"{most.users} to the one that plays the user{total}"
    )


class Reach(NamedTuple):
    """How many cases of a plan a criterion applies to, and how alike trials of a case were so far
    (None where no earlier experiment says). A plan that is read at any time `is_sequential`; one
    that goes on from another has a `confidence` left that is not the criterion's own."""

    criterion: Criterion
    n_cases: int
    alike: Alike | None = None
    is_sequential: bool = False
    confidence: float | None = None

    @property
    def icc(self) -> float:
        """The within-case correlation to plan with."""
        seen = None if self.alike is None else self.alike.icc
        return _USUAL_ICC if seen is None else seen

    @property
    def level(self) -> float:
        """The bar as the least share, also where it is the most that may fail."""
        draft = self.criterion.draft
        return 1 - draft.bar if draft.measure.is_upper_bar else draft.bar

    def noise(self, trials: int) -> Noise:
        """What a case contributes to its measure, asked so often."""
        measure = self.criterion.draft.measure
        if measure is Measure.MEAN_SCORE:
            seen = None if self.alike is None else self.alike.spread
            return Noise("mean", spread=USUAL_SPREAD if seen is None else seen)
        return Noise(_KINDS[measure], trials, self.icc)

    def chosen_confidence(self) -> float:
        """That of each bound."""
        return self.criterion.draft.confidence if self.confidence is None else self.confidence


_KINDS: dict[Measure, Kind] = {
    Measure.PASS_RATE: "rate",
    Measure.FAIL_RATE: "rate",
    Measure.PASS_HAT_K: "all_pass",
    Measure.AGREEMENT: "agreement",
}


class Price(NamedTuple):
    """What a case takes: calls, and USD where that is known (about)."""

    calls: int
    usd: float | None


def tells(reaches: Sequence[Reach], trials: int, price: Price | None = None) -> list[str]:
    """For each kind of bar: which true rates the plan would tell from it, and what more takes.

    “Would probably” is a chance of 8 in 10, by the rule of the verdict itself; criteria with the
    same measure, bar and cases share a sentence.
    """
    by_design: dict[tuple[object, ...], list[Reach]] = {}
    for reach in reaches:
        measure = reach.criterion.draft.measure
        if trials == 1 and measure in (Measure.PASS_HAT_K, Measure.AGREEMENT):
            continue  # What is asked once can't repeat itself.
        # Trials that are not repeated are not alike to one another either.
        is_used = trials > 1 or measure is Measure.MEAN_SCORE
        mine = reach if is_used else reach._replace(alike=None)
        limits = (mine.is_sequential, mine.confidence, mine.chosen_confidence())
        design = (measures.bar(reach.criterion), measure, mine.n_cases, mine.alike, *limits)
        by_design.setdefault(design, []).append(mine)
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
        f"Between two variants, a difference of {say.count(round(100 * least), 'point')} or more "
        f"would probably show (8 times in 10, at a pass rate of about "
        f"{figures.percent(_USUAL_RATE)})."
    )


def split(n_cases: int, trials: int, reaches: Sequence[Reach] = ()) -> list[str]:
    """What the repeated trials of a case are worth, and how to split the calls best.

    The correlation is the mean of those seen with the criteria so far, else the usual one.
    """
    if trials == 1 or not n_cases:
        return []
    icc = mean_icc(reaches)
    seen = sorted(
        {r.alike.experiment for r in reaches if r.alike is not None and r.alike.icc is not None}
    )
    basis = (
        f"Trials of a case agreed with a correlation of {icc:.2f} in {', '.join(seen)}"
        if seen
        else f"If half of the noise is the case (a correlation of {icc:g}; no repeated trials say "
        "more yet)"
    )
    worth = round(n_cases / variance_left(icc, trials))
    calls = n_cases * trials
    lines = [
        f"{basis}: {trials} trials of {say.count(n_cases, 'case')} tell as much as one trial of "
        f"{say.count(worth, 'case')}. "
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
    alike = [reach.alike for reach in reaches if reach.alike is not None]
    seen = [one.icc for one in alike if one.icc is not None]
    return fmean(seen) if seen else _USUAL_ICC


def watching(criteria: Sequence[Criterion]) -> list[str]:
    """What it means to follow these criteria while answers come in, and what that costs."""
    lines = [
        "The intervals hold however often you look, and the run ends by itself when every bar that "
        "code can score is met or missed. Cases are asked in an order that is shuffled now."
    ]
    rated = [c.key for c in criteria if c.draft.scorer.kind.by is By.PERSON]
    if rated:
        lines.append(f"{', '.join(rated)}: rated by people, so the run does not wait for it.")
    bars = sorted(
        {
            (1 - draft.bar if draft.measure.is_upper_bar else draft.bar, draft.confidence)
            for draft in (c.draft for c in criteria if c.draft.scorer.kind.by is By.CODE)
        }
    )
    if bars:
        level, confidence = bars[-1]
        lines.append(
            f"The price of looking: without a failure, a bar of {figures.percent(level)} is met "
            f"after {say.count(fewest_flawless(level, confidence), 'case')}, instead of "
            f"{zero_failure_minimum(level, confidence)} when all are read at once."
        )
    return lines


def _trials(number: int) -> str:
    return say.count(number, "trial")


def _takes(n_cases: int, price: Price | None) -> str:
    if price is None:
        return say.count(n_cases, "case")
    calls = n_cases * price.calls
    usd = "" if not price.usd else f", about ${n_cases * price.usd:,.2f}"
    return f"{say.count(n_cases, 'case')} ({say.count(calls, 'call')}{usd})"


def _line(alike: Sequence[Reach], trials: int, price: Price | None) -> str:
    first, level = alike[0], alike[0].level
    draft, n_cases = first.criterion.draft, first.n_cases
    if not n_cases or not 0 < draft.bar < 1:
        return ""
    names = ", ".join(reach.criterion.key for reach in alike)
    noise, confidence = first.noise(trials), first.chosen_confidence()
    found = detectable(
        level, n_cases, noise=noise, confidence=confidence, is_sequential=first.is_sequential
    )
    if found.above is None and found.below is None:
        return ""
    what = "mean" if draft.scale else "rate"
    design = say.count(n_cases, "case") + (f" × {trials} trials" if trials > 1 else "")
    met = (
        f"a true {what} of {_said(first, noise, found.above)} would probably be shown to be met"
        if found.above is not None
        else f"no true {what} would probably be shown to be met"
    )
    missed = (
        ""
        if found.below is None
        else f", and one of {_said(first, noise, found.below)} to be missed"
    )
    limit = "up to " if first.is_sequential and first.confidence is None else ""
    sentence = (
        f"{names} ({measures.bar(first.criterion)}): with {limit}{design}{_rule(first)}, "
        f"{met}{missed}."
    )
    nearer = level + _STEP if level + _STEP < 1 else (1 + level) / 2
    if found.above is None or found.above > nearer + 1e-9:
        plan = cases_for_bar(
            level, nearer, noise=noise, confidence=confidence, is_sequential=first.is_sequential
        )
        if plan is not None:
            sentence += f" To show {_shown(first, nearer)}, it takes {_takes(plan.n_cases, price)}."
    return sentence + _basis(first)


def _rule(reach: Reach) -> str:
    if reach.confidence is not None:
        return " in all, some of them judged before"
    return ", read as they come in" if reach.is_sequential else ""


def _basis(reach: Reach) -> str:
    """What a mean score is supposed to vary by: no bar says it."""
    scale = reach.criterion.draft.scale
    if scale is None:
        return ""
    spread = reach.noise(1).spread
    # Half way up, where scores vary most.
    deviation = (spread * reach.level * (1 - reach.level)) ** 0.5 * (scale.high - scale.low)
    seen = reach.alike is not None and reach.alike.spread is not None
    where = f" as in {reach.alike.experiment}" if seen and reach.alike else ", which is usual"
    return f" That is if scores vary by about {deviation:.2g} from case to case{where}."


def _said(reach: Reach, noise: Noise, rate: float) -> str:
    """A rate that a plan would show, rounded only so far that it still would about as often."""
    level, shown = reach.level, rate
    for decimals in (2, 3, 4, 5):
        shown = round(rate, decimals)
        if abs(shown - rate) > abs(rate - level) / 10:
            continue
        of = chance(
            *(noise, level, shown, reach.n_cases, reach.chosen_confidence()),
            is_sequential=reach.is_sequential,
        )
        if abs((of.met if rate > level else of.not_met) - _POWER) <= _NEAR:
            break
    return _shown(reach, shown)


def _shown(reach: Reach, share: float) -> str:
    draft = reach.criterion.draft
    if draft.scale is not None:
        return figures.score(draft.scale, share)
    rate = 1 - share if draft.measure.is_upper_bar else share
    return say.level(rate) if rate == round(rate, 5) else figures.percent(rate)
