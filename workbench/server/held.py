"""What a page is made of, held in memory: a first visit asks for a hundred and thirty files, and
Streamlit takes several threads' turns to read each from the disk anew."""

from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILES = "/static/"
# With these another answer is wanted than the whole file.
_ASKS_OTHERWISE = ("if-none-match", "if-modified-since", "if-range", "range")
# An answer with one of these is for one browser, or one of several forms.
_IS_SPECIAL = ("set-cookie", "vary", "content-encoding")
_MOST_BYTES = 64 * 1024 * 1024
"""More than all of Streamlit's files. A file may be asked for by many spellings of its path."""


class _Answer(NamedTuple):
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Held:
    """The middleware, behind the door. It holds what Streamlit says never changes (a file's name
    has a hash of what is in it), so there is nothing to evict."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._held: dict[str, _Answer] = {}
        self._room = _MOST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and hold the answer."""
        if not _is_for_a_file(scope):
            await self._app(scope, receive, send)
            return
        found = self._held.get(scope["path"])
        if found is None:
            listening = _Listening(send)
            await self._app(scope, receive, listening)
            self._hold(scope["path"], listening.answer)
            return
        # A list of its own for each: who sends it adds to it.
        await send({"type": "http.response.start", "status": 200, "headers": [*found.headers]})
        await send({"type": "http.response.body", "body": found.body})

    def _hold(self, path: str, answer: _Answer | None) -> None:
        # Several browsers may have asked for it while it was read.
        if answer is not None and path not in self._held and len(answer.body) <= self._room:
            self._room -= len(answer.body)
            self._held[path] = answer


class _Listening:
    """`send`, which hears a whole file that never changes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._headers: tuple[tuple[bytes, bytes], ...] | None = None
        self._body = b""
        self.answer: _Answer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_lasting(message):
            self._headers = tuple((bytes(key), bytes(value)) for key, value in message["headers"])
        elif message["type"] == "http.response.body" and self._headers is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                self.answer = _Answer(self._headers, self._body)
        await self._send(message)


def _is_for_a_file(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    return scope["path"].startswith(_FILES) and not any(key in headers for key in _ASKS_OTHERWISE)


def _is_lasting(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return (
        message["status"] == 200
        and "immutable" in headers.get("cache-control", "")
        and not any(key in headers for key in _IS_SPECIAL)
    )
