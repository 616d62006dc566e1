"""A verdict at the confidence that it is held to: its error is shared where several are read
together, or one of several was chosen."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from workbench import say
from workbench.domain.criteria import CriterionDraft
from workbench.domain.verdicts import Verdict

Judge = Callable[[CriterionDraft], Verdict]
"""The verdict of a criterion on its evidence, at whatever confidence it has."""


def decide(
    draft: CriterionDraft, judge: Judge, together: int, rivals: int
) -> tuple[Verdict, int, str]:
    """The verdict; where it is not met, how many may be judged together with it; and what is to be
    said where it would be met, if the variant had not been chosen for these answers.

    One of several that was chosen by its answers is met at its share of the error only (Bonferroni
    over those that it could have been): whichever is chosen, met is wrong no more often.
    """
    decided = judge(draft)
    if decided is Verdict.NOT_MET:
        return decided, withstands(draft, judge, together), ""
    if decided is not Verdict.MET or rivals < 2:
        return decided, 1, ""
    held_to = sharing(draft, rivals)
    if judge(held_to) is Verdict.MET:
        return decided, 1, ""
    chosen = (
        f"the candidate was chosen among {rivals} variants after their answers to these cases were "
        f"seen, so it would have to be met at {say.level(round(held_to.confidence, 4))} "
        "confidence: confirm it on fresh cases"
    )
    return Verdict.NOT_ENOUGH_EVIDENCE, 1, chosen


def withstands(draft: CriterionDraft, judge: Judge, most: int) -> int:
    """How many may be judged together with a criterion that is not met, so that it still is not.

    The largest number up to `most` among which its error can be shared: `judge` says not met at
    1 - alpha/number too.
    """
    if most < 2 or judge(sharing(draft, most)) is Verdict.NOT_MET:
        return most
    held = bisect_left(
        range(2, most), True, key=lambda n: judge(sharing(draft, n)) is not Verdict.NOT_MET
    )
    return held + 1


def sharing(draft: CriterionDraft, among: int) -> CriterionDraft:
    """A criterion whose error is shared out among so many: alpha/among instead of alpha."""
    return replace(draft, confidence=1 - (1 - draft.confidence) / among)
