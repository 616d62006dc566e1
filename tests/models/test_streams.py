"""Streams as servers send them: errors inside, streams nobody asked for, options they refuse."""

import asyncio
import json
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, delta, http, stream
from tests.models.conftest import ask, ignore
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import CallFailure, ModelError
from workbench.models.client import Client

DONE = "data: [DONE]"
BOTH = pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])


def failed(raw: bytes, *, is_streamed: bool = True) -> ModelError:
    with faults.serve(canned=lambda body: raw) as server, pytest.raises(ModelError) as caught:
        ask(server, on_text=ignore if is_streamed else None)
    return caught.value


def broken(message: str, code: object = None) -> object:
    return {"error": {"message": message, "code": code}}


OVERLOADED = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
INSIDE: dict[str, tuple[object, CallFailure, str]] = {
    "an object": (broken("it burns", 500), CallFailure.BROKEN_OFF, "it burns"),
    "a text": ({"error": "it burns"}, CallFailure.BROKEN_OFF, "it burns"),
    "a named event": (f"event: error\ndata: {OVERLOADED}", CallFailure.BROKEN_OFF, "Overloaded"),
    "a named event of text": ("event: error\ndata: it burns", CallFailure.BROKEN_OFF, "it burns"),
    "a named event without a name for its error": (
        'event: error\ndata: {"message": "it burns"}', CallFailure.BROKEN_OFF, "it burns",
    ),
    "a line of text": ("data: Internal Server Error", CallFailure.BROKEN_OFF, "Internal"),
    "JSON without its prefix": (json.dumps(broken("no memory")), CallFailure.BROKEN_OFF, "memory"),
    "a list": ([broken("it burns")], CallFailure.BROKEN_OFF, "it burns"),
    "in the choice": (
        {"choices": [{"index": 0, "delta": {}, "error": {"message": "it burns"}}]},
        CallFailure.BROKEN_OFF, "it burns",
    ),
    "a rate limit": (broken("slow down", 429), CallFailure.RATE_LIMIT, "slow down"),
    "a filter": (broken("flagged", "content_filter"), CallFailure.FILTERED, "flagged"),
}  # fmt: skip


@BOTH
@pytest.mark.parametrize(("event", "failure", "words"), INSIDE.values(), ids=INSIDE)
def test_an_error_inside_a_stream_is_a_failure_with_the_servers_words(
    event: object, failure: CallFailure, words: str, is_streamed: bool
) -> None:
    error = failed(stream(delta("The refund"), event, DONE), is_streamed=is_streamed)
    assert (error.failure, error.partial) == (failure, "The refund")
    assert words in error.message
    assert error.may_be_billed


def test_an_error_before_any_text_was_not_paid_for() -> None:
    error = failed(stream(broken("it burns", 500)))
    assert (error.failure, error.may_be_billed) == (CallFailure.SERVER, False)


def test_an_error_after_the_end_that_was_stated_is_an_error_all_the_same() -> None:
    error = failed(stream(delta("It is whole", "stop"), broken("lost it", 500)))
    assert (error.failure, error.partial) == (CallFailure.BROKEN_OFF, "It is whole")


def test_an_error_of_another_answer_is_none_of_the_first() -> None:
    other: dict[str, Any] = {"index": 1, "delta": {}, "error": {"message": "it burns"}}
    raw = stream(delta("pong"), {"choices": [other]}, delta(None, "stop"), DONE)
    with faults.serve(canned=lambda body: raw) as server:
        assert ask(server, on_text=ignore).text == "pong"


GOOD = {
    "plain": stream(delta("Your "), delta("parcel", "stop"), DONE),
    "with comments and names": stream(
        ": ping", "event: message\nid: 1\nretry: 5\n" + "data: " + json.dumps(delta("Your ")),
        delta("parcel", "stop"), DONE,
    ),
    "JSON over several lines": stream(
        'data: {\ndata: "choices": [{"delta": {"content": "Your parcel"}}]\ndata: }',
        delta(None, "stop"), DONE,
    ),
    "lines that end as on Windows": stream(
        f"data: {json.dumps(delta('Your '))}\r", f"data: {json.dumps(delta('parcel', 'stop'))}\r"
    ),
    "a whole message in place of a piece": stream(
        {"choices": [{"message": {"content": "Your parcel"}, "finish_reason": "stop"}]}, DONE
    ),
    "one JSON document": http(completion("Your parcel")),
    "one JSON document that calls itself a stream": http(
        completion("Your parcel"), kind="text/event-stream"
    ),
    "a stream that calls itself JSON": stream(delta("Your parcel", "stop"), DONE).replace(
        b"text/event-stream", b"application/json"
    ),
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("raw", GOOD.values(), ids=GOOD)
def test_an_answer_is_read_by_what_it_is_whatever_was_asked_for(
    raw: bytes, is_streamed: bool
) -> None:
    with faults.serve(canned=lambda body: raw) as server:
        answer = ask(server, on_text=ignore if is_streamed else None)
    assert (answer.text, answer.finish_reason) == ("Your parcel", "stop")


def refusing(field: str, message: str, param: str | None) -> Any:
    """A server that knows no such field of a request."""

    def reply(body: dict[str, Any]) -> bytes:
        if field in body:
            error = {"message": message, "param": param, "type": "invalid_request_error"}
            return http(json.dumps({"error": error}), 400)
        if body.get("stream"):
            return stream(delta("pong", "stop"), DONE)
        return http(completion("pong"))

    return reply


def asked_twice(base_url: str) -> tuple[str, str]:
    """What one client says to the same request, streamed, the first time and the second."""
    request = Request("fake-1", (Message("user", "ping"),))

    async def twice() -> tuple[str, str]:
        async with Client(Connection("Fake", base_url)) as client:
            first = await client.ask(request, 10.0, ignore)
            return first.text, (await client.ask(request, 10.0, ignore)).text

    return asyncio.run(twice())


@pytest.mark.parametrize(
    ("field", "message", "param", "fields"),
    [
        ("stream_options", "Unknown field", "stream_options", [{"stream"}] * 2),
        ("stream_options", "Unrecognized argument: stream_options", None, [{"stream"}] * 2),
        ("stream", "Streams are not supported here", "stream", [set(), set()]),
    ],
)
def test_a_server_that_refuses_how_a_stream_is_asked_for_is_asked_without_from_then_on(
    field: str, message: str, param: str | None, fields: list[set[str]]
) -> None:
    with faults.serve(canned=refusing(field, message, param)) as server:
        assert asked_twice(server.base_url) == ("pong", "pong")
        sent = [json.loads(body) for body in server.bodies]
    asked = [{"stream", "stream_options"} & set(body) for body in sent]
    assert asked == [{"stream", "stream_options"}, *fields]


def test_any_other_refusal_of_a_stream_is_one_request() -> None:
    with faults.serve("bad_request") as server, pytest.raises(ModelError):
        asked_twice(server.base_url)
    assert server.requests == 1
