"""Errors are told apart by code, type, param, status and headers first, by words last."""

import json
import time
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, http
from tests.models.conftest import ask, ignore
from workbench.errors import CallFailure, ModelError
from workbench.models import failures


def failed(raw: bytes, *, is_streamed: bool = False) -> ModelError:
    """What becomes of one reply, after exactly one request."""
    with faults.serve(canned=lambda body: raw) as server:
        with pytest.raises(ModelError) as caught:
            ask(server, on_text=ignore if is_streamed else None)
        assert server.requests == 1
    return caught.value


def wrapped(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


FLAGGED = wrapped("Flagged (violence).", code=403, metadata={"reasons": ["violence"]})
AZURE = wrapped(
    "The response was filtered", type=None, param="prompt", code="content_filter", status=400,
    innererror={"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {}}},
)  # fmt: skip
GEMINI_KEY = [wrapped("API key not valid.", code=400, status="INVALID_ARGUMENT")]
VLLM_LONG = {
    "object": "error",
    "message": "This model's maximum context length is 2048",
    "code": 400,
}
VLLM_MODEL = {"object": "error", "message": "The model `x` does not exist.", "code": 404}
LOC = {"detail": [{"loc": ["body", "stop"], "msg": "at most 4 items", "type": "value_error"}]}
PASSED_ON = wrapped(
    "Provider returned error", code=400,
    metadata={"raw": json.dumps(wrapped("prompt is too long: 210000 tokens"))},
)  # fmt: skip
ALIBABA = {"code": "DataInspectionFailed", "message": "Input may be inappropriate"}
CREDIT = {"type": "error", "error": {"type": "invalid_request_error", "message": "credit balance"}}

REFUSED: dict[str, tuple[int, object, CallFailure, str]] = {
    "one flagged input": (403, FLAGGED, CallFailure.FILTERED, "violence"),
    "one flagged input, by its words": (
        403, wrapped("blocked by our content policy"), CallFailure.FILTERED, "content policy",
    ),
    "a filter, as Azure says it": (400, AZURE, CallFailure.FILTERED, "was filtered"),
    "a filter, as Alibaba says it": (400, ALIBABA, CallFailure.FILTERED, "inappropriate"),
    "a filter, as a class's name": (
        400, wrapped("litellm.ContentPolicyViolationError: x", code="400"),
        CallFailure.FILTERED, "litellm",
    ),
    "a prompt that is too long": (
        400, wrapped("Too much", code="context_length_exceeded"), CallFailure.TOO_LONG, "Too much",
    ),
    "a text that is too long": (
        400, wrapped("Invalid", code="string_above_max_length"), CallFailure.TOO_LONG, "Invalid",
    ),
    "too long, as vLLM says it": (400, VLLM_LONG, CallFailure.TOO_LONG, "2048"),
    "too long, behind a gateway": (400, PASSED_ON, CallFailure.TOO_LONG, "210000"),
    "too much in one request": (
        413, wrapped("tokens per minute", code="rate_limit_exceeded"), CallFailure.TOO_LONG, "per",
    ),
    "a wrong key in a list": (400, GEMINI_KEY, CallFailure.AUTHENTICATION, "API key not valid"),
    "a wrong key by its code": (
        403, wrapped("No", code="invalid_api_key"), CallFailure.AUTHENTICATION, "No",
    ),
    "no key": (401, {"detail": "Unauthorized"}, CallFailure.AUTHENTICATION, "Unauthorized"),
    "an unknown model": (404, VLLM_MODEL, CallFailure.UNKNOWN_MODEL, "does not exist"),
    "an unknown deployment": (
        404, wrapped("Not here", code="DeploymentNotFound"), CallFailure.UNKNOWN_MODEL, "Not here",
    ),
    "an unknown model by its field": (
        400, wrapped("Not one of ours", param="model"), CallFailure.UNKNOWN_MODEL, "Not one",
    ),
    "a rate limit that speaks of billing": (
        429, wrapped("3 per minute. See account/billing for more", code="rate_limit_exceeded"),
        CallFailure.RATE_LIMIT, "billing",
    ),
    "a rate limit that speaks of a quota": (
        429, [wrapped("You exceeded your current quota", status="RESOURCE_EXHAUSTED")],
        CallFailure.RATE_LIMIT, "current quota",
    ),
    "a quota by its code": (
        429, wrapped("Slow down", code="insufficient_quota"), CallFailure.QUOTA, "Slow down",
    ),
    "a quota by its type": (
        429, wrapped("Hm", type="exceeded_current_quota_error"), CallFailure.QUOTA, "Hm",
    ),
    "no credit": (402, wrapped("Insufficient Balance"), CallFailure.QUOTA, "Insufficient"),
    "no credit, by its words": (400, CREDIT, CallFailure.QUOTA, "credit balance"),
    "a field of the request": (422, LOC, CallFailure.BAD_REQUEST, "body.stop: at most 4 items"),
    "an error of unknown shape": (400, {"oops": [1]}, CallFailure.BAD_REQUEST, "oops"),
    "overloaded": (
        529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        CallFailure.SERVER, "Overloaded",
    ),
    "a server that failed on a filter": (
        500, wrapped("content filter crashed", code="content_filter_error"),
        CallFailure.SERVER, "crashed",
    ),
    "in its way": (409, wrapped("conflict"), CallFailure.SERVER, "conflict"),
}  # fmt: skip


@pytest.mark.parametrize(("status", "body", "failure", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refused_request_is_told_by_its_code_and_passed_on_in_its_words(
    status: int, body: object, failure: CallFailure, words: str
) -> None:
    error = failed(http(json.dumps(body), status))
    assert error.failure is failure
    assert words in error.message
    assert "base URL" not in error.hint


GOOD_STATUS: dict[str, tuple[object, CallFailure]] = {
    "a gateway's code": (wrapped("upstream is overloaded", code=502), CallFailure.SERVER),
    "a limit's code": (wrapped("this minute", code=429), CallFailure.RATE_LIMIT),
    "a code as a text": (wrapped("Bad", code="401"), CallFailure.AUTHENTICATION),
    "a text": ({"error": "the model is loading"}, CallFailure.SERVER),
    "no choices beside it": (wrapped("broken") | {"choices": None}, CallFailure.SERVER),
    "a list": (GEMINI_KEY, CallFailure.AUTHENTICATION),
    "Anthropic's way": (
        {"type": "error", "error": {"type": "rate_limit_error", "message": "much"}},
        CallFailure.RATE_LIMIT,
    ),
    "vLLM's way": (VLLM_LONG, CallFailure.TOO_LONG),
    "FastAPI's way": ({"detail": "the model is busy"}, CallFailure.SERVER),
    "MiniMax's way": (
        {"base_resp": {"status_code": 1004, "status_msg": "login fail"}},
        CallFailure.AUTHENTICATION,
    ),
    "Gemini's block": ({"promptFeedback": {"blockReason": "SAFETY"}}, CallFailure.FILTERED),
    "Azure's block": (
        {
            "choices": [],
            "prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": True}}}],
        },
        CallFailure.FILTERED,
    ),
    "in the choice": (
        {"choices": [{"message": {"content": ""}, "error": {"code": 429, "message": "later"}}]},
        CallFailure.RATE_LIMIT,
    ),
    "choices that are null": ({"choices": None}, CallFailure.BROKEN_OFF),
}


