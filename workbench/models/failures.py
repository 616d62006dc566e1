"""Why a call failed, in plain words: everything the SDK can raise becomes a ModelError."""

import math
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from workbench.errors import CallFailure, ModelError
from workbench.models import keys

_REASON_LENGTH = 300
_QUOTA_WORDS = ("insufficient_quota", "billing", "exceeded your current quota", "credit balance")
_KEY_WORDS = ("invalid_api_key", "api key not valid", "incorrect api key", "invalid api key")
_MODEL_WORDS = ("model_not_found", "unknown_model", "model not found")


def from_status(
    status: int, body: object, headers: Mapping[str, str], model: str, where: str, key: str
) -> ModelError:
    """The failure behind an HTTP status outside 2xx. `key` is blotted out of the reason."""
    reason, marks = _reason(body, key)
    said = f" The server says: “{reason}”." if reason else ""
    retry_after = retry_seconds(headers)
    if 300 <= status < 400:
        return ModelError(
            CallFailure.REDIRECT,
            f"{where} redirects elsewhere; redirects are not followed, so that prompts and keys go "
            "only where you sent them.",
            "Enter the final address as the base URL.",
        )
    if status in (401, 403) or (status == 400 and _has(marks, _KEY_WORDS)):
        return ModelError(
            CallFailure.AUTHENTICATION,
            f"{where} refused the key (status {status}).{said}",
            "Check that the connection names the right key and that the key may use this model.",
        )
    if status == 402 or (status in (400, 403, 429) and _has(marks, _QUOTA_WORDS)):
        return ModelError(
            CallFailure.QUOTA,
            f"The account behind {where} has no credit or quota left.{said}",
            "Top up the account or raise its limit, then resume.",
        )
    if status == 404 or (status == 400 and _has(marks, _MODEL_WORDS)):
        return ModelError(
            CallFailure.UNKNOWN_MODEL,
            f"{where} has no model “{model}”, or the base URL is wrong (status {status}).{said}",
            "Check the model's name, and that the base URL ends where the server expects, "
            "often in /v1.",
        )
    if status == 429:
        wait = f" It asks to wait {retry_after:.0f} s." if retry_after is not None else ""
        return ModelError(
            CallFailure.RATE_LIMIT,
            f"{where} takes no more requests for now.{wait}{said}",
            "Wait, or lower the connection's concurrency.",
            retry_after,
        )
    if status == 408:
        return ModelError(
            CallFailure.TIMEOUT,
            f"{where} gave up waiting (status 408).{said}",
            "Try again; shorten the prompt or the answer if it happens often.",
            retry_after,
        )
    if status >= 500:
        return ModelError(
            CallFailure.SERVER,
            f"{where} had a failure of its own (status {status}).{said}",
            "Try again later; if it stays, ask whoever runs the server.",
            retry_after,
        )
    return ModelError(
        CallFailure.BAD_REQUEST,
        f"{where} did not accept the request (status {status}).{said}",
        "Check the model's parameters and the length of the prompt.",
    )


def from_transport(error: BaseException, where: str, key: str) -> ModelError:
    """The failure behind an exception of the SDK or its transport that carries no status."""
    import httpx2

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
    elif isinstance(error, httpx2.ReadError):
        why, hint = "its reply broke off", "Try again; check the network if it happens often."
    else:
        detail = plain(str(causes[-1]), key)
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
    """How long the server asks to wait, in seconds; from a number or an HTTP date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def plain(text: str, key: str) -> str:
    """What a stranger wrote, on one line of at most 300 characters, without key or controls."""
    visible = "".join(c if c.isprintable() else " " for c in keys.redact(text, key))
    line = re.sub(r"\s+", " ", visible).strip().rstrip(".")
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"


def _reason(body: object, key: str) -> tuple[str, str]:
    """The server's own words, and everything in lower case that tells kinds of errors apart."""
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping | str):
        body = body["error"]
    if isinstance(body, Mapping):
        message = _first_text(body, ("message", "detail", "error", "msg"))
        marks = " ".join(str(body.get(field, "")) for field in ("code", "type", "status"))
        return plain(message, key), f"{marks} {message}".lower()
    text = body if isinstance(body, str) else ""
    is_page = text.lstrip()[:1] in ("<", "")
    return ("" if is_page else plain(text, key)), text.lower()


def _first_text(body: Mapping[Any, Any], fields: tuple[str, ...]) -> str:
    for field in fields:
        value = body.get(field)
        if isinstance(value, str) and value:
            return value
        if value:
            return str(value)
    return ""


def _has(marks: str, words: tuple[str, ...]) -> bool:
    return any(word in marks for word in words)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
