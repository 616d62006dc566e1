"""How an answer ended decides what it is: an output, a marked one, or a failed call."""

import json

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, delta, http, stream
from tests.models.conftest import ask, ignore
from workbench.domain.calls import Answer, Parameters
from workbench.errors import CallFailure, ModelError

BOTH = pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])


def said(raw: bytes, *, is_streamed: bool = False, parameters: Parameters | None = None) -> Answer:
    """What becomes of one reply."""
    with faults.serve(canned=lambda body: raw) as server:
        return ask(server, parameters, on_text=ignore if is_streamed else None)


def failed(raw: bytes, *, is_streamed: bool = False) -> ModelError:
    with pytest.raises(ModelError) as caught:
        said(raw, is_streamed=is_streamed)
    return caught.value


def streamed(text: str, finish: str | None) -> bytes:
    return stream(delta(text[:5]), delta(text[5:]), delta(None, finish), "data: [DONE]")


@BOTH
@pytest.mark.parametrize("word", ["stop", "STOP", "end_turn", "eos_token", "COMPLETE", "length"])
def test_a_good_end_makes_an_output_and_its_word_is_kept(word: str, is_streamed: bool) -> None:
    for raw in (http(completion("It is whole.", word)), streamed("It is whole.", word)):
        answer = said(raw, is_streamed=is_streamed)
        assert (answer.text, answer.finish_reason) == ("It is whole.", word)
        assert not answer.is_refusal


@BOTH
@pytest.mark.parametrize("finish", [None, ""])
def test_an_end_that_is_not_stated_makes_an_output_where_the_text_came_whole(
    finish: str | None, is_streamed: bool
) -> None:
    choice = {"message": {"content": "It is whole."}, "finish_reason": finish}
    for raw in (http(json.dumps({"choices": [choice]})), streamed("It is whole.", finish)):
        answer = said(raw, is_streamed=is_streamed)
        assert (answer.text, answer.finish_reason) == ("It is whole.", "")


@BOTH
def test_a_stream_without_any_end_is_no_output(is_streamed: bool) -> None:
    error = failed(stream(delta("It is"), delta(" half")), is_streamed=is_streamed)
    assert (error.failure, error.partial) == (CallFailure.TRUNCATED_STREAM, "It is half")


@BOTH
@pytest.mark.parametrize(
    ("word", "failure", "helps"),
    [
        ("content_filter", CallFailure.FILTERED, False),
        ("SAFETY", CallFailure.FILTERED, False),
        ("error", CallFailure.BROKEN_OFF, True),
        ("abort", CallFailure.BROKEN_OFF, True),
        ("insufficient_system_resource", CallFailure.BROKEN_OFF, True),
        ("banana", CallFailure.UNKNOWN_ENDING, False),
    ],
)
def test_any_other_end_is_a_failed_call_that_keeps_what_was_said(
    word: str, failure: CallFailure, helps: bool, is_streamed: bool
) -> None:
    for raw in (http(completion("The refund is", word)), streamed("The refund is", word)):
        error = failed(raw, is_streamed=is_streamed)
        assert (error.failure, error.partial) == (failure, "The refund is")
        assert error.failure.is_retryable is helps
        assert error.may_be_billed
        assert word in error.message
        assert "base URL" not in error.hint


def test_a_filter_that_left_nothing_is_named_too() -> None:
    error = failed(http(completion(None, "content_filter")))
    assert (error.failure, error.partial) == (CallFailure.FILTERED, "")
    assert "filter" in error.message


@BOTH
@pytest.mark.parametrize("content", [None, "", "Hm."])
def test_a_refusal_of_the_api_is_an_output_that_is_marked(
    content: str | None, is_streamed: bool
) -> None:
    refusal = "I can't help with that."
    whole = http(completion(content, refusal=refusal))
    pieces = stream(
        delta(content), delta(None, refusal="I can't "), delta(None, refusal="help with that."),
        delta(None, "stop"), "data: [DONE]",
    )  # fmt: skip
    for raw in (whole, pieces):
        answer = said(raw, is_streamed=is_streamed)
        assert answer.is_refusal
        assert answer.text == (f"Hm.\n\n{refusal}" if content == "Hm." else refusal)


def test_a_refusal_by_the_word_for_the_end_is_marked() -> None:
    assert said(http(completion("I won't.", "refusal"))).is_refusal


TOOL = {"id": "1", "function": {"name": "find_order", "arguments": '{"number": 7}'}}


def test_a_tool_that_was_called_but_not_offered_is_named() -> None:
    error = failed(http(completion(None, "tool_calls", tool_calls=[TOOL])))
    assert error.failure is CallFailure.MALFORMED
    assert "find_order" in error.message
    assert "base URL" not in error.hint


@BOTH
def test_a_tool_that_was_offered_is_the_answer(is_streamed: bool) -> None:
    offering = Parameters(extra_body={"tools": [{"type": "function"}]})
    pieces = [
        {"index": 0, "function": {"name": "find_order", "arguments": '{"num'}},
        {"index": 0, "function": {"arguments": 'ber": 7}'}},
    ]
    whole = http(completion(None, "tool_calls", tool_calls=[TOOL]))
    parts = [delta(None, tool_calls=[piece]) for piece in pieces]
    for raw in (whole, stream(*parts, delta(None, "tool_calls"), "data: [DONE]")):
        answer = said(raw, is_streamed=is_streamed, parameters=offering)
        assert json.loads(answer.text) == [{"name": "find_order", "arguments": {"number": 7}}]


def test_words_beside_a_tool_are_the_answer_whoever_offered_it() -> None:
    assert said(http(completion("It left.", "tool_calls", tool_calls=[TOOL]))).text == "It left."


@BOTH
def test_of_several_answers_only_the_first_is_taken(is_streamed: bool) -> None:
    mixed = stream(
        delta("Your "), delta("Dear ", index=1), delta("parcel"), delta("customer", index=1),
        delta(None, "length", index=1), delta(None, "stop"), "data: [DONE]",
    )  # fmt: skip
    swapped = [
        {"index": 1, "message": {"content": "Dear customer"}, "finish_reason": "length"},
        {"index": 0, "message": {"content": "Your parcel"}, "finish_reason": "stop"},
    ]
    for raw in (mixed, http(json.dumps({"choices": swapped}))):
        answer = said(raw, is_streamed=is_streamed)
        assert (answer.text, answer.finish_reason) == ("Your parcel", "stop")


def test_a_partial_answer_does_not_carry_the_key() -> None:
    with (
        faults.serve(
            canned=lambda body: http(completion("sk-canary-7f3a91d2c4 is", "content_filter"))
        ) as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(server, api_key="sk-canary-7f3a91d2c4")
    assert "canary" not in caught.value.partial
    assert caught.value.partial.endswith(" is")
