"""The one place where the SDK is opened, so that keys and prompts go nowhere else.

By itself the SDK sends what it finds in the environment and about this machine. It is given an HTTP
client of ours (`http_client`, as it documents), whose requests differ in their body only: address
and headers are made once, and nothing else is ever sent. Import it late: the SDK takes a second.

One thing is not documented: `_Lean._build_request`. Making headers that are never sent is nearly
half of what a call costs the SDK. Where a version calls it by another name, calls cost that again,
and nothing else changes; a test names the versions that it was checked with.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

import aiohttp
import httpx2
from multidict import CIMultiDict
from openai import AsyncOpenAI, AsyncStream

from workbench.models import reached, unpacking

CHAT, EMBEDDINGS = "/chat/completions", "/embeddings"
_CONNECT_S = 15.0
_KEEP_ALIVE_S = 3.0
_MAX_AT_ONCE = 1024 * 1024
_CHUNK = 16 * 1024
_STREAM = AsyncStream[Any]
_more: ContextVar[Mapping[str, str] | None] = ContextVar("headers of this call alone", default=None)
_body: ContextVar[bytes] = ContextVar("what this call sends")


class Sdk:
    """The SDK on one path of an endpoint, open in the event loop that uses it. Makes no retries,
    follows no redirects, takes nothing from the environment, keeps no cookies."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        headers: Mapping[str, str] | None = None,
        path: str = CHAT,
    ) -> None:
        self._path = path
        self._openai = _Lean(
            api_key=api_key,
            base_url=base_url,
            # What is not given is looked for in the environment, and may be no header.
            organization="",
            project="",
            max_retries=0,
            http_client=_Http(base_url.rstrip("/") + path, api_key, headers or {}),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._openai.close()

    async def complete(
        self, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx2.AsyncByteStream:
        """Post a request; the reply's bytes, unpacked, still to be read and closed. `headers` go
        along with this one.

        Bytes, not the SDK's types: those accept replies without choices or end, and cost twice the
        time per call. Nor httpx2's own reading, which looks for a packing once more. Raises what
        the SDK raises.
        """
        _more.set(headers)
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        _body.set(content)
        if (options := self._openai.asked_before) is not None:
            again = self._openai.request(httpx2.Response, options, stream=True, stream_cls=_STREAM)
            response: object = await again
        else:
            response = await self._openai.post(
                self._path,
                cast_to=httpx2.Response,
                content=content,
                # One will do for all: no request is made twice, and it is never sent.
                options={"idempotency_key": "none"},
                stream=True,
                stream_cls=_STREAM,
            )
        assert isinstance(response, httpx2.Response)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        return response.stream


class Direct:
    """An address that is called without the SDK, by the same client and rules: for products. Open
    in the event loop that uses it."""

    def __init__(
        self, address: str, api_key: str, headers: Mapping[str, str], method: str = "POST"
    ) -> None:
        self._http = _Http(address, api_key, headers, method)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def send(self, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """Send a body; the response's bytes are still to be read. Raises httpx2.HTTPError."""
        _more.set(headers)
        return await self._http.send(self._http.build_request(content=body))


class _Lean(AsyncOpenAI):
    """The SDK without the headers that are not sent, and with the options of its first request:
    those that follow differ in their content, which each call's own context has."""

    asked_before: Any = None

    def _build_request(self, options: Any, **_: Any) -> httpx2.Request:
        self.asked_before = self.asked_before or options
        return self._client.build_request("POST", "", content=_body.get())


class _Http(httpx2.AsyncClient):
    """Sends a request's body to one address with our headers, whatever it was to have."""

    def __init__(
        self, address: str, api_key: str, headers: Mapping[str, str], method: str = "POST"
    ) -> None:
        super().__init__(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(None, connect=_CONNECT_S),
            transport=_Nowhere(),
        )
        self._address = httpx2.URL(address)
        self._to, self._method = str(self._address), method
        self._headers_sent = CIMultiDict(
            {
                **({"Authorization": f"Bearer {api_key}"} if api_key else {}),
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "Accept-Encoding": unpacking.ASKED,
                "User-Agent": "ai-requirements-workbench",
            }
        )
        # Checked by name before: none of them decides where a request goes or where it ends.
        self._headers_sent.update(headers)
        self._patience = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S)
        self._session: aiohttp.ClientSession | None = None

    def build_request(self, *_: Any, content: Any = None, **__: Any) -> httpx2.Request:
        """A request that has nothing but its body."""
        # As a stream: of bytes it would make headers that are never sent.
        return httpx2.Request("POST", self._address, stream=_Bytes(content))

    async def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:
        """The response to a request, its body still to be read. Raises httpx2.HTTPError."""
        if self._session is None:
            self._session = _session()
        sent = request.stream
        assert isinstance(sent, _Bytes)
        headers = self._headers_sent
        if more := _more.get():
            headers = headers.copy()
            headers.update(more)
        try:
            reply = await self._session.request(
                self._method,
                self._to,
                headers=headers,
                data=sent.content,
                allow_redirects=False,
                timeout=self._patience,
            )
            is_whole = (
                reply.status < 300
                and reply.content_type == "application/json"
                and "Content-Encoding" not in reply.headers
            )
            if is_whole and 0 <= (reply.content_length or -1) <= _MAX_AT_ONCE:
                # Most answers are small: one read costs a third of a stream's many steps. As a
                # stream all the same: of bytes httpx2 would make headers, and read them itself.
                whole = _Bytes(await reply.read())
                return httpx2.Response(
                    reply.status, headers=reply.raw_headers, stream=whole, request=request
                )
        except aiohttp.ClientError as error:
            raise _translated(error) from error
        is_error = reply.status >= 300
        stream = unpacking.Unpacked(
            _Body(reply), reply.headers.getall("Content-Encoding", ()), is_error=is_error
        )
        return httpx2.Response(
            status_code=reply.status,
            headers=unpacking.headers(reply.raw_headers, is_error=is_error),
            stream=stream,
            request=request,
        )

    async def aclose(self) -> None:
        """Let go of the connections."""
        await super().aclose()
        if self._session is not None:
            await self._session.close()


class _Nowhere(httpx2.AsyncBaseTransport):
    """What httpx2 would send by itself goes nowhere; nor does it look for certificates."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises httpx2.UnsupportedProtocol."""
        raise httpx2.UnsupportedProtocol("Only `send` sends.", request=request)


class _Bytes(httpx2.AsyncByteStream):
    """What a request sends."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


class _Body(httpx2.AsyncByteStream):
    """A reply's bytes, as they come."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._reply.content.iter_chunked(_CHUNK):
                yield chunk
        except aiohttp.ClientError as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        self._reply.release()
        await self._reply.wait_for_close()


def _translated(error: aiohttp.ClientError) -> httpx2.TransportError:
    """What went wrong, as the SDK knows it; why is said by the error behind it."""
    if isinstance(error, aiohttp.ClientPayloadError):
        return httpx2.ReadError(str(error))
    return httpx2.ConnectError(str(error))


async def _has_reached(*_: Any) -> None:
    reached.first.set()


@cache
def _certificates() -> ssl.SSLContext:
    """What servers are known by. Read once: it takes longer than the rest of a session."""
    return httpx2.create_ssl_context(trust_env=False)


def _session() -> aiohttp.ClientSession:
    # Of each connection, not of each request.
    opening = aiohttp.TraceConfig()
    opening.on_connection_create_end.append(_has_reached)
    connector = aiohttp.TCPConnector(
        # No bound of its own: the runner knows how many calls may run at once.
        limit=0,
        keepalive_timeout=_KEEP_ALIVE_S,
        ssl=_certificates(),
    )
    return aiohttp.ClientSession(
        connector=connector,
        trace_configs=[] if reached.first.is_set() else [opening],
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
