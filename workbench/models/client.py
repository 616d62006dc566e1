"""Ask a model: one request per call, and whatever comes back becomes an answer or an error."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from workbench.domain import sending
from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import CallFailure, InputError, ModelError, TemplateError
from workbench.models import (
    adapting,
    attached,
    complaints,
    embeddings,
    failures,
    heard,
    keys,
    oversize,
    products,
    replies,
    unconfirmed,
    unsaid,
)
from workbench.models.complaints import Complaint

if TYPE_CHECKING:
    from workbench.models.transport import Transport

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TEACHES = (CallFailure.BAD_REQUEST, CallFailure.SERVER)
_TOOLS = frozenset({"tools", "functions"})


class Streams(Enum):
    """How a server is asked for a stream: with the tokens counted at its end, without, or not."""

    COUNTED = 1
    PLAIN = 2
    NONE = 3


class Client:
    """One endpoint, open inside the event loop that uses it: `async with Client(…) as client`.

    Makes one request per `ask`: no retries, no redirects, no proxies, nothing taken from the
    environment. (A second one only where the server does not know how a stream is asked for, and
    that once.) `base_url`, `api_key` and `headers` are what the connection's names stand for.
    """

    def __init__(
        self,
        connection: Connection,
        base_url: str | None = None,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.base_url = (base_url or connection.base_url).rstrip("/")
        self._api_key = keys.checked(api_key) if api_key else ""
        self._headers = dict(headers or {})
        self._transport: Transport | None = None
        self._embeds: Transport | None = None
        self._streams = Streams.COUNTED
        self.heard: list[bytes] | None = None  # gets a product's replies as they come, if a list

    def __repr__(self) -> str:
        return f"Client({self.connection.name!r}, {self.base_url!r})"

    def came(self) -> str:
        """What was `heard`, without secrets."""
        return keys.redact(products.shown(self.heard or ()), *filter(None, self._secrets({})))

    async def __aenter__(self) -> Self:
        from workbench.models.transport import CHAT

        self._transport = self._opened(CHAT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        opened = self._transport, self._embeds
        self._transport = self._embeds = None
        for transport in opened:
            if transport is not None:
                await transport.close()

    def _opened(self, path: str) -> "Transport":
        from workbench.models.transport import Transport

        if (product := self.connection.product) is not None:
            # A product has one address, and no paths of an API under it.
            address = self.connection.base_url
            return Transport(address, self._api_key, self._headers, product.method)
        return Transport(self.base_url + path, self._api_key, self._headers)

    async def ask(
        self,
        request: Request,
        timeout_s: float | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """The model's answer, within `timeout_s` seconds from the first byte to the last.

        With `on_text` the answer is streamed and `on_text` gets the text so far. An answer cut at
        the token limit is an answer too, by its finish_reason. Raises ModelError for whatever else
        is not a complete, non-empty answer of at most 1 MiB.
        """
        while True:
            failure = await self._tried(request, timeout_s, on_text)
            if isinstance(failure, Answer):
                return failure
            if on_text is None or not self._learns(failure):
                # Raised outside the handlers: a library's exceptions hold the request and the key.
                raise failure

    async def _tried(
        self, request: Request, timeout_s: float | None, on_text: Callable[[str], None] | None
    ) -> Answer | ModelError:
        import aiohttp

        seconds = self.connection.timeout_s if timeout_s is None else timeout_s
        streams = Streams.NONE if on_text is None else self._streams
        product = self.connection.product
        if request.is_embedding or product is not None:
            sent = adapting.Shaped(_texts(request), ())
        else:
            body = _body(self.connection, request, streams)
            sent = adapting.shaped(body, request.adaptations)
        try:
            headers = _own_headers(self.connection, request)
        except ModelError as error:
            return error
        secrets = self._secrets(headers)
        about = (request.model, self._where, secrets)
        try:
            async with asyncio.timeout(seconds) as deadline:
                if product is not None:
                    answer = await products.ask(
                        self._open(), product, request, headers, on_text, self.heard
                    )
                elif request.is_embedding:
                    answer = await self._embedded(sent.body, headers)
                else:
                    answer = await self._exchange(
                        sent.body, headers, unsaid.hiding(on_text, secrets)
                    )
            if sent.applied:
                answer = replace(answer, adaptations=tuple(map(str, sent.applied)))
            return unsaid.without_secrets(answer, secrets)
        except ModelError as error:
            return unsaid.plain(error, secrets)
        except TemplateError as error:
            return ModelError(CallFailure.TEMPLATE, error.message, error.hint)
        except replies.Complained as error:
            told = failures.from_reply(error.complaint, *about, error.partial, error.has_begun)
            return unsaid.plain(_instructive(told, None, error.complaint, sent), secrets)
        except replies.Refused as error:
            refused = failures.from_status(error.status, error.said, error.headers, *about)
            return _instructive(refused, error.status, complaints.read(error.said), sent)
        except MemoryError:
            return oversize.no_room(self._where)
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            if deadline.expired():
                return failures.timed_out(self._where, seconds)
            return failures.from_transport(error, self._where, secrets)

    def _learns(self, failure: ModelError) -> bool:
        """Whether the server refused only how the stream was asked for; remembered from then on."""
        known, refused = self._streams, f"{failure.param} {failure.message}"
        if failure.failure is CallFailure.BAD_REQUEST:
            if known is Streams.COUNTED and "stream_options" in refused:
                self._streams = Streams.PLAIN
            elif known is not Streams.NONE and failure.param == "stream":
                self._streams = Streams.NONE
        return self._streams is not known

    @property
    def _where(self) -> str:
        return f"“{self.connection.name}” at {urlsplit(self.base_url).netloc}"

    def _secrets(self, headers: Mapping[str, str]) -> tuple[str, ...]:
        """What must not be repeated: the key, and the values of headers."""
        values = (*self._headers.values(), *headers.values())
        return (self._api_key, *keys.secret_parts(*values)) if values else (self._api_key,)

    async def _exchange(
        self,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        on_text: Callable[[str], None] | None,
    ) -> Answer:
        clock = replies.Clock()
        async with await self._open().send(_json(body), headers) as reply:
            return await replies.read(
                aiter(reply),
                str(body["model"]),
                clock,
                offers_tools=not _TOOLS.isdisjoint(body),
                on_text=on_text,
            )

    async def _embedded(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        from workbench.models.transport import EMBEDDINGS

        self._embeds = self._embeds or self._opened(EMBEDDINGS)
        clock, texts = replies.Clock(), body["input"]
        async with await self._embeds.send(_json(body), headers) as reply:
            return await embeddings.read(aiter(reply), str(body["model"]), len(texts), clock)

    def _open(self) -> "Transport":
        if self._transport is None:
            raise RuntimeError("A Client is used inside `async with`.")
        return self._transport


def _json(body: Mapping[str, Any]) -> bytes:
    return _written(body).encode()


def _own_headers(connection: Connection, request: Request) -> dict[str, str]:
    """The values of a variant's own headers. Raises ModelError(AUTHENTICATION)."""
    named = request.parameters.headers
    if not named:
        return {}
    try:
        checked = sending.checked_headers(named, is_shared=True)
    except InputError as error:
        raise ModelError(CallFailure.AUTHENTICATION, error.message, error.hint) from None
    for _, variable in checked:
        if variable in connection.unconfirmed_headers:
            raise unconfirmed.failure(connection, variable)
    return {header: keys.header_value(variable, header) for header, variable in checked}


