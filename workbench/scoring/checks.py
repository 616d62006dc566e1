"""Judge outputs by code: each check gives pass or fail with its reason, or says why it can't."""

from workbench.domain.criteria import Scorer
from workbench.domain.scores import Judgement
from workbench.scoring.kinds.check import Subject, judged
from workbench.scoring.kinds.known import CHECKS
from workbench.scoring.wanted import refuse_unreadable

__all__ = ["Subject", "check", "refuse_unusable"]


def check(scorer: Scorer, subject: Subject) -> Judgement:
    """What a check thinks of an output. What cannot be computed is unscored, with the reason."""
    return judged(scorer.kind, scorer.settings, subject)


def refuse_unusable(scorer: Scorer) -> None:
    """Raise InputError when a check could never be computed: a broken pattern, schema or text."""
    for text in scorer.kind.entry.templates(scorer.settings):
        refuse_unreadable(text)
    if scorer.kind in CHECKS:
        CHECKS[scorer.kind].refuse_unusable(scorer.settings)
