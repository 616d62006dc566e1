"""Ask a model: the one place where the SDK is opened, so that keys and prompts go nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.errors import ModelError
from workbench.models import failures, keys, replies

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

NO_KEY = "not-needed"
"""Sent where a connection names no key: the SDK insists on one and would take another's."""

_CONNECT_S = 15.0
_KEEP_ALIVE_S = 3.0
_MAX_ERROR_BODY = 64 * 1024
_LONG_KEY = 8
# The SDK adds what it finds in OPENAI_ORG_ID, OPENAI_CUSTOM_HEADERS and about this machine.
_OUR_HEADERS = frozenset(
    {b"accept", b"accept-encoding", b"connection", b"content-length", b"content-type"}
    | {b"user-agent"}
)


class Client:
    """One endpoint, open inside the event loop that uses it: `async with Client(…) as client`.

    Makes exactly one request per `ask`: no retries, no redirects, no proxies, nothing taken from
    the environment. `base_url` and `api_key` are what the connection's names stand for.
    """

    def __init__(
        self, connection: Connection, base_url: str | None = None, api_key: str | None = None
    ) -> None:
        self.connection = connection
        self.base_url = (base_url or connection.base_url).rstrip("/")
        self._api_key = keys.checked(api_key) if api_key else ""
        self._sdk: AsyncOpenAI | None = None

    def __repr__(self) -> str:
        return f"Client({self.connection.name!r}, {self.base_url!r})"

    async def __aenter__(self) -> Self:
        self._sdk = _open(self.base_url, self._api_key or NO_KEY)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sdk, self._sdk = self._sdk, None
        if sdk is not None:
            await sdk.close()

    async def ask(
        self,
        request: Request,
        timeout_s: float | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """The model's answer, within `timeout_s` seconds from the first byte to the last.

        With `on_text` the answer is streamed and `on_text` gets the text so far. An answer cut at
        the token limit is returned with finish_reason "length". Raises ModelError for whatever
        else is not a complete, non-empty answer of at most 1 MiB.
        """
        import aiohttp
        import httpx2
        import openai

        seconds = self.connection.timeout_s if timeout_s is None else timeout_s
        failure: ModelError
        try:
            async with asyncio.timeout(seconds) as deadline:
                return self._without_key(await self._exchange(request, on_text))
        except ModelError as error:
            said = keys.redact(error.message, self._api_key)
            failure = ModelError(error.failure, said, error.hint, error.retry_after)
        except openai.APIStatusError as error:
            failure = failures.from_status(
                error.status_code,
                error.body,
                error.response.headers,
                request.model,
                self._where,
                self._api_key,
            )
        except (
            TimeoutError,
            OSError,
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.InvalidURL,
            aiohttp.ClientError,
        ) as error:
            if deadline.expired():
                failure = failures.timed_out(self._where, seconds)
            else:
                failure = failures.from_transport(error, self._where, self._api_key)
        # Raised outside the handlers: the SDK's exceptions hold the request and with it the key.
        raise failure

    @property
    def _where(self) -> str:
        return f"“{self.connection.name}” at {urlsplit(self.base_url).netloc}"

    def _without_key(self, answer: Answer) -> Answer:
        """Answers are stored and shown: one that quotes the key back must not carry it there."""
        if len(self._api_key) < _LONG_KEY or self._api_key not in answer.text:
            return answer
        return replace(answer, text=keys.redact(answer.text, self._api_key))

    async def _exchange(self, request: Request, on_text: Callable[[str], None] | None) -> Answer:
        import httpx2
        from openai import AsyncStream

        if self._sdk is None:
            raise RuntimeError("A Client is used inside `async with`.")
        clock = replies.Clock()
        # The raw response, not the SDK's types: those accept replies without choices or end, and
        # cost twice the time per call.
        response = await self._sdk.post(
            "/chat/completions",
            body=_body(request, is_streamed=on_text is not None),
            cast_to=httpx2.Response,
            stream=True,
            stream_cls=AsyncStream[Any],
        )
        assert isinstance(response, httpx2.Response)
        try:
            kind = response.headers.get("content-type", "")
            if on_text is None or "event-stream" not in kind:
                answer = await replies.whole(response.aiter_bytes(), request.model, clock)
                if on_text is not None:
                    on_text(answer.text)
                return answer
            async with aclosing(_unbroken(response)) as chunks:
                return await replies.streamed(chunks, request.model, clock, on_text)
        finally:
            await response.aclose()


def _open(base_url: str, api_key: str) -> "AsyncOpenAI":
    """The only maker of SDK clients. Call it inside the event loop that will use the client."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    authorization = (b"Authorization", f"Bearer {api_key}".encode("ascii"))

    async def only_ours(request: httpx2.Request) -> None:
        kept = [pair for pair in request.headers.raw if pair[0].lower() in _OUR_HEADERS]
        authority = (b"Host", request.url.netloc)
        request.headers = httpx2.Headers([authority, *kept, authorization])

    async def short_if_error(response: httpx2.Response) -> None:
        if not response.is_success:
            response.stream = _shortened(response.stream)

    transport = DefaultAioHttpClient(
        follow_redirects=False,
        trust_env=False,
        # 0 lifts the transport's own bound: the runner knows how many calls may run at once.
        limits=httpx2.Limits(max_connections=0, keepalive_expiry=_KEEP_ALIVE_S),
        timeout=httpx2.Timeout(None, connect=_CONNECT_S),
        event_hooks={"request": [only_ours], "response": [short_if_error]},
    )
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=_CONNECT_S),
        http_client=transport,
    )


def _body(request: Request, is_streamed: bool) -> dict[str, Any]:
    parameters = request.parameters
    wanted: dict[str, Any] = {
        "max_tokens": parameters.max_tokens,
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "seed": parameters.seed,
        "stop": list(parameters.stop) or None,
    }
    if parameters.json_schema is not None:
        schema = dict(parameters.json_schema)
        # Servers that know `strict` demand closed objects for it and refuse the call otherwise.
        is_strict = schema.get("additionalProperties") is False
        described = {"name": "answer", "schema": schema, "strict": is_strict}
        wanted["response_format"] = {"type": "json_schema", "json_schema": described}
    if "max_completion_tokens" in parameters.extra_body:
        del wanted["max_tokens"]
    wanted |= parameters.extra_body
    wanted["model"] = request.model
    wanted["messages"] = [
        {"role": message.role, "content": replies.clean(message.content)}
        for message in request.messages
    ]
    wanted.pop("stream", None)
    if is_streamed:
        wanted |= {"stream": True, "stream_options": {"include_usage": True}}
    return {name: value for name, value in wanted.items() if value is not None}


async def _unbroken(response: "httpx2.Response") -> AsyncIterator[bytes]:
    """The bytes of a stream; a connection that breaks is a cut stream, not a failed connection."""
    import aiohttp
    import httpx2

    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except (httpx2.HTTPError, aiohttp.ClientError, ConnectionError):
        raise replies.StreamCut from None


def _shortened(stream: Any) -> "httpx2.AsyncByteStream":
    """The first 64 KiB of an error's body: the reason is in there, the rest may be endless."""
    import httpx2

    class Shortened(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for chunk in stream:
                yield chunk
                size += len(chunk)
                if size > _MAX_ERROR_BODY:
                    return

        async def aclose(self) -> None:
            await stream.aclose()

    return Shortened()
