"""What can go wrong, as a tree: each error carries a message and a hint on what to do."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self


class WorkbenchError(Exception):
    """The root: something a person can act on. `message` says what and where, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(WorkbenchError):
    """What was typed, pasted or uploaded cannot be used as it is."""


class NotFound(WorkbenchError):
    """What was asked for is not in the store."""


class Conflict(WorkbenchError):
    """Somebody else saved meanwhile. Both texts are kept: `mine` and `theirs`."""

    def __init__(self, message: str, mine: str, theirs: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.mine = mine
        self.theirs = theirs


class StoreError(WorkbenchError):
    """The database file cannot be used as it is."""


class StoreLocked(StoreError):
    """Another process holds the database file."""


class StoreReadOnly(StoreError):
    """The file can't be written to, so it is open for reading only. Nothing was kept."""

    @classmethod
    def of(cls, path: str, why: str) -> Self:
        """The one sentence for whatever would be kept there."""
        return cls(
            f"{path} is open for reading only, so nothing can be kept: {why}.",
            "Restart the workbench with a file and folder that you may write to, or with a copy "
            "there.",
        )


class StoreUnavailable(StoreError):
    """The database can't be written at present; it can be again when the cause is gone."""


class StoreTooNew(StoreError):
    """The database file was written by a newer workbench."""


class CallFailure(StrEnum):
    """Why a model call ended without a usable output."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    REDIRECT = "redirect"
    RATE_LIMIT = "rate_limit"
    SERVER = "server"
    AUTHENTICATION = "authentication"
    UNKNOWN_MODEL = "unknown_model"
    QUOTA = "quota"
    BAD_REQUEST = "bad_request"
    MALFORMED = "malformed"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TRUNCATED_STREAM = "truncated_stream"
    BROKEN_OFF = "broken_off"
    UNKNOWN_ENDING = "unknown_ending"
    FILTERED = "filtered"
    TOO_LONG = "too_long"
    TEMPLATE = "template"
    STOPPED = "stopped"
    UNSENT = "unsent"
    LOST = "lost"
    LOCAL_MODEL = "local_model"
    SIMULATED_USER = "simulated_user"

    @property
    def is_retryable(self) -> bool:
        """Whether asking again soon may help."""
        return self in _RETRYABLE

    @property
    def may_be_billed(self) -> bool:
        """Whether the server may have done the work (and charge for it) all the same."""
        return self not in _REFUSED

    @property
    def stops_the_run(self) -> bool:
        """Whether every other call of the run is likely to fail in the same way. A second case
        has to show it."""
        return self in _FATAL


_RETRYABLE = frozenset(
    {
        CallFailure.TIMEOUT,
        CallFailure.CONNECTION,
        CallFailure.RATE_LIMIT,
        CallFailure.SERVER,
        CallFailure.TRUNCATED_STREAM,
        CallFailure.BROKEN_OFF,
    }
)
_REFUSED = frozenset(
    {
        CallFailure.REDIRECT,
        CallFailure.RATE_LIMIT,
        CallFailure.SERVER,
        CallFailure.AUTHENTICATION,
        CallFailure.UNKNOWN_MODEL,
        CallFailure.QUOTA,
        CallFailure.BAD_REQUEST,
        CallFailure.TOO_LONG,
        CallFailure.TEMPLATE,
        CallFailure.UNSENT,
        CallFailure.LOCAL_MODEL,
    }
)
_FATAL = frozenset(
    {
        CallFailure.REDIRECT,
        CallFailure.AUTHENTICATION,
        CallFailure.UNKNOWN_MODEL,
        CallFailure.QUOTA,
        CallFailure.LOCAL_MODEL,
    }
)


class ModelError(WorkbenchError):
    """A model call that ended without a usable output.

    `lesson` is what of the request the server refuses, if that was understood, as an adaptation
    that may help; `reasoning` what the model had thought before it failed.
    `retry_after` is the server's own wish in seconds, where it gave one; `param` the field of the
    request that the server names as the fault; `partial` what it had said before. `has_begun`
    tells that it was answering already, and may charge for that.
    """

    def __init__(
        self,
        failure: CallFailure,
        message: str,
        hint: str = "",
        retry_after: float | None = None,
        *,
        param: str = "",
        partial: str = "",
        has_begun: bool = False,
        lesson: str = "",
        reasoning: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.failure = failure
        self.retry_after = retry_after
        self.param = param
        self.partial = partial
        self.lesson = lesson
        self.reasoning = reasoning
        self.has_begun = has_begun or bool(partial)

    def parts(self) -> tuple[str, str, str, float | None, str, str, bool, str, str]:
        """What it is made of, for other processes: exceptions do not travel well."""
        told = (self.failure.value, self.message, self.hint, self.retry_after)
        return *told, self.param, self.partial, self.has_begun, self.lesson, self.reasoning

    @staticmethod
    def of_parts(parts: Sequence[Any]) -> "ModelError":
        """The inverse of `parts`."""
        failure, message, hint, retry_after, param, partial, has_begun, *more = parts
        lesson, reasoning = more
        return ModelError(
            CallFailure(failure), message, hint, retry_after,
            param=param, partial=partial, has_begun=has_begun, lesson=lesson, reasoning=reasoning,
        )  # fmt: skip

    @property
    def may_be_billed(self) -> bool:
        """Whether the server may charge for it: it may have done the work, or part of it."""
        return self.has_begun or self.failure.may_be_billed


class TemplateError(InputError):
    """A prompt template that cannot be rendered with the variables of a case."""
