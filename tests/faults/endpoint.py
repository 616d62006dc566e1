"""A fake OpenAI-compatible server that misbehaves on request: for tests and benchmarks only."""

import asyncio
import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import chain, repeat
from typing import Any, cast

HANG_S = 3600.0


@dataclass(frozen=True)
class Mix:
    """Modes drawn at random: `Mix({"ok": 0.9, "rate_limit": 0.1}, seed=1)`."""

    weights: Mapping[str, float]
    seed: int = 0


@dataclass
class Endpoint:
    """A running fake: what to answer, and what it has received so far."""

    modes: Iterator[str]
    text: str
    latency_s: float
    reply: Callable[[dict[str, Any]], str] | None
    canned: Callable[[dict[str, Any]], bytes] | None = None
    together: int = 0
    kept_waiting: list[Callable[[], None]] = field(default_factory=list)
    port: int = 0
    requests: int = 0
    open_requests: int = 0
    peak: int = 0
    served: Counter[str] = field(default_factory=Counter)
    bodies: deque[bytes] = field(default_factory=lambda: deque(maxlen=1000))
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where a client finds it, `/v1` included."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def last_body(self) -> dict[str, Any]:
        """The newest request's JSON."""
        return dict(json.loads(self.bodies[-1]))


@contextmanager
def serve(
    script: str | Sequence[str] | Mix = "ok",
    *,
    text: str = "pong",
    latency_s: float = 0.0,
    reply: Callable[[dict[str, Any]], str] | None = None,
    canned: Callable[[dict[str, Any]], bytes] | None = None,
    together: int = 0,
) -> Iterator[Endpoint]:
    """A server on a free port of this machine, in a thread of its own, until the block ends.

    `script` is one mode for every request, a sequence of modes (the last one stays) or a Mix.
    `text` is what "ok" answers, or `reply` makes it from the request's JSON; `latency_s` goes
    before every reply. Modes are the keys of `MODES` and `SLOW_MODES`. With `canned` every reply is
    made by it, as raw bytes (see `http`), from the request's JSON. The first reply waits until
    `together` requests are open, however long a busy machine takes to send them.
    """
    endpoint = Endpoint(_modes(script), text, latency_s, reply, canned, together)
    loop = _fast_loop()
    thread = threading.Thread(target=loop.run_forever, name="fault-endpoint", daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: _Protocol(endpoint, loop), "127.0.0.1", 0)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    endpoint.port = server.sockets[0].getsockname()[1]
    try:
        yield endpoint
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _modes(script: str | Sequence[str] | Mix) -> Iterator[str]:
    if isinstance(script, str):
        return repeat(script)
    if isinstance(script, Mix):
        draw, names = random.Random(script.seed), list(script.weights)
        weights = list(script.weights.values())
        return iter(lambda: draw.choices(names, weights)[0], None)
    return chain(script, repeat(script[-1]))