def _instructive(
    failure: ModelError, status: int | None, complaint: Complaint, sent: adapting.Shaped
) -> ModelError:
    """The failure, with what it teaches about what this server takes."""
    if failure.failure in _TEACHES and "messages" in sent.body:
        found = adapting.lesson(status, complaint, sent.body, sent.applied)
        failure.lesson = str(found) if found is not None else ""
        if found is not None:
            return failure
    return attached.told(failure, complaint.message, sent.body)


def _texts(request: Request) -> dict[str, Any]:
    """A request for embeddings; what a connection adds is for chats."""
    texts = [heard.clean(message.content) for message in request.messages]
    return {"model": request.model, "input": texts}


def _body(connection: Connection, request: Request, streams: Streams) -> dict[str, Any]:
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
    wanted |= request.tools.body()
    own = {**connection.body, **parameters.extra_body}
    if "max_completion_tokens" in own:
        del wanted["max_tokens"]
    wanted |= own
    wanted["model"] = request.model
    wanted["messages"] = [_sent(message) for message in request.messages]
    wanted.pop("stream", None)
    wanted.pop("stream_options", None)
    if streams is not Streams.NONE:
        wanted["stream"] = True
    if streams is Streams.COUNTED:
        wanted["stream_options"] = {"include_usage": True}
    return {name: value for name, value in wanted.items() if value is not None}


def _sent(message: Message) -> dict[str, Any]:
    """A message as the API takes it: its files are parts of its content."""
    told = replace(message, attachments=()) if message.attachments else message
    return {**told.plain(), "content": attached.content(message)}
