"""What a check is: it looks at an output and says pass, fail or why it can't."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from workbench.domain.kinds import looking
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.kinds.settings import Settings
from workbench.domain.looked_at import Looked
from workbench.domain.scores import Judgement, Outcome
from workbench.domain.tools import ToolCall
from workbench.domain.values import Value
from workbench.errors import InputError, TemplateError
from workbench.scoring.wording import quoted


class Subject(NamedTuple):
    """What a check looks at: an output, what it took, and the names of its case. `is_refusal`
    says that the server itself marks the output as a refusal; `others` are the outputs of the other
    trials of its case and variant, for checks that hold them against each other. `calls` are the
    tools that were called in its trial, None where that is not known. `looked` finds what else of
    the trial may be looked at; without it the output is what is looked at, whatever that is."""

    output: str
    names: Mapping[str, Value]
    latency_ms: float | None = None
    cost: float | None = None
    is_refusal: bool = False
    others: Sequence[str] = ()
    calls: Sequence[ToolCall] | None = ()
    looked: Callable[[LooksAt], Looked] | None = None


def _nothing(_: Settings) -> None:
    return


class Check(NamedTuple):
    """`judge` raises InputError for what it can't compute; `refuse_unusable` raises it for
    settings that it never could (texts that name values of a case are looked at before)."""

    judge: Callable[[Settings, Subject], Judgement]
    refuse_unusable: Callable[[Settings], None] = _nothing


CHECKS: dict[str, Check] = {}
"""By the name of their kind; `known` fills it."""


def judged(kind: str, settings: Settings, subject: Subject) -> Judgement:
    """What a check thinks of an output. What cannot be computed is unscored, with the reason."""
    what = looking.of(settings)
    if subject.looked is not None and what is not LooksAt.ANSWER:
        found = subject.looked(what)
        if found.text is None:
            return unscored(found.why)
        # That the server marks the last answer as a refusal says nothing of thoughts.
        is_refusal = subject.is_refusal and what is not LooksAt.REASONING
        subject = subject._replace(output=found.text, is_refusal=is_refusal, looked=None)
    try:
        return CHECKS[kind].judge(settings, subject)
    except TemplateError as error:
        return unscored(f"The check's text could not be filled in: {error.message}")
    except InputError as error:
        return unscored(error.message)


def passed(reason: str, value: float | None = None) -> Judgement:
    """It passes, for this reason; `value` is what was measured."""
    return Judgement(Outcome.PASS, reason, value)


def failed(reason: str, value: float | None = None) -> Judgement:
    """It fails, for this reason; `value` is what was measured."""
    return Judgement(Outcome.FAIL, reason, value)


def unscored(reason: str) -> Judgement:
    """Nothing can be said, for this reason."""
    return Judgement(Outcome.UNSCORED, reason)


def listed(texts: Iterable[str]) -> str:
    """Texts in quotation marks, shortened, with commas."""
    return ", ".join(quoted(text) for text in texts)
