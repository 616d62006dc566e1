"""A reply's bytes as they were before the server packed them: piece by piece, and bounded.

A library would unpack whatever the reply names, in as many layers as it names, each chunk at once:
7 kB of `gzip, gzip` are 4 GB. Here one layer is unpacked, of the two kinds that were asked for, no
more than `PIECE` at once, and others get a turn after each piece, the call's deadline among them.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

import aiohttp

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
    r"utf-?8|utf-?16|us-ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|koi8-r"
    r"|shift_jis|euc-(?:jp|kr)|gb(?:k|2312|18030)|big5"
)
"""Ways to write text. Python also takes `bz2_codec` for one, which makes gigabytes of 64 KiB."""


class _EndedEarly(aiohttp.ClientPayloadError):
    """The bytes ended and the packed text did not."""


async def beginning(chunks: AsyncIterator[bytes], encodings: Sequence[str]) -> bytes:
    """No more than the beginning of an error's body. What can't be unpacked, or does not come, is
    left out: the status has said what counts."""
    found = b""
    pieces = unpacked(chunks, encodings)
    while len(found) <= MAX_ERROR_BODY:
        try:
            found += await anext(pieces)
        except (StopAsyncIteration, ModelError, aiohttp.ClientError, ConnectionError):
            break
    return found


async def unpacked(chunks: AsyncIterator[bytes], encodings: Sequence[str]) -> AsyncIterator[bytes]:
    """A body that the server named `encodings` of, piece by piece.

    Raises ModelError(MALFORMED) while it is read, aiohttp.ClientPayloadError where it breaks off.
    """
    names = _named(encodings)
    if not names:
        async for chunk in chunks:
            yield chunk
        return
    if len(names) > 1 or names[0] not in _WBITS:
        raise malformed(
            f"it is packed as “{', '.join(names)[:_QUOTED]}”, which was not asked for", _AGAIN
        )
    unpacker, surplus = _Unpacker(names[0]), 0
    async for chunk in chunks:
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


def text_of(body: bytes, content_type: str) -> str:
    """An error's body as text, by the charset that it names; UTF-8 where that is none."""
    _, found, rest = content_type.lower().partition("charset=")
    named = rest.partition(";")[0].strip(" \"'") if found else ""
    return body.decode(named if _CHARSET.fullmatch(named) else "utf-8", "replace")
