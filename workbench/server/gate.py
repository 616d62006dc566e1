"""What stands between the network and Streamlit: who may ask, how much, and what browsers may load.

ASGI middleware for HTTP and websockets. It runs before Streamlit, so a request from another site is
answered at once: Streamlit itself would first look up the machine's external address, on the event
loop, and stall every session for seconds.
"""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.server import dressing
from workbench.ui.parts import browser

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

# Never served: figures about sessions and caches that Streamlit gives without a login, the
# interface for programs that drive the app, and a check that runs the script for anybody.
_DENIED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
# What a page is made of, and what it asks for itself.
_FILES = ("/_stcore/", "/static/", "/media/", "/component/", "/app/static/")
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}

# A file that a user uploaded or downloads is served under our own origin: opened as a document
# of its own it may load nothing and run nothing.
_MEDIA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further, as an HTTP status and one plain sentence."""

    status: int
    reason: str


def authorities(host: str, port: int, names: Iterable[str] = ()) -> frozenset[str]:
    """The `Host` headers that mean this server: loopback and the bound host, with the port.

    `names` are further ones, taken as they are: what a proxy in front is called by its users
    (`bench.example.com`, `bench.example.com:8443`).
    """
    bracketed = f"[{host}]" if ":" in host else host
    hosts = {*LOOPBACK, bracketed.lower()} - {"0.0.0.0", "[::]"}
    served = {f"{each}:{port}" for each in hosts} | (hosts if port == 80 else set())
    return frozenset(served | {name.strip().lower() for name in names})


def inline_script_hashes(page: str) -> tuple[str, ...]:
    """The CSP sources for the scripts written directly into an HTML page."""
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )


def content_security_policy(authority: str, script_hashes: Iterable[str]) -> str:
    """What a page of this server may load: its own files, its own websocket, nothing remote.

    Streamlit's styles are written by script, hence `unsafe-inline` for styles alone. Not every
    browser reads `'self'` as allowing the websocket of the same host, so it is named.
    """
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' ws://{authority} wss://{authority}",
        "worker-src": "'self' blob:",
        "frame-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class Gate:
    """The middleware.

    `hosts` comes from `authorities`; `max_body` is in bytes, `body_pause` the longest wait in
    seconds between two pieces of a body.
    """

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], max_body: int, body_pause: float = 8.0
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._max_body = max_body
        self._body_pause = body_pause
        hashes = inline_script_hashes(dressing.streamlit_page())
        self._policies = {host: content_security_policy(host, hashes) for host in hosts}
        # For answers to a host that is not ours: those are plain text and load nothing.
        self._nothing = "default-src 'none'; frame-ancestors 'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with the body counted and the headers added."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = self._guarded(scope, headers, send)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, self._counted(scope, receive), send)
        elif scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            answer = PlainTextResponse(f"{refusal.reason}\n", status_code=refusal.status)
            await answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason})

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        """Why this request is not ours to answer, or None if it is."""
        if len(headers.getlist("host")) != 1:
            return Refusal(400, "A request needs exactly one Host header.")
        # A page of another site can point its own name at this machine (DNS rebinding); its
        # requests then still carry that name.
        host = headers["host"].lower()
        if host not in self._hosts:
            return Refusal(403, "This server does not answer to that host name.")
        path: str = scope["path"]
        if any(path == denied or path.startswith(f"{denied}/") for denied in _DENIED):
            return Refusal(404, "Not found.")
        changes = scope["type"] == "websocket" or scope["method"] in _UNSAFE
        if changes and not _is_own_origin(headers.getlist("origin"), host):
            return Refusal(403, "This request comes from another site.")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return Refusal(400, "The Content-Length is not a number.")
        if len(length) > 15 or int(length) > self._max_body:
            return Refusal(413, "The upload is too large.")
        return None

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, ending a body that stalls, or grows past the limit whatever its header said.

        A body that never ends would also keep the server from stopping.
        """
        received = 0
        is_open = scope["type"] == "http" and scope["method"] in _UNSAFE

        async def counted() -> Message:
            nonlocal received, is_open
            try:
                async with asyncio.timeout(self._body_pause if is_open else None):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, "The upload stalled.") from error
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                is_open = is_open and message.get("more_body", False)
                if received > self._max_body:
                    raise HTTPException(413, "The upload is too large.")
            return message

        return counted

    def _guarded(self, scope: Scope, headers: Headers, send: Send) -> Send:
        """`send`, with the security headers on whatever opens the answer, and on that of a page an
        id for a browser that has none."""
        policy = self._policies.get(headers.get("host", "").lower(), self._nothing)
        welcome = browser.greeting(headers.get("cookie", "")) if is_page(scope) else None
        if scope["path"].startswith("/media/"):
            policy = _MEDIA_POLICY
        opens = ("http.response.start", "websocket.accept", "websocket.http.response.start")

        async def guarded(message: Message) -> None:
            if message["type"] in opens:
                message.setdefault("headers", [])
                answer = MutableHeaders(scope=message)
                answer["Content-Security-Policy"] = policy
                answer.update(_HEADERS)
                if welcome:
                    answer.append("Set-Cookie", welcome)
            await send(message)

        return guarded


def is_page(scope: Scope) -> bool:
    """Whether a request is for a page, rather than for what one is made of or asks for itself."""
    return scope["type"] == "http" and not scope["path"].startswith(_FILES)


def _is_own_origin(origins: list[str], host: str) -> bool:
    """Whether a request comes from a page of this host, or from no page at all.

    Browsers send `Origin` with every websocket and every unsafe method; other programs need not.
    """
    if not origins:
        return True
    return len(origins) == 1 and origins[0].lower() in (f"http://{host}", f"https://{host}")
