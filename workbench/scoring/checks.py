"""Judge outputs by code: each check gives pass or fail with its reason, or says why it can't."""

from workbench.domain.criteria import Scorer
from workbench.domain.scores import Judgement
from workbench.errors import InputError, TemplateError
from workbench.scoring.kinds.check import Subject, unscored
from workbench.scoring.kinds.known import CHECKS
from workbench.scoring.wanted import refuse_unreadable

__all__ = ["Subject", "check", "refuse_unusable"]


def check(scorer: Scorer, subject: Subject) -> Judgement:
    """What a check thinks of an output. What cannot be computed is unscored, with the reason."""
    judge = CHECKS[scorer.kind].judge
    try:
        return judge(scorer.settings, subject)
    except TemplateError as error:
        return unscored(f"The check's text could not be filled in: {error.message}")
    except InputError as error:
        return unscored(error.message)


def refuse_unusable(scorer: Scorer) -> None:
    """Raise InputError when a check could never be computed: a broken pattern, schema or text."""
    for text in scorer.kind.entry.templates(scorer.settings):
        refuse_unreadable(text)
    if scorer.kind in CHECKS:
        CHECKS[scorer.kind].refuse_unusable(scorer.settings)