def _fast_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class _Protocol(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, and no more of it than the clients under test need."""

    def __init__(self, endpoint: Endpoint, loop: asyncio.AbstractEventLoop) -> None:
        self.endpoint, self.loop = endpoint, loop
        self.buffer = bytearray()
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def connection_lost(self, exc: Exception | None) -> None:
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer[:1].isalpha():  # a TLS greeting, for one
            self.transport.write(http("plain HTTP only", 400))
            self.transport.close()
            return
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = bytes(self.buffer[:end]).decode("latin-1").split("\r\n")[1:]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        total = end + 4 + int(headers.get("content-length", 0))
        if len(self.buffer) < total:
            return
        body = bytes(self.buffer[end + 4 : total])
        del self.buffer[:total]
        self._answer(headers, body)

    def _answer(self, headers: dict[str, str], body: bytes) -> None:
        endpoint = self.endpoint
        endpoint.requests += 1
        endpoint.open_requests += 1
        endpoint.peak = max(endpoint.peak, endpoint.open_requests)
        endpoint.bodies.append(body)
        endpoint.headers = headers
        mode = next(endpoint.modes)
        endpoint.served[mode] += 1
        if endpoint.open_requests < endpoint.together:
            endpoint.kept_waiting.append(lambda: self._reply(mode, body))
            return
        endpoint.together = 0
        while endpoint.kept_waiting:
            endpoint.kept_waiting.pop(0)()
        self._reply(mode, body)

    def _reply(self, mode: str, body: bytes) -> None:
        endpoint = self.endpoint
        if mode in SLOW_MODES:
            self.task = self.loop.create_task(self._slowly(mode, body))
        elif endpoint.latency_s:
            self.loop.call_later(endpoint.latency_s, self._send, mode, body)
        else:
            self._send(mode, body)

    def _send(self, mode: str, body: bytes) -> None:
        self.endpoint.open_requests -= 1
        if self.transport.is_closing():
            return
        canned = self.endpoint.canned
        raw, is_last = (
            MODES[mode](self.endpoint, body)
            if canned is None
            else (canned(json.loads(body)), False)
        )
        self.transport.write(raw)
        if is_last:
            self.transport.close()

    async def _slowly(self, mode: str, body: bytes) -> None:
        try:
            await asyncio.sleep(self.endpoint.latency_s)
            await SLOW_MODES[mode](self.endpoint, self.transport, body)
        finally:
            self.endpoint.open_requests -= 1


Reply = tuple[bytes, bool]
"""The raw bytes, and whether the connection is closed after them."""


def http(
    body: bytes | str, status: int = 200, kind: str = "application/json", more: str = ""
) -> bytes:
    """A whole HTTP response; `more` is extra header lines, each ending in CRLF."""
    raw = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n{more}\r\n"
    )
    return head.encode() + raw


def completion(text: str | None, finish: str | None = "stop", **message: Any) -> str:
    """A chat completion as JSON, with 7 prompt tokens and one completion token per word."""
    choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": text}}
    choice["message"] |= message
    if finish:
        choice["finish_reason"] = finish
    used = len((text or "").split())
    usage = {"prompt_tokens": 7, "completion_tokens": used, "total_tokens": 7 + used}
    reply = {"id": "x", "object": "chat.completion", "created": 0, "model": "fake-1"}
    return json.dumps(reply | {"choices": [choice], "usage": usage})


def error(message: str, code: str = "", kind: str = "") -> str:
    """An error body as OpenAI writes it."""
    return json.dumps({"error": {"message": message, "code": code, "type": kind}})


def stream(*lines: object) -> bytes:
    """A whole HTTP response: a stream with these events, as JSON where they are no texts."""
    said = (line if isinstance(line, str) else f"data: {json.dumps(line)}" for line in lines)
    return _stream("".join(f"{line}\n\n" for line in said).encode())


def delta(content: str | None, finish: str | None = None, index: int = 0, **more: Any) -> object:
    """An event with a piece of one of the answers."""
    piece = {"content": content} if content is not None else {}
    return {"choices": [{"index": index, "delta": piece | more, "finish_reason": finish}]}


def events(text: str, finish: str | None = "stop", done: bool = True, size: int = 4) -> bytes:
    """A stream of server-sent events that spells out the text, `size` characters at a time."""
    deltas: list[dict[str, Any]] = [
        {"delta": {"content": text[i : i + size]}, "finish_reason": None}
        for i in range(0, len(text), size)
    ]
    if finish:
        deltas.append({"delta": {}, "finish_reason": finish})
    lines = [json.dumps({"model": "fake-1", "choices": [delta]}) for delta in deltas]
    if done:
        usage = {"prompt_tokens": 7, "completion_tokens": len(text.split())}
        lines += [json.dumps({"model": "fake-1", "choices": [], "usage": usage}), "[DONE]"]
    return b"".join(b"data: " + line.encode() + b"\n\n" for line in lines)


def _stream(raw: bytes, length: int | None = None) -> bytes:
    return http(raw, kind="text/event-stream").replace(
        f"Content-Length: {len(raw)}".encode(), f"Content-Length: {length or len(raw)}".encode()
    )


def _ok(endpoint: Endpoint, body: bytes) -> Reply:
    text = endpoint.reply(json.loads(body)) if endpoint.reply else endpoint.text
    return _said(text, body)


def _said(text: str, body: bytes, finish: str | None = "stop") -> Reply:
    if b'"stream":true' in body or b'"stream": true' in body:
        return _stream(events(text, finish, size=max(4, len(text) // 1000))), False
    return http(completion(text, finish)), False


def _always(raw: bytes, is_last: bool = False) -> Callable[[Endpoint, bytes], Reply]:
    return lambda endpoint, body: (raw, is_last)


def _in_two_seconds(endpoint: Endpoint, body: bytes) -> Reply:
    date = formatdate(time.time() + 2, usegmt=True)
    return http(error("later"), 429, more=f"Retry-After: {date}\r\n"), False


MODES: dict[str, Callable[[Endpoint, bytes], Reply]] = {
    "ok": _ok,
    "length": lambda endpoint, body: _said(endpoint.text, body, "length"),
    "rate_limit": _always(http(error("slow down"), 429, more="Retry-After: 1\r\n")),
    "rate_limit_at_once": _always(http(error("slow down"), 429, more="Retry-After: 0\r\n")),
    "rate_limit_hour": _always(http(error("slow down"), 429, more="Retry-After: 3600\r\n")),
    "rate_limit_minutes": _always(http(error("slow down"), 429, more="Retry-After: 300\r\n")),
    "rate_limit_date": _in_two_seconds,
    "quota": _always(http(error("You exceeded your quota", "insufficient_quota"), 429)),
    "server_error": _always(http(error("it burns"), 500)),
    "unavailable": _always(http("<html>down</html>", 503, "text/html", "Retry-After: 2\r\n")),
    "unauthorized": _always(http(error("Incorrect API key provided"), 401)),
    "forbidden": _always(http(error("no access"), 403)),
    "echo_key": lambda endpoint, body: (
        http(error(f"Bad header {endpoint.headers.get('authorization')}"), 401),
        False,
    ),
    "unknown_model": _always(http(error("no such model", "model_not_found"), 404)),
    "bad_request": _always(http(error("max_tokens is too large"), 400)),
    "unprocessable": _always(http(json.dumps({"detail": "stop: too many"}), 422)),
    "endless_error": _always(http(b"x" * 3_000_000, 500, "text/plain")),
    "redirect": _always(http("", 307, more="Location: http://127.0.0.1:1/v1\r\n")),
    "reset": _always(b"", is_last=True),
    "half_body": _always(http("x" * 100)[:-50], is_last=True),
    "not_json": _always(http('{"choices": [')),
    "html": _always(http("<!doctype html><p>Sign in", kind="text/html")),
    "latin1": _always(http(completion("caf?").encode().replace(b"?", b"\xe9"))),
    "json_list": _always(http("[1, 2]")),
    "deep_json": _always(http("[" * 200_000)),
    "no_choices": _always(http('{"object": "chat.completion"}')),
    "zero_choices": _always(http('{"choices": []}')),
    "null_content": _always(http(completion(None))),
    "tool_call": _always(http(completion(None, tool_calls=[{"id": "1"}]))),
    "refusal": _always(http(completion(None, refusal="I cannot help with that."))),
    "empty": _always(http(completion(""))),
    "no_finish": lambda endpoint, body: (http(completion(endpoint.text, None)), False),
    "megabyte": lambda endpoint, body: _said("m" * 1_000_000, body),
    "three_megabytes": lambda endpoint, body: _said("m" * 3_000_000, body),
    "ten_megabytes": _always(http("m" * 10_000_000)),
    "surrogate": _always(http(completion("a\ud800b"))),
    "truncated_stream": _always(_stream(events("one two three", None, done=False))),
    "cut_stream": _always(_stream(events("one two three", None, False), 9999), is_last=True),
    "cut_line": _always(_stream(events("one two three", None, False)[:-20])),
    "error_in_stream": _always(_stream(b'data: {"error": {"message": "overloaded"}}\n\n')),
    "split_pair": _always(_stream(events("a\ud83d\ude00b", size=2))),
}


async def _hang(endpoint: Endpoint, transport: asyncio.Transport, body: bytes) -> None:
    await asyncio.sleep(HANG_S)


async def _slow(endpoint: Endpoint, transport: asyncio.Transport, body: bytes) -> None:
    await asyncio.sleep(1.0)
    transport.write(_ok(endpoint, body)[0])


async def _drip(endpoint: Endpoint, transport: asyncio.Transport, body: bytes) -> None:
    for byte in _said("drop " * 1000, body)[0]:
        transport.write(bytes([byte]))
        await asyncio.sleep(0.05)


SLOW_MODES: dict[str, Callable[[Endpoint, asyncio.Transport, bytes], Any]] = {
    "hang": _hang,
    "slow": _slow,
    "drip": _drip,
}
