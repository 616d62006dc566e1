"""What a hostile server sends ends in a failure that is named, in bounded memory and time."""

import asyncio
import bz2
import gzip
import itertools
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import cache

import pytest

from tests.faults import hostile
from tests.models.conftest import ask, ignore
from workbench.domain.calls import Answer
from workbench.errors import CallFailure, ModelError
from workbench.models import failures
from workbench.models.unpacking import unpacked

MEGABYTE = 1024 * 1024
BOMB = 96 * MEGABYTE
PEAK = 48 * MEGABYTE
"""More than any call needs, and half of what a bomb unpacks to."""

JSON, EVENTS = "Content-Type: application/json", "Content-Type: text/event-stream"
CHUNKED = "Transfer-Encoding: chunked"
DEADLINE_S = 1.5
"""For servers that never end."""

Pieces = Callable[[], Iterable[bytes]]


def whole(body: bytes, *lines: str, status: str = "200 OK") -> Pieces:
    length = f"Content-Length: {len(body)}"
    return lambda: [hostile.head(*lines, length, status=status), body]


def endless(*pieces: bytes, first: bytes = b"", kind: str = JSON, more: str = "X-A: b") -> Pieces:
    def made() -> Iterator[bytes]:
        yield hostile.head(kind, CHUNKED, more)
        yield from hostile.chunked(itertools.chain([first or b" "], itertools.cycle(pieces)))

    return made


def asked(pieces: Pieces, *, is_streamed: bool = False, timeout_s: float = 30.0) -> Answer:
    with hostile.serve(pieces) as server:
        try:
            return ask(server, timeout_s=timeout_s, on_text=ignore if is_streamed else None)
        finally:
            # None where a busy machine lets a short deadline pass before anything is sent.
            assert server.requests <= 1


def failed(pieces: Pieces, *, is_streamed: bool = False, timeout_s: float = 30.0) -> ModelError:
    with pytest.raises(ModelError) as caught:
        asked(pieces, is_streamed=is_streamed, timeout_s=timeout_s)
    assert caught.value.hint
    return caught.value


