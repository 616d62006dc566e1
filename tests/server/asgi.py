"""One request to an application of starlette's, without a server: what was sent to it, and back."""

import asyncio
from collections.abc import Iterable, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

OURS = "127.0.0.1:8501"
Headers = Iterable[tuple[str, str]]


class Answer:
    """What came back: the status (101 for an accepted websocket), the headers and the text."""

    def __init__(self, sent: list[Message]) -> None:
        first = sent[0]
        self.status = 101 if first["type"] == "websocket.accept" else first.get("status", 403)
        self.headers = {n.decode(): v.decode() for n, v in first.get("headers", [])}
        self.cookies = [v.decode() for n, v in first.get("headers", []) if n == b"set-cookie"]
        self.text = b"".join(message.get("body", b"") for message in sent[1:]).decode()


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes, inside {request.url.query}")


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()


def behind(*middleware: Middleware) -> Starlette:
    """An application that answers everything, and opens one websocket, behind these."""
    return Starlette(
        routes=[
            WebSocketRoute("/_stcore/stream", _socket),
            Route("/{path:path}", _echo, methods=["GET", "HEAD", "PUT", "POST", "DELETE"]),
        ],
        middleware=middleware,
    )


def ask(
    app: Starlette,
    address: str,
    headers: Headers,
    method: str = "GET",
    body: Sequence[bytes] = (b"",),
    *,
    ends: bool = True,
    kind: str = "http",
) -> Answer:
    """The answer to one request. A body that does not end leaves the application waiting."""
    path, _, query = address.partition("?")
    pieces: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": not ends or i < len(body) - 1}
        for i, piece in enumerate(body)
    ]
    arriving: list[Message] = [{"type": "websocket.connect"}] if kind == "websocket" else pieces
    sent: list[Message] = []

    async def receive() -> Message:
        if not arriving:
            await asyncio.Event().wait()
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "method": method,
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "extensions": {"websocket.http.response": {}},
    }
    asyncio.run(app(scope, receive, send))
    return Answer(sent)
