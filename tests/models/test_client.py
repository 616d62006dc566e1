"""What a client sends, and what it makes of good answers."""

import asyncio

import pytest

from tests.faults import endpoint as faults
from tests.models.conftest import CANARY, ask, ignore
from workbench.domain.calls import Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.models.client import Client


def test_a_good_answer_has_text_counts_and_times() -> None:
    with faults.serve(text="pong pong") as server:
        answer = ask(server)
    assert answer.text == "pong pong"
    assert (answer.finish_reason, answer.model) == ("stop", "fake-1")
    assert (answer.input_tokens, answer.output_tokens) == (7, 2)
    assert answer.latency_ms > 0
    assert answer.first_token_ms is None


def test_a_streamed_answer_grows_before_the_readers_eyes() -> None:
    seen: list[str] = []
    with faults.serve(text="pong pong") as server:
        answer = ask(server, on_text=seen.append)
    assert seen[0] == "pong"
    assert seen[-1] == answer.text == "pong pong"
    assert (answer.input_tokens, answer.output_tokens) == (7, 2)
    assert answer.first_token_ms is not None
    assert answer.first_token_ms <= answer.latency_ms


def test_without_a_reader_nothing_is_streamed() -> None:
    with faults.serve() as server:
        ask(server)
    assert "stream" not in server.last_body


@pytest.mark.parametrize("is_streamed", [False, True])
def test_an_answer_cut_at_the_token_limit_says_so(is_streamed: bool) -> None:
    with faults.serve("length") as server:
        answer = ask(server, on_text=ignore if is_streamed else None)
    assert (answer.text, answer.finish_reason) == ("pong", "length")


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_megabyte_of_text_is_kept_whole(is_streamed: bool) -> None:
    with faults.serve("megabyte") as server:
        answer = ask(server, on_text=ignore if is_streamed else None)
    assert answer.text == "m" * 1_000_000


def test_a_lone_surrogate_is_written_out_so_that_nothing_later_breaks() -> None:
    with faults.serve("surrogate") as server:
        assert ask(server).text == "a\\ud800b"


def test_a_character_split_over_two_pieces_of_a_stream_is_joined() -> None:
    with faults.serve("split_pair") as server:
        assert ask(server, on_text=ignore).text == "a😀b"


def test_a_refusal_is_an_answer() -> None:
    with faults.serve("refusal") as server:
        assert ask(server).text == "I cannot help with that."


def test_a_server_that_does_not_stream_is_read_whole() -> None:
    seen: list[str] = []
    with faults.serve("refusal") as server:
        ask(server, on_text=seen.append)
    assert seen == ["I cannot help with that."]


def test_parameters_travel_and_defaults_stay_unsaid() -> None:
    schema = {"type": "object", "additionalProperties": False}
    asked = Parameters(seed=3, stop=("END",), json_schema=schema, extra_body={"min_p": 0.1})
    with faults.serve() as server:
        ask(server, asked)
    body = server.last_body
    assert (body["seed"], body["stop"], body["min_p"], body["max_tokens"]) == (3, ["END"], 0.1, 256)
    assert body["response_format"]["json_schema"]["schema"] == schema
    assert "temperature" not in body


def test_the_extra_body_cannot_replace_the_model_or_the_prompt() -> None:
    asked = Parameters(extra_body={"model": "other", "messages": [], "stream": True})
    with faults.serve() as server:
        ask(server, asked)
    assert server.last_body["model"] == "fake-1"
    assert server.last_body["messages"] == [{"role": "user", "content": "ping"}]


def test_a_newer_name_for_the_token_limit_replaces_the_old_one() -> None:
    with faults.serve() as server:
        ask(server, Parameters(extra_body={"max_completion_tokens": 9}))
    assert "max_tokens" not in server.last_body


def test_a_prompt_with_a_lone_surrogate_can_be_sent() -> None:
    with faults.serve() as server:
        ask(server, prompt="a\udc00")
    assert server.last_body["messages"][0]["content"] == "a\\udc00"


def test_nothing_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with faults.serve() as thief, faults.serve() as server:
        stranger = thief.base_url.removesuffix("/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
        monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody-else")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: of-somebody-else\nX-Spy: else")
        monkeypatch.setenv("OPENAI_BASE_URL", thief.base_url)
        for proxy in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(proxy, stranger)
        ask(server, api_key="")
        assert thief.requests == 0
    assert "authorization" not in server.headers
    assert "else" not in repr(server.headers)


def test_the_key_goes_to_the_connections_server() -> None:
    with faults.serve() as server:
        ask(server)
    assert server.headers["authorization"] == f"Bearer {CANARY}"


def test_many_calls_run_at_once_on_one_client() -> None:
    async def calls(server: faults.Endpoint) -> None:
        request = Request("fake-1", (Message("user", "ping"),))
        async with Client(Connection("Fake", server.base_url)) as client:
            await asyncio.gather(*(client.ask(request) for _ in range(120)))

    with faults.serve(together=120) as server:
        asyncio.run(calls(server))
    assert server.requests == server.peak == 120


def test_a_cancelled_call_ends_at_once_and_leaves_the_client_usable() -> None:
    async def calls(server: faults.Endpoint) -> str:
        request = Request("fake-1", (Message("user", "ping"),))
        async with Client(Connection("Fake", server.base_url)) as client:
            hanging = asyncio.ensure_future(client.ask(request))
            while not server.open_requests:
                await asyncio.sleep(0.01)
            hanging.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hanging
            return (await client.ask(request)).text

    with faults.serve(["hang", "ok"]) as server:
        assert asyncio.run(calls(server)) == "pong"


def test_a_mix_of_faults_repeats_with_its_seed() -> None:
    mix = faults.Mix({"ok": 0.5, "server_error": 0.5}, seed=4)
    with faults.serve(mix) as first, faults.serve(mix) as second:
        outcomes = [[next(server.modes) for _ in range(50)] for server in (first, second)]
    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) == {"ok", "server_error"}
