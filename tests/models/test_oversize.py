"""An answer longer than what is kept: its beginning stays, with its length and a hash."""

import json
from hashlib import sha256

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, delta, http, stream
from tests.models.conftest import ask, ignore
from workbench.errors import CallFailure, ModelError
from workbench.models import oversize
from workbench.models.oversize import MAX_TEXT

DONE = "data: [DONE]"


def failed(raw: bytes, *, is_streamed: bool = False) -> ModelError:
    with faults.serve(canned=lambda body: raw) as server, pytest.raises(ModelError) as caught:
        ask(server, timeout_s=120.0, on_text=ignore if is_streamed else None)
    assert caught.value.failure is CallFailure.TOO_LARGE
    assert not caught.value.failure.is_retryable
    return caught.value


def whole(text: str) -> bytes:
    return http(completion(text))


def streamed(text: str, size: int = 100_000) -> bytes:
    parts = (text[at : at + size] for at in range(0, len(text), size))
    return stream(*map(delta, parts), delta(None, "stop"), DONE)


TEXTS = {
    "a little over": "x" * (MAX_TEXT + 1),
    "three megabytes": "word and number 123 " * 150_000,
    "letters of many bytes": "žluťoučký kůň 鍵🔑 " * 100_000,
    "ten megabytes": "ten letters" * 1_000_000,
}


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_its_beginning_is_kept_and_its_length_and_hash_are_said(
    text: str, is_streamed: bool
) -> None:
    error = failed(streamed(text) if is_streamed else whole(text), is_streamed=is_streamed)
    raw = text.encode()
    assert text.startswith(error.partial)
    assert MAX_TEXT - 4 < len(error.partial.encode()) <= MAX_TEXT
    assert f"{len(raw):,} bytes" in error.message
    assert sha256(raw).hexdigest() in error.message
    assert "not scored" in error.message
    assert error.has_begun


def test_an_answer_of_just_what_is_kept_is_whole() -> None:
    text = "x" * MAX_TEXT
    with faults.serve(canned=lambda body: whole(text)) as server:
        assert ask(server, timeout_s=120.0).text == text


def test_a_character_in_two_pieces_is_one_in_the_hash() -> None:
    text = "x" * MAX_TEXT + "🔑"
    high, low = "\ud83d", "\udd11"
    raw = stream(delta("x" * MAX_TEXT), delta(high), delta(low), delta(None, "stop"), DONE)
    assert sha256(text.encode()).hexdigest() in failed(raw, is_streamed=True).message


def test_what_was_thought_is_kept_apart_and_its_length_counted() -> None:
    raw = http(completion("y" * 100, reasoning_content="t" * MAX_TEXT))
    error = failed(raw)
    assert error.reasoning == "t" * (MAX_TEXT - 100)
    assert error.partial == "y" * 100
    assert f"with its thoughts is {MAX_TEXT + 100:,} bytes" in error.message
    assert sha256(b"y" * 100).hexdigest() in error.message


def test_one_that_breaks_off_says_that_it_is_longer_than_what_was_read() -> None:
    text = "x" * (3 * MAX_TEXT)
    raw = stream(*(delta(text[:MAX_TEXT]) for _ in range(3)))
    error = failed(raw, is_streamed=True)
    assert f"longer than {3 * MAX_TEXT:,} bytes" in error.message
    assert "what was read" in error.message
    assert error.partial == "x" * MAX_TEXT


@pytest.mark.parametrize("end", ["", "\\u00", "\\ud83d\\udd1", "é"])
def test_a_reply_that_is_not_read_to_its_end_leaves_its_beginning(end: str) -> None:
    head = '{"choices": [{"message": {"role": "assistant", "content": "'
    body = (head + "x" * (16 * MAX_TEXT - len(head) - len(end.encode())) + end).encode()
    error = failed(http(body + b"x" * MAX_TEXT))
    assert "longer than" in error.message
    assert error.partial == "x" * MAX_TEXT


@pytest.mark.parametrize("end", ["", "\\", "\\u", "\\u00", "\\ud83d", "\\ud83d\\udd1", "\\\\"])
def test_the_text_of_a_cut_reply_is_read_up_to_the_cut(end: str) -> None:
    found = oversize.within(b'{"content" : "a\\n\\"b' + end.encode())
    assert found is not None
    text, is_whole = found
    assert text.startswith('a\n"b')
    assert len(text) <= len('a\n"b') + 1
    assert not is_whole


def test_a_large_reply_of_small_things_is_not_read_as_json() -> None:
    error = failed(http(b'{"choices": [' + b"[]," * (4 * MAX_TEXT)))
    assert "holds no answer" in error.message
    assert error.partial == ""


def test_an_answer_may_come_letter_by_letter() -> None:
    letters = 100_000
    raw = stream(*([delta("x")] * letters), delta(None, "stop"), DONE)
    with faults.serve(canned=lambda body: raw) as server:
        assert ask(server, timeout_s=300.0, on_text=ignore).text == "x" * letters


def test_calls_of_tools_without_end_are_bounded() -> None:
    calls = [{"index": at, "function": {"name": "f", "arguments": "{}"}} for at in range(1100)]
    raw = stream(delta(None, tool_calls=calls), delta(None, "tool_calls"), DONE)
    with faults.serve(canned=lambda body: raw) as server, pytest.raises(ModelError) as caught:
        ask(server, on_text=ignore)
    assert caught.value.failure is CallFailure.MALFORMED
    assert json.dumps(caught.value.message).count("f") < 2000
