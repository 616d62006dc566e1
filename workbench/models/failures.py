"""Why a call failed, in plain words: everything a call can raise becomes a ModelError."""

import math
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from workbench.errors import CallFailure, ModelError
from workbench.models import complaints, diagnosis, keys
from workbench.models.complaints import Complaint

_REASON_LENGTH = 300
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_YEAR_S = 365 * 86_400.0


def from_status(
    status: int,
    body: object,
    headers: Mapping[str, str],
    model: str,
    where: str,
    secrets: tuple[str, ...],
) -> ModelError:
    """The failure behind an HTTP status outside 2xx. `secrets` are blotted out of the reason."""
    said = complaints.read(body)
    wait = retry_seconds(headers)
    kind = diagnosis.kind(status, said, has_wait=wait is not None)
    if isinstance(body, str) and body.lstrip()[:1] in ("<", ""):
        # A page of a proxy or a sign-in: made for eyes, and no server's own words.
        said = replace(said, message="")
    return _told(kind, said, status, wait, model, where, secrets)


def from_reply(
    said: Complaint,
    model: str,
    where: str,
    secrets: tuple[str, ...],
    partial: str = "",
    has_begun: bool = False,
) -> ModelError:
    """The failure behind an error that came in a reply that looked good (status 200).

    `partial` is what the answer had been until then, `has_begun` whether it had begun at all.
    """
    kind = diagnosis.kind(None, said)
    if kind is CallFailure.SERVER and (has_begun or partial):
        kind = CallFailure.BROKEN_OFF
    error = _told(kind, said, said.status, None, model, where, secrets)
    error.partial, error.has_begun = partial, has_begun or bool(partial)
    return error


class _Sentence(NamedTuple):
    """What is said of a kind of failure: after the name of the endpoint, and what to do."""

    said: str
    hint: str


_SENTENCES = {
    CallFailure.REDIRECT: _Sentence(
        "redirects elsewhere; redirects are not followed, so that prompts and keys go only where "
        "you sent them.",
        "Enter the final address as the base URL.",
    ),
    CallFailure.AUTHENTICATION: _Sentence(
        "refused the key{status}.{said}",
        "Check that the connection names the right key and that the key may use this model.",
    ),
    CallFailure.QUOTA: _Sentence(
        "says that the account behind it has no credit or quota left{status}.{said}",
        "Top up the account or raise its limit, then resume.",
    ),
    CallFailure.UNKNOWN_MODEL: _Sentence(
        "has no model “{model}”{status}.{said}",
        "Check the model's name, and that the key may use it.",
    ),
    CallFailure.RATE_LIMIT: _Sentence(
        "takes no more requests for now.{wait}{said}",
        "Wait, or lower the connection's concurrency.",
    ),
    CallFailure.TIMEOUT: _Sentence(
        "gave up waiting{status}.{said}",
        "Try again; shorten the prompt or the answer if it happens often.",
    ),
    CallFailure.SERVER: _Sentence(
        "had a failure of its own{status}.{wait}{said}",
        "Try again later; if it stays, ask whoever runs the server.",
    ),
    CallFailure.BROKEN_OFF: _Sentence(
        "broke off its answer{status}.{said}",
        "Try again; if it stays, ask whoever runs the server.",
    ),
    CallFailure.FILTERED: _Sentence(
        "did not answer: a content filter stopped it{status}.{said}",
        "Reword the input, or change the filter's settings where the model is hosted.",
    ),
    CallFailure.TOO_LONG: _Sentence(
        "takes no prompt of this length{status}.{said}",
        "Shorten the input of this case, allow a shorter answer, or choose a model with more room.",
    ),
    CallFailure.BAD_REQUEST: _Sentence(
        "did not accept the request{status}.{said}",
        "Change what the server names; the parameters are those of the variant.",
    ),
}
_FORBIDDEN = _Sentence(
    "did not let this call through{status}.{said}",
    "Check that the key may use this model. If other cases are answered, the server refuses "
    "this one's input.",
)
_NO_ROUTE = _Sentence(
    "has nothing at this address, or no model “{model}”{status}.{said}",
    "Check that the base URL ends where the server expects, often in /v1, and the model's name.",
)
_UNSAID = _Sentence(
    "did not accept the request{status} and does not say why.",
    "Check the variant's parameters and the length of the prompt.",
)


