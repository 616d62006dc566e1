"""Calling a product: its body is sent as it was rendered, its answer read at a JSON path."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from workbench.domain import json_path, products
from workbench.domain.calls import Answer, Request
from workbench.domain.fingerprint import canonical
from workbench.domain.products import Product
from workbench.errors import CallFailure, InputError, ModelError, TemplateError
from workbench.models import oversize
from workbench.models.heard import clean
from workbench.models.replies import Clock, Refused

MOST_REPLY = 8 * 1024 * 1024
"""The largest reply that is read, in bytes after unpacking."""
_SHOWN, _MOST_SHOWN = 200, 20_000

if TYPE_CHECKING:
    from workbench.models.transport import Transport


def body_of(request: Request) -> bytes:
    """What is sent for a request: the JSON body that its user message is.

    Raises TemplateError for a body that is no JSON, and for what an endpoint can't be sent.
    """
    said = request.messages
    if len(said) != 1 or said[0].role != "user":
        raise _unfit(
            "An endpoint is sent its body alone, and the prompt has other messages.",
            "Leave the system message and the examples out. A case's conversation goes into the "
            "body: {{ messages|tojson }}.",
        )
    if said[0].attachments:
        raise _unfit(
            "The case has attachments, and an endpoint is sent its body alone.",
            "Try cases without files, or ask a model.",
        )
    try:
        return canonical(products.body(clean(said[0].content))).encode()
    except InputError as error:
        raise _unfit(error.message, error.hint) from error


async def read(chunks: AsyncIterator[bytes], product: Product, model: str, clock: Clock) -> Answer:
    """The answer in a product's reply. Raises ModelError: MALFORMED where there is none at its
    path, TOO_LARGE."""
    raw = b""
    async for chunk in chunks:
        raw += chunk
        if len(raw) > MOST_REPLY:
            raise oversize.without_answer(MOST_REPLY)
    reply = parsed(raw)
    latency_ms = clock.ms()
    text = _text(product.answer, reply)
    if text is None or not text.strip():
        begins = raw[:_SHOWN].decode("utf-8", "replace")
        raise ModelError(
            CallFailure.MALFORMED if text is None else CallFailure.EMPTY,
            f"The reply has no answer at {product.answer}. It begins: {clean(begins)}",
            "Correct the path of the answer in Settings.",
            has_begun=True,
        )
    if len(text.encode()) > oversize.MAX_TEXT:
        over = oversize.Oversize(text)
        kept = oversize.beginning(text, oversize.MAX_TEXT)
        raise oversize.failure(over, len(text.encode()), kept, "", is_whole=True)
    return Answer(
        text,
        "",
        _text(product.model, reply) or model,
        latency_ms,
        None,
        _count(product.input_tokens, reply),
        _count(product.output_tokens, reply),
    )


def parsed(raw: bytes) -> Any:
    """A reply as JSON. Raises ModelError(MALFORMED)."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        begins = clean(raw[:_SHOWN].decode("utf-8", "replace"))
        raise ModelError(
            CallFailure.MALFORMED,
            f"The endpoint's reply is no JSON. It begins: {begins}",
            "Check its address in Settings.",
            has_begun=True,
        ) from error


def shown(heard: Iterable[bytes]) -> str:
    """A reply as it was read, as far as people look at it."""
    return clean(b"".join(heard).decode("utf-8", "replace"))[:_MOST_SHOWN]


async def ask(
    transport: "Transport",
    product: Product,
    request: Request,
    headers: Mapping[str, str],
    on_text: Callable[[str], None] | None = None,
    keep: list[bytes] | None = None,
) -> Answer:
    """A product's answer to a request. Raises what `body_of`, `called` and `read` raise."""
    body, clock = body_of(request), Clock()
    async with aclosing(called(transport, body, headers, keep)) as chunks:
        answer = await read(chunks, product, request.model, clock)
    if on_text is not None:
        on_text(answer.text)
    return answer


async def called(
    transport: "Transport", body: bytes, headers: Mapping[str, str], keep: list[bytes] | None = None
) -> AsyncGenerator[bytes]:
    """The bytes of a reply to a body, as they come; what is in `keep` gets them too. Raises
    what `Transport.send` raises."""
    try:
        reply = await transport.send(body, headers)
    except Refused as refused:
        if keep is not None:
            keep.append(refused.body)
        raise
    async with reply:
        async for chunk in reply:
            if keep is not None:
                keep.append(chunk)
            yield chunk


def _text(path: str, reply: Any) -> str | None:
    """What stands at a path: a text as it is, one value or several others as JSON."""
    if not path:
        return None
    found = json_path.found(path, reply)
    if not found or found == [None]:
        return None
    one = found[0] if len(found) == 1 else found
    return clean(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False))


def _count(path: str, reply: Any) -> int | None:
    found = json_path.found(path, reply) if path else []
    whole = isinstance(found[0], int) and not isinstance(found[0], bool) if found else False
    return found[0] if whole and found[0] >= 0 else None


def _unfit(message: str, hint: str) -> TemplateError:
    return TemplateError(message, hint)
