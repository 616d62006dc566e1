"""What came back, read with suspicion: bytes of a whole or streamed reply become an Answer."""

import json
import time
from array import array
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.domain.calls import Answer
from workbench.errors import CallFailure, ModelError
from workbench.models import complaints, events, oversize
from workbench.models.complaints import Complaint
from workbench.models.heard import MAX_TEXT, Heard, clean

_MAX_BODY = 8 * MAX_TEXT
"""A text may take six times its size as JSON escapes; anything beyond is not read as JSON."""

_MAX_READ = 2 * _MAX_BODY
"""How far a reply is read that is larger: to say how long its answer is."""

_MAX_STREAM = 128 * MAX_TEXT
"""A stream says a hundred bytes beside each letter; anything beyond is not read."""

_SHOW_EVERY_S = 0.05
_BOM = b"\xef\xbb\xbf"
_QUOTED = 200


class Refused(Exception):
    """A reply whose status is no success: the beginning of its body, what that says (JSON, or its
    text), and its headers."""

    def __init__(self, status: int, body: bytes, said: object, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.said = said
        self.headers = headers


class Complained(Exception):
    """A reply that looked good holds an error. `partial` is what was answered until then."""

    def __init__(self, complaint: Complaint, partial: str = "", has_begun: bool = False) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint
        self.partial = partial
        self.has_begun = has_begun


@dataclass
class Clock:
    """Times of one call, measured from the moment it was sent."""

    started: float = field(default_factory=time.perf_counter)
    _lengths: "array[int]" = field(default_factory=lambda: array("l"))
    _times: "array[float]" = field(default_factory=lambda: array("d"))

    def heard(self, length: int) -> None:
        """So many characters have come by now."""
        if length > (self._lengths[-1] if self._lengths else 0):
            self._lengths.append(length)
            self._times.append(self.ms())

    def first_ms(self, start: int) -> float | None:
        """Milliseconds until the first character behind `start` came, where the answer begins: what
        was thought before it is waiting for whoever reads the answer."""
        at = bisect_right(self._lengths, start)
        return self._times[at] if at < len(self._times) else None

    def ms(self) -> float:
        """Milliseconds since the call was sent."""
        return (time.perf_counter() - self.started) * 1000


async def read(
    chunks: AsyncIterator[bytes],
    model: str,
    clock: Clock,
    *,
    offers_tools: bool = False,
    on_text: Callable[[str], None] | None = None,
) -> Answer:
    """The answer in a reply, told by its first bytes: one JSON document, or a stream of events,
    whatever was asked for. `on_text` gets the text so far, now and then.

    Raises Complained where the reply holds an error, and ModelError: what `Heard.ended` raises,
    MALFORMED, TOO_LARGE or TRUNCATED_STREAM.
    """
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) > _MAX_BODY or len(head.lstrip()) >= max(map(len, events.STARTS)):
            break
    if head.removeprefix(_BOM).lstrip().startswith(events.STARTS):
        async with aclosing(events.unbroken(_after(head, chunks))) as stream:
            return await _streamed(stream, model, clock, offers_tools, on_text)
    answer = await _whole(head, chunks, model, clock, offers_tools)
    if on_text is not None:
        on_text(answer.text)
    return answer


