"""A fake chat endpoint in a process of its own, so cheap that it is never the bottleneck."""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from workbench.runs.loop import new_loop

ROOT = Path(__file__).parent.parent
_TEXT = "pong: thank you for writing to us, we look into it at once and write again tomorrow."
_REFUSAL = (
    b"HTTP/1.1 429 X\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n"
    b'{"error": {"message": "slow down"}}'
)


@dataclass(frozen=True)
class Server:
    """A running fake: where it is, and its process."""

    port: int
    pid: int

    @property
    def base_url(self) -> str:
        """Where a client finds it, `/v1` included."""
        return f"http://127.0.0.1:{self.port}/v1"

    def cpu_s(self) -> float:
        """Seconds of CPU that it took so far (Linux)."""
        return cpu_s(self.pid)


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process took so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    latency_s: float = 0.0,
    refused: float = 0.0,
    ledger: Path | None = None,
    core: int | None = None,
) -> Iterator[Server]:
    """A fake that answers after `latency_s`, until the block ends.

    `refused` is the share of requests that get a 429, drawn at random. With a `ledger` every
    request that is paid for (all that are not refused, from the moment they arrive) is a line in
    that file: its number, which is in the answer's text too, and its last message. `core` is
    where it runs.
    """
    command = [sys.executable, "-m", "benchmarks.fake_server", "--latency", str(latency_s)]
    command += ["--refused", str(refused)]
    if ledger is not None:
        command += ["--ledger", str(ledger)]
    if core is not None:
        command += ["--core", str(core)]
    # It ends when this end of its standard input is closed, also when we are killed.
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()


def capacity(server: Server, requests: int = 20_000, connections: int = 64) -> float:
    """Requests per second that the fake answers when bare sockets ask it."""
    loop = new_loop()
    try:
        took = loop.run_until_complete(_pound(loop, server.port, requests, connections))
    finally:
        loop.close()
    return requests / took


async def _pound(
    loop: asyncio.AbstractEventLoop, port: int, requests: int, connections: int
) -> float:
    all_answered: asyncio.Future[None] = loop.create_future()
    left = [requests, requests]
    started = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Asker(left, all_answered), "127.0.0.1", port)
    await all_answered
    return time.perf_counter() - started


class _Asker(asyncio.Protocol):
    """Sends a request as soon as the one before is answered. `left` is (to send, to hear)."""

    _RAW = (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 84\r\n\r\n"
        b'{"model": "fake-1", "messages": [{"role": "user", "content": "ping 00000 000000"}]} '
    )

    def __init__(self, left: list[int], all_answered: "asyncio.Future[None]") -> None:
        self.left, self.all_answered = left, all_answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self._next()

    def data_received(self, data: bytes) -> None:
        self.left[1] -= 1
        if self.left[1] == 0 and not self.all_answered.done():
            self.all_answered.set_result(None)
        self._next()

    def _next(self) -> None:
        if self.left[0] > 0:
            self.left[0] -= 1
            self.transport.write(self._RAW)


class _Till:
    """What every request gets, and the book of what was paid for."""

    def __init__(self, latency_s: float, refused: float, ledger: Path | None) -> None:
        self.latency_s, self.refused = latency_s, refused
        self._draw = random.Random(1)
        self._n_paid = 0
        self._fixed = _completion(_TEXT)
        self._ledger = None
        if ledger is not None:
            self._ledger = os.open(ledger, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def reply(self, body: bytes) -> bytes:
        """The response to a request that has just arrived, and has been paid for with that."""
        if self.refused and self._draw.random() < self.refused:
            return _REFUSAL
        if self._ledger is None:
            return self._fixed
        self._n_paid += 1
        asked = json.loads(body)["messages"][-1]["content"]
        os.write(self._ledger, f"{self._n_paid}\t{asked}\n".encode())
        return _completion(f"pong {self._n_paid}")


class _Protocol(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, one request at a time, and no more of it than is needed."""

    def __init__(self, till: _Till, loop: asyncio.AbstractEventLoop) -> None:
        self.till, self.loop, self.buffer = till, loop, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or b"0")
        if len(body) < size:
            return
        self.buffer = b""
        reply = self.till.reply(body)
        if self.till.latency_s:
            self.loop.call_later(self.till.latency_s, self._send, reply)
        else:
            self.transport.write(reply)

    def _send(self, reply: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(reply)


def _completion(text: str) -> bytes:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 12, "completion_tokens": 20, "total_tokens": 32}
    reply = {"id": "x", "object": "chat.completion", "created": 0, "model": "fake-1"}
    raw = json.dumps(reply | {"choices": [choice], "usage": usage}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}"
    return head.encode() + b"\r\n\r\n" + raw


async def _serve(loop: asyncio.AbstractEventLoop, till: _Till) -> None:
    server = await loop.create_server(lambda: _Protocol(till, loop), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Serve until standard input is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--refused", type=float, default=0.0, help="share answered with a 429")
    parser.add_argument("--ledger", type=Path, help="where each paid request is written down")
    parser.add_argument("--core", type=int, help="the core to run on")
    chosen = parser.parse_args()
    if chosen.core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {chosen.core})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    loop = new_loop()
    loop.run_until_complete(_serve(loop, _Till(chosen.latency, chosen.refused, chosen.ledger)))


if __name__ == "__main__":
    main()
