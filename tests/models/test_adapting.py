"""What a server refuses is understood from its reply, and the next request is as it wants it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.picky import (
    DEVELOPER,
    JSON_OBJECT,
    JSON_SCHEMA,
    MAX_TOKENS,
    NO_SYSTEM,
    SEED,
    STOP,
    SYSTEM,
    TEMPERATURE,
    TOP_P,
    Refusal,
    openai,
    picky,
)
from workbench.domain.adaptations import Adaptation
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import ModelError
from workbench.models import complaints
from workbench.models.adapting import lesson, shaped, taught
from workbench.models.client import Client

SCHEMA = {"type": "object", "properties": {"order": {"type": "integer"}}}
EVERYTHING = Parameters(
    temperature=0.2, top_p=0.9, max_tokens=64, seed=7, stop=("END",), json_schema=SCHEMA
)
BODY: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    "max_tokens": 64,
    "temperature": 0.2,
    "top_p": 0.9,
    "seed": 7,
    "stop": ["END"],
    "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}},
}


def told(status: int | None, reply: object, body: dict[str, Any] = BODY) -> str:
    """What is learnt from a reply to a request, empty for nothing."""
    found = lesson(status, complaints.read(reply), body, ())
    return str(found) if found is not None else ""


def asked(refusals: list[Refusal], parameters: Parameters = EVERYTHING) -> tuple[Answer, Any, int]:
    """What a picky server answers at last, what it was sent then, and how often it was asked."""

    async def call(server: faults.Endpoint) -> Answer:
        said = (Message("system", "Be brief."), Message("user", "Hi"))
        request = Request("m", said, parameters)
        async with Client(Connection("Fake", server.base_url)) as client:
            for _ in range(10):
                try:
                    return await client.ask(request, 10.0)
                except ModelError as error:
                    if not error.lesson:
                        raise
                    known = taught(request.adaptations, Adaptation.parse(error.lesson))
                    request = replace(request, adaptations=known)
        raise AssertionError("it never answers")

    with faults.serve(canned=picky(refusals)) as server:
        answer = asyncio.run(call(server))
        return answer, server.last_body, server.requests


def test_max_tokens_is_sent_as_max_completion_tokens() -> None:
    answer, body, n_requests = asked([MAX_TOKENS])
    assert answer.adaptations == ("max_tokens as max_completion_tokens",)
    assert body["max_completion_tokens"] == 64
    assert "max_tokens" not in body
    assert n_requests == 2


@pytest.mark.parametrize(
    ("refusal", "field"),
    [(TEMPERATURE, "temperature"), (SEED, "seed"), (STOP, "stop"), (TOP_P, "top_p")],
)
def test_a_parameter_that_is_refused_is_left_out_and_that_is_said(
    refusal: Refusal, field: str
) -> None:
    answer, body, _ = asked([refusal])
    assert answer.adaptations == (f"{field} not sent",)
    assert field not in body
    assert set(body) == set(BODY) - {field}


def test_a_system_prompt_is_sent_as_the_developers() -> None:
    answer, body, _ = asked([SYSTEM])
    assert answer.adaptations == ("system as developer",)
    assert [m["role"] for m in body["messages"]] == ["developer", "user"]


def test_a_model_that_knows_no_such_role_gets_it_before_the_first_message() -> None:
    for refusals in ([NO_SYSTEM], [SYSTEM, DEVELOPER]):
        answer, body, n_requests = asked(refusals)
        assert answer.adaptations == ("system as user",)
        assert body["messages"] == [{"role": "user", "content": "Be brief.\n\nHi"}]
        assert n_requests == len(refusals) + 1


def test_a_template_without_a_system_role_may_fail_as_the_servers_own_fault() -> None:
    template = {"error": {"code": 500, "message": "System role not supported", "type": "server"}}
    answer, _, _ = asked([Refusal(NO_SYSTEM.is_in, template, 500)])
    assert answer.adaptations == ("system as user",)


def test_a_schema_that_is_refused_is_asked_for_as_an_object_and_in_words() -> None:
    answer, body, _ = asked([JSON_SCHEMA])
    assert answer.adaptations == ("response_format as json_object",)
    assert body["response_format"] == {"type": "json_object"}
    assert '"order"' in body["messages"][0]["content"]
    assert "JSON" in body["messages"][0]["content"]


def test_a_server_without_any_such_format_gets_the_schema_in_words() -> None:
    answer, body, n_requests = asked([JSON_SCHEMA, JSON_OBJECT])
    assert answer.adaptations == ("response_format not sent",)
    assert "response_format" not in body
    assert body["messages"][0]["content"].count('"order"') == 1
    assert n_requests == 3


def test_a_list_is_not_asked_for_as_an_object() -> None:
    a_list = replace(EVERYTHING, json_schema={"type": "array", "items": SCHEMA})
    answer, body, _ = asked([JSON_SCHEMA], a_list)
    assert answer.adaptations == ("response_format not sent",)
    assert "array" in body["messages"][0]["content"]


def test_a_server_that_refuses_nearly_everything_is_usable() -> None:
    refusals = [MAX_TOKENS, TEMPERATURE, TOP_P, SEED, STOP, SYSTEM, JSON_SCHEMA]
    answer, body, n_requests = asked(refusals)
    assert answer.text == "pong"
    assert len(answer.adaptations) == n_requests - 1 == len(refusals)
    assert set(body) == {"model", "messages", "max_completion_tokens", "response_format"}


def test_what_is_not_in_the_request_is_no_adaptation_of_it() -> None:
    made = shaped({"model": "m", "messages": []}, [Adaptation("temperature"), Adaptation("seed")])
    assert made.applied == ()


@pytest.mark.parametrize(
    ("reply", "learnt"),
    [
        (openai("Unrecognized request argument supplied: seed"), "seed not sent"),
        (openai("property 'seed' is unsupported"), "seed not sent"),
        (openai("`temperature` is deprecated for this model."), "temperature not sent"),
        (openai("invalid temperature: only 1 is allowed for this model"), "temperature not sent"),
        (openai("UnsupportedParamsError: parameters: ['stop']"), "stop not sent"),
        (
            openai("UnsupportedParamsError: x does not support parameters: {'temperature': 0.2}"),
            "temperature not sent",
        ),
        (openai("Model g does not support parameter stop."), "stop not sent"),
        (
            openai("Unsupported parameter. Use max_output_tokens.", "max_tokens", "unsupported"),
            "max_tokens as max_output_tokens",
        ),
        (openai("Developer instruction is not enabled for models/gemma"), "system as user"),
        (openai("Conversation roles must alternate user/assistant"), "system as user"),
        ({"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user'"}]},
         "system as user"),
    ],
)  # fmt: skip
def test_servers_say_the_same_thing_in_many_words(reply: object, learnt: str) -> None:
    assert told(400, reply) == learnt


@pytest.mark.parametrize(
    "reply",
    [
        openai("temperature must be between 0 and 1"),
        openai("Invalid 'temperature': above maximum value.", "temperature", "above_max_value"),
        openai("`temperature` and `top_p` cannot both be specified for this model."),
        openai("max_tokens is too large: this model supports at most 16", "max_tokens"),
        openai("Invalid schema for response_format 'answer'", "response_format", "bad_schema"),
        openai("You must stop: this is not allowed"),
        openai("Something is not supported"),
        openai("'logit_bias' is not supported", "logit_bias", "unsupported_parameter"),
        {"detail": "stop: too many"},
        "not supported",
    ],
)
def test_a_value_that_is_wrong_or_a_field_that_was_not_sent_teaches_nothing(reply: object) -> None:
    assert told(400, reply) == ""


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_only_a_refused_request_teaches(status: int) -> None:
    assert told(status, openai("`temperature` is not supported")) == ""


def test_the_limit_of_tokens_is_renamed_and_never_left_out() -> None:
    renamed = shaped(BODY, [Adaptation("max_tokens", "max_completion_tokens")])
    reply = complaints.read(openai("unknown", "max_completion_tokens", "unknown_parameter"))
    assert lesson(400, reply, renamed.body, renamed.applied) is None
    by_hand = {**BODY, "max_completion_tokens": 64}
    del by_hand["max_tokens"]
    assert told(400, openai("x", "max_completion_tokens", "unknown_parameter"), by_hand) == (
        "max_completion_tokens as max_tokens"
    )


@pytest.mark.parametrize(
    "text", ["temperature not sent", "max_tokens as max_completion_tokens", "system as user"]
)
def test_an_adaptation_is_read_as_it_is_written(text: str) -> None:
    assert str(Adaptation.parse(text)) == text
