"""Before a run, in plain words: what a plan can tell apart, and what it would take to tell more."""

from collections.abc import Sequence
from typing import NamedTuple

from workbench.domain.criteria import Criterion
from workbench.evidence.words import bar as bar_words
from workbench.evidence.words import percent
from workbench.stats.paired_planning import PairedNoise, paired_mde
from workbench.stats.planning import cases_for_bar, detectable, zero_failure_minimum
from workbench.stats.repeats import variance_left
from workbench.stats.sequential import fewest_flawless

_USUAL_ICC = 0.5  # How alike the trials of a case are: half of the noise is the case.
_USUAL_RATE = 0.8
_STEP = 0.05


class Reach(NamedTuple):
    """How many cases of a plan a criterion applies to."""

    criterion: Criterion
    n_cases: int


def tells(reaches: Sequence[Reach], trials: int) -> list[str]:
    """For each kind of bar: which true rates the plan would tell from it, and what more takes.

    “Would tell” is a chance of 8 in 10; criteria with the same bar and cases share a sentence.
    """
    by_design: dict[tuple[str, int], list[Reach]] = {}
    for reach in reaches:
        by_design.setdefault((bar_words(reach.criterion), reach.n_cases), []).append(reach)
    return [line for alike in by_design.values() if (line := _line(alike, trials))]


def difference(n_cases: int, trials: int) -> str:
    """The difference between two variants that the plan would show, if they pass about as often."""
    spread = _USUAL_RATE * (1 - _USUAL_RATE)
    of_trials = (1 - _USUAL_ICC) * spread
    noise = PairedNoise(_USUAL_ICC * spread, of_trials, of_trials)
    least = paired_mde(noise, n_cases, trials_a=trials, trials_b=trials)
    if least is None or least >= 1:
        return ""
    return (
        f"Between two variants, a difference of {100 * least:.0f} points or more would probably "
        f"show (8 times in 10, at a pass rate of about {percent(_USUAL_RATE)})."
    )


def split(n_cases: int, trials: int) -> str:
    """What the repeated trials of a case are worth, against as many calls on other cases."""
    if trials == 1 or not n_cases:
        return ""
    worth = round(n_cases / variance_left(_USUAL_ICC, trials))
    calls = n_cases * trials
    return (
        f"{trials} trials of {n_cases} cases tell as much as one trial of {worth} cases. The same "
        f"{calls:,} calls on {calls:,} different cases would tell more: repeat to learn how steady "
        "the answers are."
    )


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
            f"The price of looking: without a failure, a bar of {percent(level)} is met after "
            f"{fewest_flawless(level, confidence)} cases, instead of "
            f"{zero_failure_minimum(level, confidence)} when all are read at once."
        )
    return lines


def _line(alike: Sequence[Reach], trials: int) -> str:
    first, n_cases = alike[0]
    draft = first.draft
    if not n_cases or not 0 < draft.bar < 1:
        return ""
    names = ", ".join(reach.criterion.key for reach in alike)
    is_limit = draft.measure.is_upper_bar
    level = 1 - draft.bar if is_limit else draft.bar
    found = detectable(level, n_cases, trials=trials, icc=_USUAL_ICC, confidence=draft.confidence)

    def said(rate: float) -> str:
        return percent(1 - rate if is_limit else rate)

    design = f"{n_cases} cases" + (f" × {trials} trials" if trials > 1 else "")
    if found.above is None and found.below is None:
        return ""
    met = (
        f"a true rate of {said(found.above)} would probably be shown to be met"
        if found.above is not None
        else "no true rate would probably be shown to be met"
    )
    missed = "" if found.below is None else f", and one of {said(found.below)} to be missed"
    sentence = f"{names} ({bar_words(first)}): with {design}, {met}{missed}."
    nearer = level + _STEP if level + _STEP < 1 else (1 + level) / 2
    if found.above is None or found.above > nearer + 1e-9:
        plan = cases_for_bar(
            level, nearer, trials=trials, icc=_USUAL_ICC, confidence=draft.confidence
        )
        if plan is not None:
            sentence += f" To show {said(nearer)}, it takes {plan.n_cases:,} cases."
    return sentence
