"""A product's own endpoint, called by the rules that hold for models: body, answer, faults."""

import asyncio
import json
from typing import Any

import pytest

from tests.faults import endpoint as faults
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.products import Product
from workbench.domain.prompts import PromptText
from workbench.errors import CallFailure, InputError, ModelError
from workbench.models.client import Client
from workbench.models.templates import render

REPLY = {"data": {"answers": [{"text": "On its way."}]}, "engine": "v7", "usage": {"in": 4}}


def connection(url: str, product: Product | None = None, **more: Any) -> Connection:
    found = product or Product("$.data.answers[0].text", "POST", "$.engine", "$.usage.in")
    return Connection("Shop", url, endpoint=found.written(), timeout_s=10, **more).checked()


def ask(
    server: faults.Endpoint,
    body: str = '{"message": "Where is it?"}',
    product: Product | None = None,
    messages: tuple[Message, ...] = (),
    **more: Any,
) -> Answer:
    """One call to the product at the fault server."""

    async def call() -> Answer:
        url = f"http://127.0.0.1:{server.port}/api/reply"
        async with Client(connection(url, product), **more) as client:
            said = messages or (Message("user", body),)
            return await client.ask(Request("endpoint", said, Parameters(temperature=0.5)))

    return asyncio.run(call())


def serving(reply: object = REPLY, status: int = 200) -> Any:
    raw = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    return faults.serve(canned=lambda _: faults.http(raw, status=status))


def refused(reply: object = REPLY, status: int = 200, **asked: Any) -> ModelError:
    with serving(reply, status) as server, pytest.raises(ModelError) as caught:
        ask(server, **asked)
    return caught.value


def test_the_body_is_sent_as_it_is_written_and_nothing_else() -> None:
    with serving() as server:
        answer = ask(server, '{"message": "Wo?", "n": 1.50, "past": []}')
        assert server.last_body == {"message": "Wo?", "n": 1.5, "past": []}
        assert "authorization" not in {name.lower() for name in server.headers}
    assert (answer.text, answer.model) == ("On its way.", "v7")
    assert (answer.input_tokens, answer.output_tokens) == (4, None)


def test_a_key_goes_along_where_the_connection_names_one_and_is_never_repeated() -> None:
    reply = {"data": {"answers": [{"text": "sk-canary-7f3a91d2c4 is your key"}]}}
    with serving(reply) as server:
        answer = ask(server, api_key="sk-canary-7f3a91d2c4")
        sent = {name.lower(): value for name, value in server.headers.items()}
        assert sent["authorization"] == "Bearer sk-canary-7f3a91d2c4"
    assert "sk-canary" not in answer.text


def test_a_list_at_the_path_is_kept_as_json() -> None:
    with serving() as server:
        assert json.loads(ask(server, product=Product("$.data.answers")).text) == [
            {"text": "On its way."}
        ]


@pytest.mark.parametrize(
    ("reply", "status", "failure", "said"),
    [
        ({"other": 1}, 200, CallFailure.MALFORMED, "no answer at $.data.answers[0].text"),
        (b"<html>Sign in</html>", 200, CallFailure.MALFORMED, "is no JSON"),
        ({"error": "no seat left"}, 429, CallFailure.RATE_LIMIT, "no seat left"),
        ({"error": "who are you"}, 401, CallFailure.AUTHENTICATION, "who are you"),
        (b"oops", 500, CallFailure.SERVER, "500"),
        ({}, 307, CallFailure.REDIRECT, "elsewhere"),
    ],
    ids=["no answer", "a page", "too many", "no key", "fault", "redirect"],
)
def test_what_is_no_answer_says_what_came(
    reply: object, status: int, failure: CallFailure, said: str
) -> None:
    error = refused(reply, status)
    assert error.failure is failure
    assert said in error.message or failure is CallFailure.REDIRECT


def test_a_reply_that_goes_on_and_on_is_ended() -> None:
    endless = json.dumps({"data": "x" * 9_000_000}).encode()
    assert refused(endless).failure is CallFailure.TOO_LARGE


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"body": '{"message": Where?}'}, "body is not JSON: line 1"),
        ({"body": '"Where?"'}, "no JSON object"),
        (
            {"messages": (Message("system", "Be kind."), Message("user", "{}"))},
            "sent its body alone",
        ),
    ],
)
def test_what_can_not_be_a_body_is_never_sent(asked: dict[str, Any], said: str) -> None:
    with serving() as server:
        with pytest.raises(ModelError) as caught:
            ask(server, **asked)
        assert server.requests == 0
    assert caught.value.failure is CallFailure.TEMPLATE
    assert said in caught.value.message


def test_a_body_may_write_the_case_s_variables_and_conversation() -> None:
    text = PromptText("", '{"ask": {{ message|tojson }}, "past": {{ messages|tojson }}}')
    past = (Message("user", 'He said "no"'), Message("assistant", "Why?"), Message("user", "?"))
    (said,) = render(text, {"message": 'A "quote"\n'}, past)
    assert json.loads(said.content) == {
        "ask": 'A "quote"\n',
        "past": [{"role": m.role, "content": m.content} for m in past],
    }
    (said,) = render(text, {"message": "x"})
    assert json.loads(said.content)["past"] == []


@pytest.mark.parametrize(
    ("product", "said"),
    [
        (Product("$.answer["), "path of the answer"),
        (Product(" "), "no path to its answer"),
        (Product("$.a", "DELETE"), "is no method"),
        (Product("$.a", input_tokens="$..x"), "path of the input tokens"),
    ],
)
def test_an_endpoint_that_can_not_be_called_is_not_kept(product: Product, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        connection("https://shop.example.com/api/reply", product)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://u:p@x.example/a", "http://0x7f.1/"])
def test_the_rules_for_addresses_hold_for_endpoints_too(url: str) -> None:
    with pytest.raises(InputError):
        connection(url)