@pytest.mark.parametrize(("body", "failure"), GOOD_STATUS.values(), ids=GOOD_STATUS)
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
def test_an_error_in_a_good_reply_is_read_as_that_of_a_bad_one(
    body: object, failure: CallFailure, is_streamed: bool
) -> None:
    error = failed(http(json.dumps(body)), is_streamed=is_streamed)
    assert error.failure is failure
    assert "base URL" not in error.hint


def test_what_a_broken_answer_had_said_is_kept_and_may_be_billed() -> None:
    choice = {
        "message": {"content": "The refund was sen"},
        "finish_reason": "error",
        "error": {"code": 502, "message": "upstream went away"},
    }
    error = failed(http(json.dumps({"choices": [choice]})))
    assert (error.failure, error.partial) == (CallFailure.BROKEN_OFF, "The refund was sen")
    assert "upstream went away" in error.message
    assert error.failure.is_retryable
    assert error.may_be_billed
    assert not failed(http(json.dumps(wrapped("no", code=502)))).may_be_billed


def test_a_plain_text_in_place_of_an_answer_is_quoted() -> None:
    error = failed(http("upstream connect error"))
    assert (error.failure, error.failure.is_retryable) == (CallFailure.SERVER, True)
    assert "upstream connect error" in error.message


@pytest.mark.parametrize("nothing", [None, "", {}, {"code": 0, "message": ""}, False, []])
def test_an_error_field_that_says_nothing_is_none(nothing: object) -> None:
    body = json.loads(completion("pong")) | {"error": nothing}
    with faults.serve(canned=lambda asked: http(json.dumps(body))) as server:
        assert ask(server).text == "pong"