async def _after(head: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes from the head on. Raises events.TooMuch where they don't come to an end."""
    yield head.removeprefix(_BOM)
    size = len(head)
    async for chunk in chunks:
        size += len(chunk)
        if size > _MAX_STREAM:
            raise events.TooMuch
        yield chunk


async def _whole(
    head: bytes, chunks: AsyncIterator[bytes], model: str, clock: Clock, offers_tools: bool
) -> Answer:
    parts, size = [head], len(head)
    async for chunk in chunks:
        size += len(chunk)
        parts.append(chunk)
        if size > _MAX_READ:
            break
    latency_ms = clock.ms()
    raw = b"".join(parts)
    if size > _MAX_BODY:
        raise _too_large(raw)
    reply = _parsed(raw)
    heard = Heard()
    if isinstance(reply, Mapping):
        heard.facts = {name: reply[name] for name in ("model", "usage") if reply.get(name)}
    choice = _choice(reply)
    if choice is not None:
        heard.take(choice, choice.get("message"))
    complaint = complaints.within(reply)
    if complaint is None and choice is not None and choice.get("error"):
        complaint = complaints.within(choice, is_event=True)
    if complaint is not None:
        raise Complained(complaint, clean(heard.said), heard.has_begun)
    if choice is None:
        raise _no_choice(reply)
    return heard.ended(model, latency_ms, offers_tools)


def _too_large(raw: bytes) -> ModelError:
    """The failure of a reply that is too large to be read as JSON, with the answer's beginning."""
    found = oversize.within(raw)
    if found is None:
        return oversize.without_answer(min(len(raw), _MAX_READ))
    text, is_whole = found
    heard = Heard()
    heard.add(text)
    return heard.too_long(is_whole=is_whole)


async def _streamed(
    chunks: AsyncIterator[bytes],
    model: str,
    clock: Clock,
    offers_tools: bool,
    on_text: Callable[[str], None] | None,
) -> Answer:
    heard, shown_at, is_done = Heard(), 0.0, False
    odd: object = None
    try:
        async for event in events.events(chunks, _MAX_BODY):
            if is_done := event is events.DONE:
                break
            _take(event, heard)
            if not isinstance(event.data, Mapping) or not event.data.get("choices"):
                odd = odd or event.data
            if not heard.size:
                continue
            clock.heard(heard.length)
            if (
                on_text is not None
                and not heard.is_over
                and time.perf_counter() - shown_at > _SHOW_EVERY_S
            ):
                # Every token would make a megabyte of text cost its square.
                shown_at = time.perf_counter()
                on_text(clean(heard.said))
    except events.TooMuch:
        raise _endless(heard) from None
    except events.StreamCut:
        if not heard.reason:
            raise _truncated(heard) from None
    if not heard.has_begun and not heard.reason and (said := complaints.within(odd)):
        raise Complained(said)
    if not heard.reason and not (is_done and heard.said):
        raise _truncated(heard)
    answer = heard.ended(model, clock.ms(), offers_tools)
    if on_text is not None:
        on_text(answer.text)
    return replace(answer, first_token_ms=clock.first_ms(heard.parted.start))


def _take(event: events.Event, heard: Heard) -> None:
    """Add an event to what was heard. Raises Complained, or ModelError(MALFORMED)."""
    data = event.data
    if isinstance(data, str) and not event.is_error and data[:1] in ("{", "["):
        raise malformed("an event of the stream is not valid JSON", _AGAIN)
    if event.is_error or isinstance(data, str):
        raise Complained(complaints.read(data), clean(heard.said), heard.has_begun)
    choice = _choice(data)
    complaint = complaints.within(data, is_event=True)
    complaint = complaint or complaints.within(choice, is_event=True)
    if complaint is not None:
        raise Complained(complaint, clean(heard.said), heard.has_begun)
    if isinstance(data, Mapping):
        heard.facts |= {name: data[name] for name in ("model", "usage") if data.get(name)}
    if choice is not None:
        heard.take(choice, choice.get("delta") or choice.get("message"))


_ADDRESS = "Check that the base URL is that of an OpenAI-compatible API, often ending in /v1."
_AGAIN = "Try again; if it stays, ask whoever runs the server."


def malformed(what: str, hint: str = _ADDRESS) -> ModelError:
    """The failure of a reply that is not a chat completion."""
    return ModelError(CallFailure.MALFORMED, f"The server's reply cannot be read: {what}.", hint)


def _parsed(raw: bytes) -> object:
    start = raw.removeprefix(_BOM).lstrip()[:1]
    if start == b"<":
        raise malformed("it is a web page, not an answer")
    if not start:
        raise malformed("it is empty", _AGAIN)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise malformed("it is not UTF-8 text", _AGAIN) from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if start in b"{[":
            raise malformed("it is not valid JSON", _AGAIN) from None
    if len(text) > 4 * _QUOTED:
        raise malformed("it is not valid JSON")
    # A short text is what the server has to say, for want of JSON.
    raise Complained(complaints.read(text))


def _choice(reply: object) -> Mapping[str, Any] | None:
    """The first of the answers, by its index: where several were asked for, they come mixed."""
    choices = reply.get("choices") if isinstance(reply, Mapping) else None
    if not isinstance(choices, list):
        return None
    found = [choice for choice in choices if isinstance(choice, Mapping)]
    return next((choice for choice in found if not choice.get("index")), None)


def _no_choice(reply: object) -> ModelError:
    if not isinstance(reply, Mapping):
        return malformed("it is JSON, but not an object")
    if "choices" in reply and reply["choices"] is None:
        # How some gateways pass on that the server behind them failed.
        return ModelError(
            CallFailure.BROKEN_OFF,
            "The server's reply holds no answer (its “choices” are null), and no error either.",
            _AGAIN,
        )
    if "choices" in reply:
        return malformed("the reply holds no answer (its “choices” are empty)", _AGAIN)
    said = reply.get("message") or reply.get("msg")
    quoted = (
        f"; it says “{' '.join(clean(said).split())[:_QUOTED]}”" if isinstance(said, str) else ""
    )
    return malformed(f"the reply has no choices{quoted}")


def _endless(heard: Heard) -> ModelError:
    if heard.has_begun:
        return heard.too_long(is_whole=False)
    return oversize.without_answer(_MAX_BODY)


def _truncated(heard: Heard) -> ModelError:
    if heard.is_over:
        return heard.too_long(is_whole=False)
    return ModelError(
        CallFailure.TRUNCATED_STREAM,
        "The answer broke off before the server said it was complete.",
        "Try again; if it happens often, ask without streaming or check the network.",
        partial=clean(heard.said),
        has_begun=heard.has_begun,
        reasoning=clean(heard.parted.thoughts),
    )
