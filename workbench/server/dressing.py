"""What Streamlit's one HTML page lacks, put into it as it is sent: how it prints, which link the
keyboard is at, what is chosen in a colour that can be read, and that Back goes back.

Streamlit has no setting for these, and what an app sends comes after the page is drawn.
"""

import functools
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = Path(__file__).parent
_END = "</head>"
# With these Streamlit would answer in another form than its text, or that nothing has changed.
_ASKS_OTHERWISE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


def dressed(page: str) -> str:
    """An HTML page with our style and script at the end of its head."""
    head, end, rest = page.partition(_END)
    return f"{head}{_ours()}{end}{rest}" if end else page


def streamlit_page() -> str:
    """The one page that Streamlit serves, as we send it. Its inline scripts change with its
    version."""
    return dressed((Path(st.__file__).parent / "static" / "index.html").read_text("utf-8"))


@functools.cache
def _ours() -> str:
    style = (_HERE / "dressing.css").read_text("utf-8")
    script = (_HERE / "dressing.js").read_text("utf-8")
    return f"<style>{style}</style><script>{script}</script>"


class Dressing:
    """The middleware, innermost of ours: all HTML that passes is Streamlit's page. `is_page` tells
    requests for one from those for what a page is made of."""

    def __init__(self, app: ASGIApp, is_page: Callable[[Scope], bool]) -> None:
        self._app = app
        self._is_page = is_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on as it is, but for pages."""
        if not self._is_page(scope):
            await self._app(scope, receive, send)
            return
        asked = [pair for pair in scope["headers"] if pair[0].lower() not in _ASKS_OTHERWISE]
        await self._app({**scope, "headers": asked}, receive, _Dresser(send))


class _Dresser:
    """`send`, which holds a page back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
            return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        start, self._start = self._start, None
        page = dressed(self._body.decode("utf-8")).encode("utf-8") if self._body else b""
        headers = MutableHeaders(scope=start)
        if page:
            headers["content-length"] = str(len(page))
        else:
            del headers["content-length"]
        del headers["etag"]
        del headers["last-modified"]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _is_html(message: Message) -> bool:
    kind = Headers(raw=message.get("headers", [])).get("content-type", "")
    return message["status"] == 200 and kind.startswith("text/html")