@pytest.mark.parametrize(
    "raw",
    [
        http(json.dumps({"message": "Welcome to the server"})),
        http(json.dumps({"status": "ok"})),
        http("<html>Sign in", kind="text/html"),
        http(json.dumps({"detail": "Not Found"}), 404),
        http("<html>nginx</html>", 404, "text/html"),
    ],
)
def test_the_base_url_is_named_where_it_is_the_likely_fault(raw: bytes) -> None:
    assert "base URL" in failed(raw).hint


@pytest.mark.parametrize(
    "raw",
    [
        http('{"choices": ['),
        http(""),
        http(json.dumps({"choices": []})),
        http(completion("")),
        http(completion(None)),
        http("", 400),
        http("<html>521</html>", 521, "text/html"),
    ],
)
def test_the_base_url_is_not_named_where_it_is_not(raw: bytes) -> None:
    error = failed(raw)
    assert "base URL" not in error.hint
    assert error.hint


def test_the_field_at_fault_is_known() -> None:
    assert failed(http(json.dumps(wrapped("no", param="seed")), 400)).param == "seed"
    assert failed(http(json.dumps(LOC), 422)).param == "stop"


def waits(value: str, body: object = None) -> float | None:
    raw = http(json.dumps(body or wrapped("later")), 429, more=f"Retry-After: {value}\r\n")
    return failed(raw).retry_after


def test_a_limit_waits_as_long_as_the_server_asks_whatever_it_says() -> None:
    assert waits("20", wrapped("add a payment method: billing, quota, credit balance")) == 20


def test_a_wait_in_the_body_is_a_wish_too() -> None:
    details = [{"@type": "google.rpc.RetryInfo", "retryDelay": "34.07s"}]
    error = failed(http(json.dumps([wrapped("quota", code=429, details=details)]), 429))
    assert error.retry_after == 34.07


@pytest.mark.parametrize("value", ["1e300", "9" * 30, "Mon, 99 Foo 99999 99:99:99 GMT", "-5"])
def test_an_absurd_wish_is_none_and_can_be_printed(value: str) -> None:
    raw = http(json.dumps(wrapped("later")), 429, more=f"Retry-After: {value}\r\n")
    error = failed(raw)
    assert error.retry_after is None
    assert "asks to wait" not in error.message
    assert len(error.message) < 300


def test_a_moment_in_unix_time_is_a_wait_until_then() -> None:
    seconds = waits(str(int(time.time()) + 3000))
    assert seconds is not None
    assert 0 < seconds <= 3000


def test_a_moment_long_past_is_no_wait() -> None:
    assert waits("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_a_long_wait_is_said_in_the_unit_that_people_count_it_in() -> None:
    assert failures.wait_words(20) == "20 s"
    assert failures.wait_words(3600) == "3600 s (about 60 minutes)"
    assert failures.wait_words(259_200) == "259200 s (about 3 days)"
