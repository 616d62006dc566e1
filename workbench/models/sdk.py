"""The one place where the SDK is opened, so that keys and prompts go nowhere else.

Left alone, the SDK builds every request anew from what it finds in the environment and about this
machine, at more than half of what a call costs. Ours differ in their body only: address and headers
are made once, and nothing else is ever sent. Import it late: the SDK takes a second.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import httpx2
from multidict import CIMultiDict
from openai import AsyncOpenAI, AsyncStream
from openai._models import FinalRequestOptions
from openai._vendor.httpx_aiohttp.transport import AiohttpResponseStream, map_aiohttp_exceptions

from workbench.models import unpacking

_PATH = "/chat/completions"
_MORE = "workbench_headers"
_CONNECT_S = 15.0
_KEEP_ALIVE_S = 3.0
_MAX_AT_ONCE = 1024 * 1024


class Sdk(AsyncOpenAI):
    """The SDK on one endpoint, open in the event loop that uses it. Makes no retries, follows no
    redirects, takes nothing from the environment, keeps no cookies."""

    def __init__(
        self, base_url: str, api_key: str, headers: Mapping[str, str] | None = None
    ) -> None:
        timeout = httpx2.Timeout(None, connect=_CONNECT_S)
        super().__init__(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=timeout,
            http_client=httpx2.AsyncClient(
                transport=_Transport(api_key, headers or {}),
                follow_redirects=False,
                trust_env=False,
                timeout=timeout,
            ),
        )
        self._address = httpx2.URL(base_url.rstrip("/") + _PATH)
        # The key is made anew for every request and never sent by us: one will do.
        self._options = FinalRequestOptions.construct(
            method="post", url=_PATH, idempotency_key="none"
        )

    async def complete(
        self, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Post a chat completion; the response's bytes are still to be read. `headers` go along
        with this one.

        The raw response, not the SDK's types: those accept replies without choices or end, and
        cost twice the time per call. Raises what the SDK raises.
        """
        options = copy.copy(self._options)
        options.json_data = body
        if headers:
            options.headers = headers
        response = await self.request(
            httpx2.Response, options, stream=True, stream_cls=AsyncStream[Any]
        )
        assert isinstance(response, httpx2.Response)
        return response

    def _build_request(
        self, options: FinalRequestOptions, *, retries_taken: int = 0
    ) -> httpx2.Request:
        body = json.dumps(options.json_data, ensure_ascii=False, separators=(",", ":"))
        more = options.headers if isinstance(options.headers, Mapping) else {}
        return httpx2.Request(
            "POST", self._address, content=body.encode(), extensions={_MORE: dict(more)}
        )


class _Transport(httpx2.AsyncBaseTransport):
    """Sends a request's body to its address with our headers, whatever the request's own are."""

    def __init__(self, api_key: str, headers: Mapping[str, str]) -> None:
        self._headers = CIMultiDict(
            {
                "Authorization": f"Bearer {api_key}",
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "Accept-Encoding": unpacking.ASKED,
                "User-Agent": "ai-requirements-workbench",
            }
        )
        # Checked by name before: none of them decides where a request goes or where it ends.
        self._headers.update(headers)
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response to a request, its body still to be read. Raises httpx2.HTTPError."""
        if self._session is None:
            self._session = _session()
        headers = self._headers
        if more := request.extensions.get(_MORE):
            headers = headers.copy()
            headers.update(more)
        with map_aiohttp_exceptions():
            reply = await self._session.post(
                str(request.url),
                headers=headers,
                data=request.content,
                allow_redirects=False,
                timeout=self._timeout,
            )
            is_whole = (
                reply.status < 300
                and reply.content_type == "application/json"
                and "Content-Encoding" not in reply.headers
            )
            if is_whole and 0 <= (reply.content_length or -1) <= _MAX_AT_ONCE:
                # Most answers are small: one read costs a third of a stream's many steps.
                body = await reply.read()
                return httpx2.Response(reply.status, headers=reply.raw_headers, content=body)
        is_error = reply.status >= 300
        stream = unpacking.Unpacked(
            AiohttpResponseStream(reply),
            reply.headers.getall("Content-Encoding", ()),
            is_error=is_error,
        )
        return httpx2.Response(
            status_code=reply.status,
            headers=unpacking.headers(reply.raw_headers, is_error=is_error),
            stream=stream,
            request=request,
        )

    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        # No bound of its own: the runner knows how many calls may run at once.
        limit=0,
        keepalive_timeout=_KEEP_ALIVE_S,
        ssl=httpx2.create_ssl_context(trust_env=False),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
