"""A reply's bytes as they were before the server packed them: piece by piece, and bounded.

httpx would unpack whatever the reply names, in as many layers as it names, each chunk at once: 7 kB
of `gzip, gzip` are 4 GB. Here one layer is unpacked, of the two kinds that were asked for, no more
than `PIECE` at once, and others get a turn after each piece, the call's deadline among them.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

import httpx2

from workbench.errors import ModelError
from workbench.models.replies import malformed

ASKED = "gzip, deflate"
"""What the request says that a reply may be packed with."""

PIECE = 64 * 1024
"""The most bytes that are unpacked at once."""

MAX_ERROR_BODY = 64 * 1024
"""How much of an error's body is read: the reason is in there, the rest may be endless."""

_AGAIN = "Try again; if it stays, ask whoever runs the server how it packs its replies."
_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_QUOTED = 60
_CHARSET = re.compile(
    rb"utf-?8|utf-?16|us-ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|koi8-r"
    rb"|shift_jis|euc-(?:jp|kr)|gb(?:k|2312|18030)|big5"
)
"""Ways to write text. Python also takes `bz2_codec` for one, which makes gigabytes of 64 KiB."""


class _EndedEarly(httpx2.ReadError):
    """The bytes ended and the packed text did not."""


class Unpacked(httpx2.AsyncByteStream):
    """A body that the server named `encodings` of. With `is_error` no more than its beginning is
    read, and what can't be unpacked is left out: the status has said what counts.

    Raises ModelError(MALFORMED) while it is read, httpx2.ReadError where it breaks off.
    """

    def __init__(
        self, stream: httpx2.AsyncByteStream, encodings: Sequence[str], *, is_error: bool
    ) -> None:
        self._stream = stream
        self._encodings = encodings
        self._is_error = is_error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self._pieces()
        if not self._is_error:
            async for piece in pieces:
                yield piece
            return
        size = 0
        while size <= MAX_ERROR_BODY:
            try:
                piece = await anext(pieces)
            except (StopAsyncIteration, ModelError, _EndedEarly):
                return
            yield piece
            size += len(piece)

    async def _pieces(self) -> AsyncIterator[bytes]:
        names = _named(self._encodings)
        if not names:
            async for chunk in self._stream:
                yield chunk
            return
        if len(names) > 1 or names[0] not in _WBITS:
            raise malformed(
                f"it is packed as “{', '.join(names)[:_QUOTED]}”, which was not asked for", _AGAIN
            )
        unpacker, surplus = _Unpacker(names[0]), 0
        async for chunk in self._stream:
            if unpacker.is_done:
                # The rest of a body is read so that the connection can serve the next call.
                surplus += len(chunk)
                if surplus > PIECE:
                    return
                continue
            for piece in unpacker.pieces(chunk):
                yield piece
                await asyncio.sleep(0)
        if not unpacker.is_done:
            raise _EndedEarly("the packed body ended too early")

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Unpacker:
    """zlib, no more than a piece at a time."""

    def __init__(self, name: str) -> None:
        self._zlib = zlib.decompressobj(_WBITS[name])
        # Some servers leave out the two bytes that “deflate” begins with, which tell what follows.
        self._may_be_bare = name == "deflate"
        self._head = b""

    @property
    def is_done(self) -> bool:
        """Whether the packed text has ended."""
        return self._zlib.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk unpacks to. Raises ModelError(MALFORMED)."""
        if self._may_be_bare:
            self._head = chunk = self._head + chunk
            if len(chunk) < 2:
                return
            self._may_be_bare = False
            if (chunk[0] & 0x0F) != zlib.DEFLATED or int.from_bytes(chunk[:2], "big") % 31:
                self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        while True:
            try:
                piece = self._zlib.decompress(chunk, PIECE)
            except zlib.error:
                raise malformed("it is not packed as its header says", _AGAIN) from None
            if piece:
                yield piece
            chunk = self._zlib.unconsumed_tail
            if self._zlib.eof or not (chunk or len(piece) == PIECE):
                return


def _named(encodings: Sequence[str]) -> list[str]:
    """The encodings that were applied, as the header's lines name them."""
    names = (name.strip().lower() for line in encodings for name in line.split(","))
    return [name for name in names if name not in ("", "identity")]


def headers(raw: Sequence[tuple[bytes, bytes]], *, is_error: bool) -> list[tuple[bytes, bytes]]:
    """A reply's headers for httpx: without what would make it unpack once more, and an error's
    without a charset that is none."""
    kept = [(name, value) for name, value in raw if name.lower() != b"content-encoding"]
    if not is_error:
        return kept
    return [
        (
            name,
            value.partition(b";")[0]
            if name.lower() == b"content-type" and _is_odd(value)
            else value,
        )
        for name, value in kept
    ]


def _is_odd(content_type: bytes) -> bool:
    _, found, rest = content_type.lower().partition(b"charset=")
    return bool(found) and not _CHARSET.fullmatch(rest.partition(b";")[0].strip(b" \"'"))
