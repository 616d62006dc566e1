"""Servers that answer with bytes no server should send: for tests only.

Each takes one request a connection and writes what it is given, until that ends or the client
leaves.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Hostile:
    """A running server: where it is, and how many bytes it got rid of."""

    port: int = 0
    requests: int = 0
    sent: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where a client finds it, `/v1` included."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serve(pieces: Callable[[], Iterable[bytes]]) -> Iterator[Hostile]:
    """A server on a free port of this machine that answers each request with `pieces()` and closes.

    It stops writing when the client leaves, and when the block ends.
    """
    endpoint, is_over = Hostile(), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    endpoint.port = listener.getsockname()[1]

    def accept() -> None:
        while not is_over.is_set():
            try:
                link, _ = listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=answer, args=(link,), daemon=True)
            endpoint._threads.append(thread)
            thread.start()

    def answer(link: socket.socket) -> None:
        link.settimeout(0.2)
        with link:
            try:
                link.recv(1 << 20)
                endpoint.requests += 1
                for piece in pieces():
                    rest = memoryview(piece)
                    while rest and not is_over.is_set():
                        try:
                            count = link.send(rest)
                        except TimeoutError:
                            continue
                        endpoint.sent += count
                        rest = rest[count:]
                    if is_over.is_set():
                        return
            except OSError:
                return  # The client has left, as it should.

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield endpoint
    finally:
        is_over.set()
        acceptor.join()
        for thread in endpoint._threads:
            thread.join()
        listener.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    """A response's first lines."""
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode("latin-1")


def chunked(pieces: Iterable[bytes], extension: str = "") -> Iterator[bytes]:
    """Pieces as chunks of a body, without the last empty one."""
    for piece in pieces:
        yield f"{len(piece):x}{extension}\r\n".encode() + piece + b"\r\n"
