"""The one place where a request leaves for a model or a product: keys and prompts go nowhere else.

An address and its headers are made once, and nothing else is ever sent: nothing of the environment
or of this machine, no cookies, to no other address. Import it late: aiohttp takes a while to load.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Self

import aiohttp
from multidict import CIMultiDict

from workbench.models import reached, unpacking
from workbench.models.replies import Refused

CHAT, EMBEDDINGS = "/chat/completions", "/embeddings"
_CONNECT_S = 15.0
_KEEP_ALIVE_S = 3.0
_MAX_AT_ONCE = 1024 * 1024
_CHUNK = 16 * 1024


class Reply:
    """A reply's bytes, unpacked, still to be read: `async with` it, and iterate."""

    def __init__(self, reply: aiohttp.ClientResponse, whole: bytes | None = None) -> None:
        self._reply = reply
        self._whole = whole

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._whole is None:
            self._reply.release()
            await self._reply.wait_for_close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises aiohttp.ClientPayloadError where the reply breaks off, ModelError(MALFORMED) where
        it can't be unpacked."""
        if self._whole is not None:
            yield self._whole
            return
        packed = self._reply.content.iter_chunked(_CHUNK)
        async for piece in unpacking.unpacked(packed, _encodings(self._reply)):
            yield piece


class Transport:
    """One address, open in the event loop that uses it. Makes no retries and follows no redirects.

    `headers` go along with every request: checked by name before, so that none decides where a
    request goes or where it ends.
    """

    def __init__(
        self, address: str, api_key: str, headers: Mapping[str, str], method: str = "POST"
    ) -> None:
        self._address, self._method = address, method
        self._headers = CIMultiDict(
            {
                **({"Authorization": f"Bearer {api_key}"} if api_key else {}),
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "Accept-Encoding": unpacking.ASKED,
                "User-Agent": "ai-requirements-workbench",
            }
        )
        self._headers.update(headers)
        self._patience = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to a body; `headers` go along with this one. Raises aiohttp.ClientError, and
        Refused for a status that is no success."""
        if self._session is None:
            self._session = _session(self._address)
        sent = self._headers
        if headers:
            sent = sent.copy()
            sent.update(headers)
        reply = await self._session.request(
            self._method,
            self._address,
            headers=sent,
            data=body,
            allow_redirects=False,
            timeout=self._patience,
        )
        if not 200 <= reply.status < 300:
            raise await _refusal(reply)
        is_whole = reply.content_type == "application/json" and not _encodings(reply)
        if is_whole and 0 <= (reply.content_length or -1) <= _MAX_AT_ONCE:
            # Most answers are small: one read costs a third of a stream's many steps.
            return Reply(reply, await reply.read())
        return Reply(reply)


async def _refusal(reply: aiohttp.ClientResponse) -> Refused:
    """What a reply says that is no success: the beginning of its body."""
    try:
        packed = reply.content.iter_chunked(_CHUNK)
        body = await unpacking.beginning(packed, _encodings(reply))
    finally:
        reply.release()
        await reply.wait_for_close()
    text = unpacking.text_of(body, reply.headers.get("Content-Type", "")).strip()
    said: object = text
    with suppress(ValueError, RecursionError):
        said = json.loads(text)
    return Refused(reply.status, body, said, reply.headers)


def _encodings(reply: aiohttp.ClientResponse) -> list[str]:
    return reply.headers.getall("Content-Encoding", [])


async def _has_reached(*_: object) -> None:
    reached.first.set()


@cache
def _certificates() -> ssl.SSLContext:
    """What servers are known by: what this system trusts, whatever the environment says. Read once:
    it takes longer than the rest of a session."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def _session(address: str) -> aiohttp.ClientSession:
    # Of each connection, not of each request.
    opening = aiohttp.TraceConfig()
    opening.on_connection_create_end.append(_has_reached)
    connector = aiohttp.TCPConnector(
        # No bound of its own: the runner knows how many calls may run at once.
        limit=0,
        keepalive_timeout=_KEEP_ALIVE_S,
        ssl=_certificates() if address.lower().startswith("https:") else True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        trace_configs=[] if reached.first.is_set() else [opening],
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
