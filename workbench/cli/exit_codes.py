"""What a command's exit code says of the evidence."""

from collections.abc import Sequence

from workbench.domain.verdicts import CriterionVerdict, Verdict

MET, NOT_MET, INPUT, UNDECIDED, CALLS_FAILED = 0, 1, 2, 3, 4

EXPLAINED = (
    "Exit codes: 0 every requirement is met; 1 a bar is not met; 2 the command or the file is "
    "wrong, or the run had to stop; 3 not enough evidence; 4 calls failed so that nothing can be "
    "said: no criterion is decided, and of each that was tried most calls failed or were refused."
)


def code(verdict: Verdict, deciding: Sequence[CriterionVerdict]) -> int:
    """The exit code for a feature's verdict and the criteria that it was put together from."""
    if verdict is Verdict.NOT_ENOUGH_EVIDENCE and is_mute(deciding):
        return CALLS_FAILED
    return {Verdict.MET: MET, Verdict.NOT_MET: NOT_MET}.get(verdict, UNDECIDED)


def is_mute(deciding: Sequence[CriterionVerdict]) -> bool:
    """Whether calls failed so that nothing can be said: no criterion is met or not met, and of
    each that was tried, more than half of the planned calls failed or were refused.

    Then more cases would settle nothing: first the calls have to go through. Where most were
    answered, or wait for a person, it is the evidence that is thin.
    """
    tried = [found for found in deciding if found.open.planned]
    is_open = all(found.verdict is Verdict.NOT_ENOUGH_EVIDENCE for found in deciding)
    return bool(tried) and is_open and all(found.open.mostly_failed for found in tried)
