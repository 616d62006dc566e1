"""Ask a model: one request per call, and whatever comes back becomes an answer or an error."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.errors import ModelError
from workbench.models import failures, keys, replies

if TYPE_CHECKING:
    import httpx2

    from workbench.models.sdk import Sdk

NO_KEY = "not-needed"
"""Sent where a connection names no key: the SDK insists on one and would take another's."""

_LONG_KEY = 8


def warm_up() -> None:
    """Begin to load the SDK, which takes a second, while the caller waits for other things."""
    load = ("workbench.models.sdk",)
    threading.Thread(target=import_module, args=load, name="sdk", daemon=True).start()


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
        self._sdk: Sdk | None = None

    def __repr__(self) -> str:
        return f"Client({self.connection.name!r}, {self.base_url!r})"

    async def __aenter__(self) -> Self:
        from workbench.models.sdk import Sdk

        self._sdk = Sdk(self.base_url, self._api_key or NO_KEY)
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
        if self._sdk is None:
            raise RuntimeError("A Client is used inside `async with`.")
        clock = replies.Clock()
        response = await self._sdk.complete(_body(request, is_streamed=on_text is not None))
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


async def _unbroken(response: "httpx2.Response") -> AsyncGenerator[bytes, None]:
    """The bytes of a stream; a connection that breaks is a cut stream, not a failed connection."""
    import aiohttp
    import httpx2

    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except (httpx2.HTTPError, aiohttp.ClientError, ConnectionError):
        raise replies.StreamCut from None