def peak(call: Callable[[], object]) -> int:
    """The most memory that a call has at once, in bytes."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@cache
def bomb() -> bytes:
    """gzip of JSON that goes on and on."""
    return gzip.compress(b'{"error": "' + b"x" * BOMB, 1)


@cache
def deflated_bomb() -> bytes:
    """The same in the other way that is asked for."""
    return zlib.compress(b'{"error": "' + b"x" * BOMB, 1)


def answer(text: str = "pong") -> bytes:
    return (
        f'{{"choices": [{{"message": {{"content": "{text}"}}, "finish_reason": "stop"}}]}}'.encode()
    )


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """What a call needs takes time to load, and memory: not within a deadline that is tried."""
    asked(whole(answer(), JSON))


NESTED = ("gzip, gzip", "gzip,deflate", "deflate, gzip, gzip", "x-gzip ,GZIP")
UNASKED = ("br", "zstd", "compress", "gzip, br", "bzip2", "aes128gcm", "*", "gzip;q=1")


@pytest.mark.parametrize("encoding", [*NESTED, *UNASKED])
def test_an_answer_packed_as_nobody_asked_for_is_refused_unread(encoding: str) -> None:
    packed = gzip.compress(bomb())
    pieces = whole(packed, JSON, f"Content-Encoding: {encoding}")
    error: list[ModelError] = []
    assert peak(lambda: error.append(failed(pieces))) < PEAK
    assert error[0].failure is CallFailure.MALFORMED
    assert "not asked for" in error[0].message


def test_an_encoding_named_on_two_lines_is_nested_too() -> None:
    body = gzip.compress(gzip.compress(answer()))
    error = failed(whole(body, JSON, "Content-Encoding: gzip", "Content-Encoding: gzip"))
    assert error.failure is CallFailure.MALFORMED
    assert "gzip, gzip" in error.message


@pytest.mark.parametrize(
    ("encoding", "status"),
    [
        *itertools.product(["gzip, gzip", "gzip"], ["429 X", "500 X", "307 X"]),
        *itertools.product(["deflate", "deflate, gzip", "br", "*"], ["500 X"]),
    ],
)
def test_an_error_keeps_its_status_whatever_its_body_unpacks_to(encoding: str, status: str) -> None:
    packed = {"gzip": bomb(), "deflate": deflated_bomb()}
    body = packed.get(encoding) or gzip.compress(bomb())
    pieces = whole(body, JSON, f"Content-Encoding: {encoding}", status=status)
    error: list[ModelError] = []
    assert peak(lambda: error.append(failed(pieces))) < PEAK
    expected = {"4": CallFailure.RATE_LIMIT, "5": CallFailure.SERVER, "3": CallFailure.REDIRECT}
    assert error[0].failure is expected[status[0]]


def test_what_a_packed_error_says_is_read() -> None:
    body = gzip.compress(b'{"error": {"message": "it burns"}}')
    assert "it burns" in failed(whole(body, JSON, "Content-Encoding: gzip", status="500 X")).message


@pytest.mark.parametrize("status", ["429 X", "503 X"])
def test_an_error_keeps_its_status_where_its_body_breaks_off(status: str) -> None:
    head = hostile.head(JSON, "Content-Length: 500", status=status)
    error = failed(lambda: [head, b'{"error": {"message": "slow'])
    expected = {"4": CallFailure.RATE_LIMIT, "5": CallFailure.SERVER}
    assert error.failure is expected[status[0]]


@pytest.mark.parametrize("charset", ["bz2_codec", "zlib_codec", "punycode", "idna", "rot13", "x"])
def test_an_errors_charset_unpacks_nothing(charset: str) -> None:
    raw = b"it burns"
    if charset == "bz2_codec":
        raw = bz2.compress(b"x" * BOMB)
    elif charset == "zlib_codec":
        raw = deflated_bomb()
    pieces = whole(raw, f"Content-Type: text/plain; charset={charset}", status="500 X")
    error: list[ModelError] = []
    assert peak(lambda: error.append(failed(pieces))) < PEAK
    assert error[0].failure is CallFailure.SERVER


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", '"UTF-8"'])
def test_an_error_in_a_charset_that_is_one_is_read(charset: str) -> None:
    text = "Zürich burns".encode("latin-1" if charset[0] == "i" else "utf-8")
    pieces = whole(text, f"Content-Type: text/plain; charset={charset}", status="500 X")
    assert "Zürich burns" in failed(pieces).message


@pytest.mark.parametrize("kind", [JSON, EVENTS])
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_answer_unpacks_to_no_more_than_is_read(encoding: str, kind: str) -> None:
    raw = b"data: " + b"x" * BOMB
    packed = gzip.compress(raw, 1) if encoding == "gzip" else zlib.compress(raw, 1)
    pieces = whole(packed, kind, f"Content-Encoding: {encoding}")
    error: list[ModelError] = []
    assert peak(lambda: error.append(failed(pieces, is_streamed=kind == EVENTS))) < 2 * PEAK
    assert error[0].failure is CallFailure.TOO_LARGE


def _bare(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


PACKED: dict[str, tuple[str, bytes]] = {
    "gzip": ("gzip", gzip.compress(answer())),
    "in capitals": ("GZip", gzip.compress(answer())),
    "by its old name": ("x-gzip", gzip.compress(answer())),
    "deflate": ("deflate", zlib.compress(answer())),
    "deflate without its head": ("deflate", _bare(answer())),
    "not at all": ("identity", answer()),
    "without a name": (" ", answer()),
    "with something behind it": ("gzip", gzip.compress(answer()) + b"\0" * 300_000),
}


@pytest.mark.parametrize("is_dripped", [False, True])
@pytest.mark.parametrize(("encoding", "body"), PACKED.values(), ids=PACKED)
def test_an_answer_packed_as_asked_is_read(encoding: str, body: bytes, is_dripped: bool) -> None:
    pieces = whole(body, JSON, f"Content-Encoding: {encoding}")
    if is_dripped:
        parts = [body[at : at + 1] for at in range(200)] + [body[200:]]
        head = hostile.head(JSON, CHUNKED, f"Content-Encoding: {encoding}")
        kept = [part for part in parts if part]
        dripped = [head, *hostile.chunked(kept), b"0\r\n\r\n"]
        assert asked(lambda: dripped).text == "pong"
    else:
        assert asked(pieces).text == "pong"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (gzip.compress(answer())[:-12], CallFailure.CONNECTION),
        (b"not packed at all", CallFailure.MALFORMED),
        (gzip.compress(answer())[:10] + b"\x07" * 40, CallFailure.MALFORMED),
        (b"", CallFailure.CONNECTION),
    ],
    # By name: gzip puts the time into its bytes, and each worker would collect another test.
    ids=["cut", "not packed", "garbage inside", "nothing"],
)
def test_a_packed_answer_that_is_broken_is_a_failure(body: bytes, expected: CallFailure) -> None:
    assert failed(whole(body, JSON, "Content-Encoding: gzip")).failure is expected


def _unended(first: bytes, *rest: bytes) -> Pieces:
    return lambda: itertools.chain([first], itertools.cycle(rest))


BAD_CHUNKS = {
    "a chunk's size that is none": b"zz\r\nabc\r\n",
    "a chunk of more than there is": b"f" * 16 + b"\r\nabc",
}
BEFORE_THE_BODY: dict[str, Pieces] = {
    "headers without end": _unended(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 999),
    "a header without end": _unended(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * 99_999),
    "a header's name without end": _unended(b"HTTP/1.1 200 OK\r\nX", b"b" * 99_999),
    "a status line without end": _unended(b"HTTP/1.1 200 ", b"OK" * 50_000),
    "no status line": _unended(b"z", b"z" * 99_999),
    "another protocol": lambda: [b"HTTP/9.9 abc def\r\n\r\n"],
    "a status that is no number": lambda: [b"HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n"],
    "two lengths": whole(b"x", JSON, "Content-Length: 5"),
    "trailers without end": lambda: itertools.chain(
        [hostile.head(JSON, CHUNKED), b"3\r\nabc\r\n0\r\n"], itertools.cycle([b"X-A: b\r\n" * 999])
    ),
    **{
        name: lambda bad=bad: [hostile.head(JSON, CHUNKED) + bad]
        for name, bad in BAD_CHUNKS.items()
    },
}


@pytest.mark.parametrize("pieces", BEFORE_THE_BODY.values(), ids=BEFORE_THE_BODY)
def test_what_is_not_http_is_a_failure_of_the_connection(pieces: Pieces) -> None:
    error: list[ModelError] = []
    assert peak(lambda: error.append(failed(pieces))) < PEAK
    assert error[0].failure in (CallFailure.CONNECTION, CallFailure.MALFORMED)
    assert len(error[0].message) < 600


@pytest.mark.parametrize("bad", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_a_chunk_that_breaks_once_its_head_was_read_is_a_failure_by_the_deadline(
    bad: bytes,
) -> None:
    # aiohttp 3.14 then closes the connection and may tell whoever reads nothing of it: where both
    # come in one piece it does, else only the deadline ends the call.
    error = failed(lambda: [hostile.head(JSON, CHUNKED), bad], timeout_s=DEADLINE_S)
    expected = (CallFailure.CONNECTION, CallFailure.MALFORMED, CallFailure.TIMEOUT)
    assert error.failure in expected


TINY = b'data: {"choices": []}\n\n' * 2000
NEVER_ENDING: dict[str, Pieces] = {
    "greetings": _unended(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999),
    "early hints": _unended(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 999),
    "extensions of chunks": _unended(
        hostile.head(JSON, CHUNKED), b"1;" + b"x" * 999 + b"\r\n \r\n"
    ),
    "one extension": _unended(hostile.head(JSON, CHUNKED) + b"1;", b"x" * 99_999),
    "events that say nothing": endless(TINY, kind=EVENTS),
    "comments": endless(b":\n" * 20_000, kind=EVENTS),
}


@pytest.mark.parametrize("pieces", NEVER_ENDING.values(), ids=NEVER_ENDING)
def test_what_never_ends_is_ended_by_the_deadline_in_bounded_memory(pieces: Pieces) -> None:
    error: list[ModelError] = []
    call = lambda: error.append(failed(pieces, is_streamed=True, timeout_s=DEADLINE_S))  # noqa: E731  # one line
    assert peak(call) < PEAK
    assert error[0].failure in (CallFailure.TIMEOUT, CallFailure.TOO_LARGE)


UNENDED_TEXT: dict[str, Pieces] = {
    "a line without end": endless(b"x" * 99_999, first=b"data: ", kind=EVENTS),
    "an event of lines without end": endless(b"data: 1,\n" * 9999, first=b"data: [\n", kind=EVENTS),
    "white space": endless(b" " * 99_999),
    "a body without end": endless(b"x" * 99_999, first=b'{"a": "'),
}


@pytest.mark.parametrize("pieces", UNENDED_TEXT.values(), ids=UNENDED_TEXT)
def test_a_text_without_end_is_read_to_a_limit(pieces: Pieces) -> None:
    error = failed(pieces, is_streamed=True, timeout_s=120.0)
    assert error.failure is CallFailure.TOO_LARGE
    assert "MiB" in error.message


async def _one_chunk() -> AsyncIterator[bytes]:
    """A body that comes whole, so that what follows its arrival is unpacking alone."""
    yield bomb()


def test_the_deadline_holds_while_an_answer_is_unpacked() -> None:
    seen: list[int] = []

    async def unpack() -> None:
        async with asyncio.timeout(None) as deadline:
            async for piece in unpacked(_one_chunk(), ["gzip"]):
                seen.append(len(piece))
                deadline.reschedule(asyncio.get_running_loop().time())

    with pytest.raises(TimeoutError):
        asyncio.run(unpack())
    # The loop looks at its deadlines once a turn, and ends the task in the next.
    assert len(seen) <= 3


def test_a_call_that_this_machine_has_no_memory_for_is_a_failure_of_the_call() -> None:
    def has_no_memory(text: str) -> None:
        raise MemoryError

    with hostile.serve(whole(answer(), JSON)) as server, pytest.raises(ModelError) as caught:
        ask(server, on_text=has_no_memory)
    assert caught.value.failure is CallFailure.TOO_LARGE
    assert "memory" in caught.value.message


ABSURD = [
    *("-5", "NaN", "inf", "1e400", "9" * 8000, "1_000", "٣", "0x10", "5, 10", "soon", "é", "Mon, "),
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 1 Jan 2026 00:00:00 +99999999999",
    "Mon Jan 1 " + "9" * 5000,
]


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
def test_a_wish_to_wait_that_cannot_be_meant_is_none(name: str, value: str) -> None:
    assert failures.retry_seconds({name: value}) is None


@pytest.mark.parametrize(
    "value", ["Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 1 Jan 0001 00:00:00 +2359", "0", "1e-300"]
)
def test_a_moment_that_has_passed_is_no_wait(value: str) -> None:
    seconds = failures.retry_seconds({"retry-after": value})
    assert seconds is not None
    assert 0 <= seconds < 1
    assert failures.wait_words(seconds) in ("0 s", "1 s")
