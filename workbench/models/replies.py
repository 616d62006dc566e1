"""What came back, read with suspicion: bytes of a whole or streamed reply become an Answer."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.calls import Answer
from workbench.errors import CallFailure, ModelError

MAX_TEXT = 1024 * 1024
"""The longest answer that is kept, in bytes of UTF-8."""

_MAX_BODY = 8 * MAX_TEXT
"""A text may take six times its size as JSON escapes; anything beyond is not read."""

_SHOW_EVERY_S = 0.05


class StreamCut(Exception):
    """The bytes ended or broke before the reply was complete."""


@dataclass
class Clock:
    """Times of one call, measured from the moment it was sent."""

    started: float = field(default_factory=time.perf_counter)
    first_token_ms: float | None = None

    def ms(self) -> float:
        """Milliseconds since the call was sent."""
        return (time.perf_counter() - self.started) * 1000


async def whole(chunks: AsyncIterator[bytes], model: str, clock: Clock) -> Answer:
    """The answer in a reply that is one JSON document.

    Raises ModelError: MALFORMED, EMPTY or TOO_LARGE.
    """
    parts, size = [], 0
    async for chunk in chunks:
        size += len(chunk)
        if size > _MAX_BODY:
            raise _too_large()
        parts.append(chunk)
    latency_ms = clock.ms()
    reply = _parsed(b"".join(parts))
    choice = _first_choice(reply)
    if choice is None:
        raise malformed("the reply has no choices")
    text = _text_of(choice.get("message"))
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or not reason:
        raise malformed("the reply does not say whether the answer is complete (finish_reason)")
    if text is None and reason != "length":
        raise malformed(_without_text(choice.get("message")))
    return _answer(text or "", reason, reply, model, latency_ms, clock)


async def streamed(
    chunks: AsyncIterator[bytes], model: str, clock: Clock, on_text: Callable[[str], None]
) -> Answer:
    """The answer in a stream of server-sent events; `on_text` gets the text so far, now and then.

    Raises ModelError: MALFORMED, EMPTY, TOO_LARGE, SERVER or TRUNCATED_STREAM.
    """
    text, size, reason, shown_at = "", 0, "", 0.0
    facts: dict[str, Any] = {}
    try:
        async for event in _events(chunks):
            if event.get("error"):
                raise _broken_off(event["error"])
            facts |= {k: event[k] for k in ("model", "usage") if event.get(k)}
            choice = _first_choice(event) or {}
            reason = choice.get("finish_reason") or reason
            piece = _text_of(choice.get("delta"))
            if not piece:
                continue
            if clock.first_token_ms is None:
                clock.first_token_ms = clock.ms()
            text, size = text + piece, size + len(piece.encode("utf-8", "surrogatepass"))
            if size > MAX_TEXT:
                raise _too_large()
            if time.perf_counter() - shown_at > _SHOW_EVERY_S:
                # Every token would make a megabyte of text cost its square.
                shown_at = time.perf_counter()
                on_text(clean(text))
    except StreamCut:
        if not reason:
            raise _truncated() from None
    if not isinstance(reason, str) or not reason:
        raise _truncated()
    answer = _answer(text, reason, facts, model, clock.ms(), clock)
    on_text(answer.text)
    return answer


def clean(text: str) -> str:
    """The text with lone surrogates written out as `\\udXXX`, which no database or page refuses."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Two halves of one character may have come in two pieces of a stream: join those first.
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in joined)
    return text


def malformed(what: str) -> ModelError:
    """The failure of a reply that is not a chat completion."""
    return ModelError(
        CallFailure.MALFORMED,
        f"The server's reply cannot be read: {what}.",
        "Check that the base URL is that of an OpenAI-compatible API, often ending in /v1.",
    )


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Mapping[str, Any]]:
    """The JSON objects of an event stream, until `[DONE]`. Raises StreamCut at a loose end."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        if b"\n" not in chunk:
            if len(rest) > _MAX_BODY:
                raise _too_large()
            continue
        # Bytes, because str.splitlines also splits at U+2028, which JSON strings may contain.
        *lines, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        for line in lines:
            data = line.strip().removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
            if data == b"[DONE]":
                return
            if data:
                yield _parsed(data)
    if rest.strip():
        raise StreamCut


def _parsed(raw: bytes) -> Mapping[str, Any]:
    if raw.lstrip()[:1] == b"<":
        raise malformed("it is a web page, not an answer")
    try:
        reply = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise malformed("it is not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise malformed("it is not valid JSON") from None
    if not isinstance(reply, dict):
        raise malformed("it is JSON, but not an object")
    return reply


def _first_choice(reply: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = reply.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def _text_of(message: object) -> str | None:
    """The message's words, None where it has none. A refusal is an answer too."""
    if not isinstance(message, dict):
        return None
    for content in (message.get("content"), message.get("refusal")):
        if isinstance(content, str):
            return content
        if isinstance(content, list):
            texts = [part.get("text") for part in content if isinstance(part, dict)]
            return "".join(text for text in texts if isinstance(text, str))
    return None


def _without_text(message: object) -> str:
    if isinstance(message, dict) and message.get("tool_calls"):
        return "the model called a tool instead of answering"
    return "the reply has no text"


def _answer(
    text: str, reason: str, facts: Mapping[str, Any], model: str, latency_ms: float, clock: Clock
) -> Answer:
    if len(text) > MAX_TEXT or len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT:
        raise _too_large()
    if not text and reason != "length":
        raise ModelError(
            CallFailure.EMPTY,
            f"The model gave an empty answer (it stopped with “{clean(reason)[:40]}”).",
            "Look at the prompt; a content filter or a stop word may have cut everything.",
        )
    name, usage = facts.get("model"), facts.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Answer(
        text=clean(text),
        finish_reason=clean(reason)[:40],
        model=clean(name)[:200] if isinstance(name, str) and name else model,
        latency_ms=latency_ms,
        first_token_ms=clock.first_token_ms,
        input_tokens=_count(counts.get("prompt_tokens")),
        output_tokens=_count(counts.get("completion_tokens")),
    )


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return int(value) if is_count else None  # type: ignore[call-overload]  # checked above


def _too_large() -> ModelError:
    return ModelError(
        CallFailure.TOO_LARGE,
        "The answer is longer than 1 MiB, so it was not kept.",
        "Ask for shorter answers, or lower the most tokens an answer may have.",
    )


def _truncated() -> ModelError:
    return ModelError(
        CallFailure.TRUNCATED_STREAM,
        "The answer broke off before the server said it was complete.",
        "Try again; if it happens often, ask without streaming or check the network.",
    )


def _broken_off(error: object) -> ModelError:
    said = error.get("message") if isinstance(error, dict) else error
    return ModelError(
        CallFailure.SERVER,
        f"The server broke off its answer: “{' '.join(clean(str(said))[:300].split())}”.",
        "Try again later.",
    )
