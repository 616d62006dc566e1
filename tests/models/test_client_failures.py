"""Every way a server can fail is told apart, costs one request, and is explained."""

import logging
import time
import traceback

import pytest

from tests.faults import endpoint as faults
from tests.models.conftest import CANARY, ask, failure
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, ModelError
from workbench.models import failures
from workbench.models.client import Client

BOTH = {
    "rate_limit": CallFailure.RATE_LIMIT,
    "quota": CallFailure.QUOTA,
    "server_error": CallFailure.SERVER,
    "unavailable": CallFailure.SERVER,
    "endless_error": CallFailure.SERVER,
    "unauthorized": CallFailure.AUTHENTICATION,
    "forbidden": CallFailure.AUTHENTICATION,
    "unknown_model": CallFailure.UNKNOWN_MODEL,
    "bad_request": CallFailure.BAD_REQUEST,
    "unprocessable": CallFailure.BAD_REQUEST,
    "redirect": CallFailure.REDIRECT,
    "reset": CallFailure.CONNECTION,
    "half_body": CallFailure.CONNECTION,
    "not_json": CallFailure.MALFORMED,
    "html": CallFailure.MALFORMED,
    "latin1": CallFailure.MALFORMED,
    "json_list": CallFailure.MALFORMED,
    "deep_json": CallFailure.MALFORMED,
    "no_choices": CallFailure.MALFORMED,
    "zero_choices": CallFailure.MALFORMED,
    "null_content": CallFailure.MALFORMED,
    "tool_call": CallFailure.MALFORMED,
    "empty": CallFailure.EMPTY,
    "three_megabytes": CallFailure.TOO_LARGE,
    "ten_megabytes": CallFailure.TOO_LARGE,
}
# Without a deadline a hanging server takes an hour, and a dripping one minutes.
MUCH_LATER_S = 20.0
STREAMED = {
    "truncated_stream": CallFailure.TRUNCATED_STREAM,
    "cut_stream": CallFailure.TRUNCATED_STREAM,
    "cut_line": CallFailure.TRUNCATED_STREAM,
    "error_in_stream": CallFailure.SERVER,
}


@pytest.mark.parametrize(("mode", "expected"), BOTH.items())
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
def test_a_fault_is_classified_and_costs_one_request(
    mode: str, expected: CallFailure, is_streamed: bool
) -> None:
    error = failure(mode, is_streamed=is_streamed)
    assert error.failure is expected
    assert error.hint


@pytest.mark.parametrize(("mode", "expected"), STREAMED.items())
def test_a_broken_stream_is_never_an_answer(mode: str, expected: CallFailure) -> None:
    assert failure(mode, is_streamed=True).failure is expected


@pytest.mark.parametrize("mode", ["hang", "drip"])
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
def test_the_deadline_covers_the_whole_answer(mode: str, is_streamed: bool) -> None:
    started = time.perf_counter()
    error = failure(mode, timeout_s=2.0, is_streamed=is_streamed)
    assert error.failure is CallFailure.TIMEOUT
    assert time.perf_counter() - started < MUCH_LATER_S
    assert "2 s" in error.message


def test_a_closed_port_says_that_nothing_answers() -> None:
    with faults.serve() as server:
        pass
    with pytest.raises(ModelError, match="nothing answers") as caught:
        ask(server)
    assert caught.value.failure is CallFailure.CONNECTION


def test_a_server_without_tls_cannot_be_reached_by_https() -> None:
    with faults.serve() as server, pytest.raises(ModelError, match="secure connection") as caught:
        ask(server, base_url=server.base_url.replace("http:", "https:"))
    assert caught.value.failure is CallFailure.CONNECTION
    assert server.requests == 0


@pytest.mark.parametrize(
    ("mode", "low", "high"),
    [("rate_limit", 1, 1), ("rate_limit_hour", 3600, 3600), ("rate_limit_date", 0, 2)],
)
def test_a_rate_limit_tells_how_long_the_server_asks_to_wait(
    mode: str, low: float, high: float
) -> None:
    seconds = failure(mode).retry_after
    assert seconds is not None
    assert low <= seconds <= high


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "", "1e999"])
def test_a_retry_after_that_makes_no_sense_is_no_wish(value: str) -> None:
    assert failures.retry_seconds({"retry-after": value}) is None


def test_the_servers_reason_is_passed_on() -> None:
    assert "max_tokens is too large" in failure("bad_request").message


def test_a_page_of_html_is_not_quoted_as_a_reason() -> None:
    assert "<" not in failure("unavailable").message


def test_a_reason_is_one_short_line_without_control_characters() -> None:
    assert failures.plain("a\x1b[31m\n\u202e b", (CANARY,)) == "a [31m b"
    assert len(failures.plain("x" * 9999, (CANARY,))) == 300


def test_a_redirect_is_explained_and_not_followed() -> None:
    assert "redirects are not followed" in failure("redirect").message


@pytest.mark.parametrize("mode", ["echo_key", "unauthorized", "reset", "html", "hang"])
def test_the_key_is_in_no_error_and_no_log(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        error = failure(mode, timeout_s=2.0)
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert CANARY not in shown
    assert CANARY not in caplog.text
    assert error.__cause__ is None
    assert error.__context__ is None


def test_an_answer_that_quotes_the_key_is_kept_without_it() -> None:
    with faults.serve(text=f"your key is {CANARY}") as server:
        assert ask(server).text == "your key is [key hidden]"


@pytest.mark.parametrize("key", [CANARY + "\n", CANARY + "é", CANARY + " x"])
def test_a_key_that_cannot_travel_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ModelError) as caught:
        Client(Connection("Fake", "http://localhost"), api_key=key)
    assert caught.value.failure is CallFailure.AUTHENTICATION
    assert CANARY not in "".join(traceback.format_exception(caught.value, chain=True))


def test_a_client_does_not_show_its_key() -> None:
    assert CANARY not in repr(Client(Connection("Fake", "http://localhost"), api_key=CANARY))
