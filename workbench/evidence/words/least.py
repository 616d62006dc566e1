"""What a bar takes at best, beside what is there: said while the bar is being set."""

from typing import NamedTuple

from workbench.domain.criteria import Measure
from workbench.say import count
from workbench.stats.mean_scores import fewest_best
from workbench.stats.planning import zero_failure_minimum

_AT_BEST = {
    Measure.PASS_RATE: "without a failure",
    Measure.FAIL_RATE: "without a failure",
    Measure.PASS_HAT_K: "that pass every time they are asked",
    Measure.AGREEMENT: "that get one outcome each, asked twice or more",
    Measure.MEAN_SCORE: "with the highest score",
}


JUDGED = "A judge errs, so it takes more cases than that, and labels by people."


class Least(NamedTuple):
    """How many cases it takes at best, and the sentence."""

    cases: int
    said: str


def fewest(measure: Measure, bar: float, confidence: float) -> int:
    """The fewest cases that can show a bar, if all goes well, in one plan that is read at its end.

    Raises ValueError for a bar that no number of cases can show.
    """
    level = 1 - bar if measure.is_upper_bar else bar
    of_plan = fewest_best if measure is Measure.MEAN_SCORE else zero_failure_minimum
    return of_plan(level, confidence)


def least(
    measure: Measure, bar: float, confidence: float, n_there: int, *, is_judged: bool = False
) -> Least | None:
    """The fewest cases that can show a bar, if all goes well, in one plan that is read at its end.

    `n_there` counts what verdicts count once: different inputs, or groups. Where a model judges, a
    bar takes more than that: how much more, only people's labels can tell. None where no number of
    cases can show it (0% and 100%), or the confidence is none.
    """
    level = 1 - bar if measure.is_upper_bar else bar
    if not (0 < level < 1 and 0.5 < confidence < 1):
        return None
    cases = fewest(measure, bar, confidence)
    there = f"you have {n_there:,}" if n_there else "you have none yet"
    said = f"Takes {count(cases, 'case')} {_AT_BEST[measure]}; {there}."
    if n_there < cases:
        said += f" Add {cases - n_there:,}, or set a bar that is easier to show."
    if is_judged:
        said += f" {JUDGED}"
    return Least(cases, said)
