"""Server-sent events, as servers send them: JSON objects, errors, and what is neither."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import NamedTuple

STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How the lines of an event stream begin."""


_LINES, _LENGTH = 64, 64 * 1024
"""An event of more lines than this, or longer ones, is read at the empty line behind it: to try
after every line whether it is whole would cost its square."""


class StreamCut(Exception):
    """The bytes ended or broke before the reply was complete."""


class TooMuch(Exception):
    """One event is larger than any answer may be."""


class Event(NamedTuple):
    """One event: its data, read as JSON where it is JSON, and whether it calls itself an error."""

    data: object
    is_error: bool = False


DONE = Event("[DONE]")
"""What a whole stream ends with."""


async def events(chunks: AsyncIterator[bytes], most: int) -> AsyncGenerator[Event]:
    """The events of a stream, `DONE` among them. Raises StreamCut at a loose end, TooMuch where
    one is larger than `most` bytes."""
    begun: bytes | bytearray = b""
    rest, kind, lines_in = bytearray(), b"", 0
    async for chunk in chunks:
        rest += chunk
        if b"\n" not in chunk:
            if len(rest) + len(begun) > most:
                raise TooMuch
            continue
        # Bytes, because str.splitlines also splits at U+2028, which JSON strings may contain.
        *lines, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        for line in map(bytes.strip, lines):
            if not line:
                if begun:
                    yield _event(begun, kind) or Event(_text(begun), kind == b"error")
                kind, begun, lines_in = b"", b"", 0
            elif line.startswith(b"event:"):
                kind = line[6:].strip()
            elif begun or line.startswith((b"data:", b"{", b"[")):
                # An error that a gateway throws into a stream often has no "data:" before it, and
                # JSON may be spread over several lines of one event.
                if lines_in == 1:
                    # Most events are of one line; as bytes, others would be copied with each.
                    begun = bytearray(begun)
                begun += line.removeprefix(b"data:").strip()
                lines_in += 1
                if len(begun) > most:
                    raise TooMuch
                is_small = lines_in == 1 or (lines_in <= _LINES and len(begun) <= _LENGTH)
                if begun and is_small and (event := _event(begun, kind)):
                    yield event
                    begun, lines_in = b"", 0
    if begun or rest.strip():
        raise StreamCut


def _event(data: bytes | bytearray, kind: bytes) -> Event | None:
    """None where it is the beginning of JSON."""
    if data == b"[DONE]":
        return DONE
    if data[:1] not in (b"{", b"["):
        return Event(_text(data), kind == b"error")
    try:
        return Event(json.loads(data), kind == b"error")
    except UnicodeDecodeError:
        return Event(_text(data), kind == b"error")
    except (ValueError, RecursionError):
        return None


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace")


async def unbroken(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The bytes of a stream; a connection that breaks is a cut stream, not a failed connection."""
    import aiohttp

    try:
        async for chunk in chunks:
            yield chunk
    except (aiohttp.ClientError, ConnectionError):
        raise StreamCut from None
