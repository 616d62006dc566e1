"""Who may open the app: whoever was given the address that `serve` prints, and nobody else here.

Every account of a machine reaches what listens on its loopback address, so the address carries a
token, new with each start. It becomes a cookie and leaves the address bar. The cookie is signed
with a key that is kept in WORKBENCH_HOME: open tabs go on after a restart, while an address in an
old terminal opens nothing.
"""

import html
import os
import secrets
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench import private
from workbench.errors import InputError
from workbench.server import door_page, gate

PARAMETER = "token"
HEALTH = "/_stcore/health"
"""Says “ok” to anybody: whoever watches a server has no cookie."""

_KEY_FILE = "door.key"
_BYTES = 32
_LIFE_S = 30 * 24 * 3600
# Of a page of ours, or of no page: typed, a bookmark, a link in a terminal, a program.
_OWN = (None, "none", "same-origin")


class Keeper:
    """Knows the token of this start, and the cookies of those who had one."""

    def __init__(self, key: str, port: int) -> None:
        self.token = secrets.token_urlsafe(_BYTES)
        # Browsers keep cookies by host, whatever the port: two workbenches must not swap theirs.
        self.cookie = f"workbench_door_{port}"
        self._signer = TimestampSigner(key, salt="workbench.door", digest_method=sha256)

    def opens(self, token: str) -> bool:
        """Whether this is the token of this start."""
        return compare_digest(token.encode(), self.token.encode())

    def admits(self, headers: Headers) -> bool:
        """Whether the request carries a cookie that was given at this door in the last 30 days."""
        given = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        try:
            self._signer.unsign(given, max_age=_LIFE_S)
        except BadSignature:
            return False
        return True

    def let_in(self, answer: Response, is_secure: bool) -> Response:
        """The answer, with a cookie that admits."""
        answer.set_cookie(
            self.cookie,
            self._signer.sign(secrets.token_urlsafe(_BYTES)).decode(),
            max_age=_LIFE_S,
            httponly=True,
            samesite="strict",
            secure=is_secure,
        )
        return answer


def keeper(home: Path, port: int) -> Keeper:
    """The keeper of a server. Raises InputError where the key can't be kept."""
    try:
        return Keeper(_key(private.folder(home) / _KEY_FILE), port)
    except OSError as error:
        raise InputError(
            f"The key of the cookies can't be kept in {home}: {error.strerror}.",
            "Let WORKBENCH_HOME name a folder that you may write to.",
        ) from error


def with_token(address: str, token: str) -> str:
    """The address that lets whoever opens it in."""
    return f"{address}/?{PARAMETER}={token}"


class Door:
    """ASGI middleware behind the gate: lets in who has the cookie, or the token. Health answers."""

    def __init__(self, app: ASGIApp, keeper: Keeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, exchange the token for a cookie, or refuse and say what to do."""
        if scope["type"] not in ("http", "websocket") or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_in = self._keeper.admits(headers)
        answer = self._at_page(scope, headers, is_in) if gate.is_page(scope) else None
        if answer is None and is_in:
            await self._app(scope, receive, send)
        else:
            await _give(answer or _refusal(), scope, receive, send)

    def _at_page(self, scope: Scope, headers: Headers, is_in: bool) -> Response | None:
        """What a visitor of a page is told before the page; None where the page may answer."""
        query = scope["query_string"].decode("latin-1")
        given = parse_qs(query, keep_blank_values=True).get(PARAMETER)
        comes_from_here = headers.get("sec-fetch-site") in _OWN
        if given is None:
            if is_in:
                return None
            # A browser keeps a strict cookie to itself when a link elsewhere led here. A page of
            # ours that leads to the same address gets it, if there is one.
            return door_page.locked(_fields(query)) if comes_from_here else _hop(scope)
        if self._keeper.opens(_token(given[-1])):
            onward = _redirect(scope) if comes_from_here else _hop(scope)
            return self._keeper.let_in(onward, scope.get("scheme") == "https")
        return _redirect(scope) if is_in else door_page.locked(_fields(query), is_wrong=True)


async def _give(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": "No entry."})


def _refusal() -> Response:
    return PlainTextResponse(
        "This workbench is locked. Open the address that its terminal shows, with the token.\n",
        status_code=HTTPStatus.FORBIDDEN,
    )


def _redirect(scope: Scope) -> Response:
    return RedirectResponse(_without_token(scope), status_code=HTTPStatus.SEE_OTHER)


def _hop(scope: Scope) -> Response:
    """A page that leads to the same address without the token, as a redirect can't: browsers count
    what a redirect leads to as coming from where the first link was."""
    onward = html.escape(_without_token(scope), quote=True)
    return HTMLResponse(
        f'<!doctype html><meta charset="utf-8"><title>AI Requirements Workbench</title>'
        f'<meta http-equiv="refresh" content="0;url={onward}">'
        f'<a href="{onward}">Go on to the workbench</a>'
    )


def _without_token(scope: Scope) -> str:
    """The address on this server that was asked for. What begins with two slashes, or a backslash,
    would be another server's."""
    path = "/" + quote(scope["path"].lstrip("/\\"))
    query = urlencode(_fields(scope["query_string"].decode("latin-1")))
    return f"{path}?{query}" if query else path


def _fields(query: str) -> list[tuple[str, str]]:
    """What an address asks for beside entry."""
    return [each for each in parse_qsl(query, keep_blank_values=True) if each[0] != PARAMETER]


def _token(given: str) -> str:
    """The token in what was pasted: itself, or the whole address."""
    tidy = given.strip()
    return parse_qs(urlsplit(tidy).query).get(PARAMETER, [tidy])[-1] if "?" in tidy else tidy


def _key(path: Path) -> str:
    """The key of this home, made where there is none, or one that others may have read."""
    if path.exists():
        is_ours = os.name == "nt" or path.stat().st_mode & 0o077 == 0
        key = path.read_text("ascii", errors="replace").strip()
        if is_ours and len(key) == 2 * _BYTES:
            return key
    key = secrets.token_hex(_BYTES)
    private.write(path, key + "\n")
    return key
