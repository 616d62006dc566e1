"""Keys and other secrets, taken out of what a server says: it is stored and shown."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.domain.calls import Answer
from workbench.errors import ModelError
from workbench.models import keys

_LONG_KEY = 8


def hiding(
    on_text: Callable[[str], None] | None, secrets: Sequence[str]
) -> Callable[[str], None] | None:
    """A reader of a stream who never sees a secret, nor the beginning of one."""
    long = _in_answers(secrets)
    if on_text is None or not long:
        return on_text
    return lambda text: on_text(keys.redact_growing(text, *long))


def _in_answers(secrets: Sequence[str]) -> tuple[str, ...]:
    return tuple(secret for secret in secrets if len(secret) >= _LONG_KEY)


def without_secrets(answer: Answer, secrets: Sequence[str]) -> Answer:
    """Answers are stored and shown: one that quotes the key back must not carry it there."""
    long = _in_answers(secrets)
    called = (text for call in answer.calls for text in (call.name, call.arguments))
    said = (answer.text, answer.reasoning, answer.model, answer.finish_reason, *called)
    if not any(secret in text for secret in long for text in said):
        return answer
    text, reasoning, model, finish_reason = (keys.redact(each, *long) for each in said[:4])
    calls = tuple(
        replace(
            call, name=keys.redact(call.name, *long), arguments=keys.redact(call.arguments, *long)
        )
        for call in answer.calls
    )
    return replace(
        answer, text=text, reasoning=reasoning, model=model, finish_reason=finish_reason,
        calls=calls,
    )  # fmt: skip


def plain(error: ModelError, secrets: Sequence[str]) -> ModelError:
    """The same without secrets, in what is said and in what the answer had been."""
    told = (error.message, error.partial, error.reasoning, error.param)
    said, partial, reasoning, param = (keys.redact(text, *secrets) for text in told)
    return ModelError(
        error.failure, said, error.hint, error.retry_after, param=param, partial=partial,
        has_begun=error.has_begun, lesson=error.lesson, reasoning=reasoning,
    )  # fmt: skip
