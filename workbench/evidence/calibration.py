"""Whether a judge can be trusted: what it decides before people's labels show how often it errs."""

from workbench.domain.criteria import Criterion
from workbench.domain.kinds.entry import By
from workbench.domain.verdicts import Verdict


def held_to(criterion: Criterion, decided: Verdict) -> tuple[Verdict, list[str]]:
    """The verdict that a judge's words allow, and what is to be said of them."""
    if criterion.draft.scorer.kind.by is not By.MODEL:
        return decided, []
    said = "its judge was not held against people's labels, so it decides nothing"
    return Verdict.NOT_ENOUGH_EVIDENCE, [said]