def _told(
    kind: CallFailure,
    said: Complaint,
    status: int | None,
    wait: float | None,
    model: str,
    where: str,
    secrets: tuple[str, ...],
) -> ModelError:
    reason = plain(said.message, secrets)
    wait = _sensible(said.retry_after) if wait is None else wait
    sentence = _SENTENCES[kind]
    if kind is CallFailure.AUTHENTICATION and status == 403 and "key" not in reason.lower():
        sentence = _FORBIDDEN
    elif kind is CallFailure.UNKNOWN_MODEL and not diagnosis.is_about_model(said):
        sentence = _NO_ROUTE
    elif kind is CallFailure.BAD_REQUEST and not reason:
        sentence = _UNSAID
    filled = sentence.said.format(
        status=f" (status {status})" if status is not None else "",
        said=f" The server says: “{reason}”." if reason else "",
        wait=f" It asks to wait {wait_words(wait)}." if wait is not None else "",
        model=plain(model, secrets),
    )
    is_patient = kind.is_retryable
    return ModelError(
        kind,
        f"{where} {filled}",
        sentence.hint,
        wait if is_patient else None,
        param=plain(said.param, secrets),
    )


def wait_words(seconds: float) -> str:
    """A wait as the server counts it, and in the unit that people count it in."""
    said = f"{math.ceil(seconds)} s"
    for size, name, least in ((86_400.0, "days", 2), (3600.0, "hours", 2), (60.0, "minutes", 2)):
        if seconds >= least * size:
            return f"{said} (about {seconds / size:.0f} {name})"
    return said


def from_transport(error: BaseException, where: str, secrets: tuple[str, ...]) -> ModelError:
    """The failure behind an exception of the transport that carries no status."""
    import aiohttp

    causes = tuple(_chain(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return timed_out(where, None)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        why, hint = "its host name was not found", "Check the spelling of the base URL."
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        why = "a secure connection could not be made"
        hint = "Check https or http in the base URL, and this machine's certificates."
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        why, hint = "nothing answers at that address", "Check that the server is running."
    elif isinstance(error, aiohttp.ClientPayloadError):
        why, hint = "its reply broke off", "Try again; check the network if it happens often."
    else:
        detail = plain(str(causes[-1]), secrets)
        why = "the connection broke" + (f" ({detail})" if detail else "")
        hint = "Try again; check the network and that the server is running."
    return ModelError(CallFailure.CONNECTION, f"{where} could not be reached: {why}.", hint)


def timed_out(where: str, after_s: float | None) -> ModelError:
    """The failure of a call whose whole time is used up. `after_s` is None where unknown."""
    within = f" within {after_s:g} s" if after_s is not None else " in time"
    return ModelError(
        CallFailure.TIMEOUT,
        f"{where} did not finish its answer{within}.",
        "Try again, allow more time on the connection, or ask for a shorter answer.",
    )


def retry_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait, in seconds; from a number, an HTTP date or a Unix time.
    A wish that makes no sense is none."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _sensible(milliseconds / 1000)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return _sensible(seconds)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _sensible(max(0.0, (date - _served_at(headers)).total_seconds()))


def _served_at(headers: Mapping[str, str]) -> datetime:
    """When the server answered, by its own clock: ours may be hours off, or set meanwhile."""
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, OverflowError):
        return datetime.now(UTC)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _sensible(seconds: float | None) -> float | None:
    """A wait of at most a year. Larger numbers are taken for a moment, where they can be one."""
    if seconds is None or seconds <= _YEAR_S:
        return seconds
    now = datetime.now(UTC).timestamp()
    waits = (moment - now for moment in (seconds, seconds / 1000))
    return next((max(0.0, wait) for wait in waits if abs(wait) <= _YEAR_S), None)


def plain(text: str, secrets: tuple[str, ...]) -> str:
    """What a stranger wrote, on one line of at most 300 characters, without secrets or controls."""
    visible = "".join(c if c.isprintable() else " " for c in keys.redact(text, *secrets))
    line = re.sub(r"\s+", " ", visible).strip().rstrip(".")
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"


def _number(value: str | None) -> float | None:
    """A plain number that is not negative. Python also takes `1_000`, `nan` and `٣` for numbers."""
    if not _PLAIN_NUMBER.fullmatch((value or "").strip()):
        return None
    number = float(value or "")
    return number if math.isfinite(number) else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
