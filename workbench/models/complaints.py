"""What a server says went wrong, whatever the shape in which it says it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = (
    *("message", "msg", "detail", "details", "error_description", "error_msg", "status_msg"),
    *("error_message", "errorMessage", "error", "errors", "reason", "title", "description"),
)
"""Where servers put their sentence, the likeliest first."""

_CODES = ("code", "type", "status", "reason", "error_code", "status_code", "error_type", "name")
_NUMBERS = ("code", "status", "status_code", "http_status", "error_code")
_NESTED = ("error", "errors", "innererror", "inner_error", "metadata", "details", "detail", "raw")
_FLAGS = ("reasons", "flagged_input", "content_filter_result", "content_filter_results")
_WAITS = ("retryDelay", "retry_after", "retry_after_seconds")
_DEEPEST = 5
_MOST_WORDS = 3


@dataclass(frozen=True)
class Complaint:
    """An error as a server tells it. `codes` are its words for programs, squeezed (`squeezed`);
    `status` the HTTP status that it names in its body; `param` the field of the request that is
    at fault; `is_flagged` that it speaks of an input or output that a filter stopped."""

    message: str = ""
    codes: frozenset[str] = frozenset()
    status: int | None = None
    param: str = ""
    is_flagged: bool = False
    retry_after: float | None = None


def squeezed(code: object) -> str:
    """A code without what differs by fashion: `content_filter`, `ContentFilter` are the same."""
    return re.sub(r"[^a-z0-9]", "", str(code).lower())


def read(body: object) -> Complaint:
    """The error in the body of a failed reply: an object, a list of them, a text."""
    parts = tuple(_parts(body))
    numbers = [n for part in parts for n in map(_status, map(part.get, _NUMBERS)) if n]
    return Complaint(
        message=_message(body),
        codes=frozenset(
            squeezed(part[name])
            for part in parts
            for name in _CODES
            if isinstance(part.get(name), str | int) and part[name]
        ),
        status=numbers[0] if numbers else None,
        param=next(filter(None, map(_param, parts)), ""),
        is_flagged=any(_is_flagged(part) for part in parts),
        retry_after=next((s for part in parts if (s := _wait(part)) is not None), None),
    )


def within(reply: object, *, is_event: bool = False) -> Complaint | None:
    """The error in a reply that came as a good one, None where it holds none.

    An event of a stream may hold anything: only what calls itself an error is one.
    """
    if isinstance(reply, list):
        return next(filter(None, (within(item, is_event=is_event) for item in reply)), None)
    if not isinstance(reply, Mapping):
        return None
    if _says_something(reply.get("error")):
        return read(reply)
    if reply.get("choices"):
        return None
    if "error" in (reply.get("object"), reply.get("type")):
        return read(reply)
    if blocked := _blocked(reply):
        return blocked
    if is_event:
        return None
    base = reply.get("base_resp")
    if isinstance(base, Mapping) and base.get("status_code"):
        return read(base)
    # A greeting is no error: at a wrong address many a server answers with one.
    is_told = any(reply.get(name) for name in ("detail", "errors", "error_msg", "error_message"))
    is_coded = any(_says_something(reply.get(name)) for name in _NUMBERS) and _message(reply)
    return read(reply) if is_told or is_coded else None


def _blocked(reply: Mapping[str, Any]) -> Complaint | None:
    """A prompt that was not answered because a filter stopped it: Gemini's and Azure's way."""
    if reply.get("candidates"):
        return None
    feedback = reply.get("promptFeedback") or reply.get("prompt_feedback")
    if isinstance(feedback, Mapping):
        why = feedback.get("blockReason") or feedback.get("block_reason")
        if why:
            said = feedback.get("blockReasonMessage") or f"the prompt was blocked: {why}"
            return Complaint(str(said), frozenset({squeezed(why)}), is_flagged=True)
    results = reply.get("prompt_filter_results")
    if isinstance(results, list) and any(_is_filtered(result) for result in results):
        return Complaint("the prompt was stopped by the content filter", is_flagged=True)
    return None


def _is_filtered(result: object) -> bool:
    found = result.get("content_filter_results") if isinstance(result, Mapping) else None
    kinds = found.values() if isinstance(found, Mapping) else ()
    return any(isinstance(kind, Mapping) and kind.get("filtered") is True for kind in kinds)


def _says_something(error: object) -> bool:
    if error is None:
        return False
    if isinstance(error, Mapping):
        return any(_says_something(value) for value in error.values())
    return bool(error) and str(error).strip().lower() not in ("0", "200", "ok", "success", "none")


def _parts(body: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object that belongs to the error, the outer ones first."""
    body = _unpacked(body)
    if depth > _DEEPEST:
        return
    if isinstance(body, Mapping):
        yield body
        for name in (*_NESTED, "message"):
            yield from _parts(body.get(name), depth + 1)
    elif isinstance(body, list):
        for item in body[:20]:
            yield from _parts(item, depth + 1)


def _unpacked(value: object) -> object:
    """A gateway passes on what another server said as a text of JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _message(body: object, depth: int = 0) -> str:
    """The sentences of an error; where it has none, all of it as it is."""
    body = _unpacked(body)
    if isinstance(body, str):
        return body.strip()
    found = _sentence(body, depth)
    if not found and depth == 0 and isinstance(body, Mapping | list) and body:
        return json.dumps(body, ensure_ascii=False, default=str)
    return found


def _sentence(body: object, depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    if isinstance(body, list):
        every = [_message(item, depth + 1) for item in body[:_MOST_WORDS]]
        return "; ".join(text.rstrip(".") for text in every if text)
    if not isinstance(body, Mapping):
        return ""
    said = ""
    for name in _WORDS:
        if said := _message(body.get(name) or "", depth + 1):
            break
    place = body.get("loc")
    if said and isinstance(place, list) and place:
        said = f"{'.'.join(map(str, place))}: {said}"
    behind = body.get("metadata")
    if isinstance(behind, Mapping):
        # What the provider behind a gateway said, and for what reasons it was moderated.
        for inner in map(_message, (behind.get("raw") or "", behind.get("reasons") or "")):
            said = f"{said.rstrip('.')}: {inner}" if inner and inner not in said else said
    return said


def _status(value: object) -> int | None:
    """A number that can be an HTTP status of a failure, also where it is written as a text."""
    if isinstance(value, str) and value.isdecimal() and len(value) == len("404"):
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 400 <= value < 600 else None  # type: ignore[operator,return-value]  # a number


def _param(part: Mapping[str, Any]) -> str:
    if isinstance(part.get("param"), str):
        return str(part["param"])
    place = part.get("loc")
    if isinstance(place, list) and place and isinstance(place[-1], str):
        return place[-1]
    return ""


def _is_flagged(part: Mapping[str, Any]) -> bool:
    return any(part.get(name) for name in _FLAGS)


def _wait(part: Mapping[str, Any]) -> float | None:
    """Seconds that the body asks to wait, such as Google's `"retryDelay": "34.07s"`."""
    for name in _WAITS:
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*s?", str(part.get(name, "")).strip())
        if found:
            return float(found.group(1))
    return None
