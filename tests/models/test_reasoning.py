"""What a model thought is told apart from what it answered, and nothing else is taken for it."""

import json
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, events, http
from tests.models.conftest import ask, ignore
from workbench.domain.calls import Answer
from workbench.errors import CallFailure, ModelError
from workbench.models import replies
from workbench.models.reasoning import split

HARMONY = (
    "<|channel|>analysis<|message|>They ask.<|end|><|start|>assistant<|channel|>final<|message|>"
    "Paris<|return|>"
)


@pytest.mark.parametrize(
    ("text", "answer", "thoughts"),
    [
        ("<think>\nHm.\n</think>\n\nParis", "Paris", "Hm."),
        ("\ufeff  <THINK>Hm.</Think >Paris", "Paris", "Hm."),
        ('<think type="deep" id=1>Hm.</think>Paris', "Paris", "Hm."),
        ("<thinking>Hm.</thinking>\nParis", "Paris", "Hm."),
        ("<reasoning>One.</reasoning>\n<think>Two.</think>Paris", "Paris", "One.\n\nTwo."),
        ("<thought>Hm.</thought>Paris", "Paris", "Hm."),
        ("<seed:think>Hm.</seed:think>Paris", "Paris", "Hm."),
        ("<think>Hm.</thinking>Paris", "Paris", "Hm."),
        ("<think></think>\n\nParis", "Paris", ""),
        ("<think/>Paris", "Paris", ""),
        ("[THINK]Hm.[/THINK]Paris", "Paris", "Hm."),
        ("◁think▷Hm.◁/think▷Paris", "Paris", "Hm."),
        ("<|channel>thought\nHm.<channel|>Paris", "Paris", "Hm."),
        (
            "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Paris<|END_RESPONSE|>",
            "Paris",
            "Hm.",
        ),
        (HARMONY, "Paris", "They ask."),
        ("analysisThey ask.assistantfinalParis", "Paris", "They ask."),
        ("<|channel|>analysis<|message|>They a", "", "They a"),
        ("Okay, they ask.\n</think>\n\nParis", "Paris", "Okay, they ask."),
        ("Okay, they ask.</think>Paris", "Paris", "Okay, they ask."),
        ("They quote `<think>`.\n</think>\nParis", "Paris", "They quote `<think>`."),
        ("<think>Use `</think>` here.\n</think>\nParis", "Paris", "Use `</think>` here."),
        ("<think>a <think>b</think> c</think> Paris", "Paris", "a <think>b\n\nc"),
        ("<think>I was cut", "", "I was cut"),
        ("<think>\nnever closed", "", "never closed"),
    ],
)
def test_thoughts_before_an_answer_are_set_apart(text: str, answer: str, thoughts: str) -> None:
    found = split(text)
    assert (found.answer, found.thoughts) == (answer, thoughts)
    assert text[found.start :].startswith(answer[:1])


@pytest.mark.parametrize(
    "text",
    [
        "Paris",
        "```xml\n<think>a</think>\n```",
        "`<think>` opens a block, `</think>` closes it.",
        "The tag </think> closes a block.",
        'He wrote "</think>" at the end.',
        "Sure. <think>not at the start</think> Paris",
        "<think> and </think> are tags.",
        "<think> is a tag of some models.",
        "```\nthoughts\n</think>\n```\nThat was code.",
        "<thinker>not a tag of ours</thinker>",
        "Analysis of the final report",
        "Reason: 1 </ 2",
        "",
    ],
)
def test_a_tag_in_code_or_in_a_sentence_is_part_of_the_answer(text: str) -> None:
    assert split(text) == (text, "", 0)


def test_a_later_mention_of_the_tag_stays_in_the_answer() -> None:
    found = split("<think>Hm.</think>The tag </think> closes a block.")
    assert found.answer == "The tag </think> closes a block."


def test_a_block_that_a_cut_leaves_open_is_thought_whatever_it_begins_with() -> None:
    assert split("<think> is a tag", is_cut=True).answer == ""


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_block_in_the_text_is_kept_beside_the_answer(is_streamed: bool) -> None:
    with faults.serve(text="<think>\nThey want JSON.\n</think>\n\n{}") as server:
        answer = ask(server, on_text=ignore if is_streamed else None)
    assert (answer.text, answer.reasoning) == ("{}", "They want JSON.")


def beside(**fields: Any) -> Answer:
    """The answer of a server that says so in a message of one reply."""
    with faults.serve(canned=lambda body: http(completion("Paris", **fields))) as server:
        return ask(server)


DETAILS = [
    {"type": "reasoning.text", "text": "Hm"},
    {"type": "reasoning.summary", "summary": "."},
    {"type": "reasoning.encrypted", "data": "x"},
]
PARTS = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
    {"type": "text", "text": "Paris"},
]


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "Hm."},
        {"reasoning": "Hm."},
        {"thinking": "Hm."},
        {"reasoning_details": DETAILS},
        {"reasoning": "Hm.", "reasoning_details": DETAILS},
        {"reasoning": "Hm.", "reasoning_content": "Hm."},
        {"thinking_blocks": [{"type": "thinking", "thinking": "Hm."}]},
        {"content": PARTS},
        {"content": [{"type": "reasoning", "text": "Hm."}, PARTS[1]]},
        {"content": [{"type": "text", "text": "Hm.", "thought": True}, PARTS[1]]},
    ],
)
def test_a_field_beside_the_answer_is_kept_beside_it(fields: dict[str, Any]) -> None:
    answer = beside(**fields)
    assert (answer.text, answer.reasoning) == ("Paris", "Hm.")


def test_thoughts_that_stream_in_beside_the_answer_are_put_together() -> None:
    deltas = [{"reasoning_content": "H"}, {"reasoning_content": "m."}, {"content": "Paris"}]
    lines = [json.dumps({"choices": [{"delta": d, "finish_reason": None}]}) for d in deltas]
    lines += [json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]}), "[DONE]"]
    raw = b"".join(b"data: " + line.encode() + b"\n\n" for line in lines)
    seen: list[str] = []
    with faults.serve(canned=lambda body: http(raw, kind="text/event-stream")) as server:
        answer = ask(server, on_text=seen.append)
    assert (answer.text, answer.reasoning) == ("Paris", "Hm.")
    assert not any("H" in text for text in seen)


def test_the_first_token_is_that_of_the_answer_not_of_the_thoughts() -> None:
    clock = replies.Clock()
    start = split("<think>Hm.</think>Paris").start
    for length in (5, start, start + 2, start + 5):
        clock.heard(length)
    first, of_thoughts, last = clock.first_ms(start), clock.first_ms(0), clock.ms()
    assert first is not None
    assert of_thoughts is not None
    assert 0 < of_thoughts < first < last
    assert clock.first_ms(start + 5) is None


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_an_answer_that_came_as_thoughts_alone_is_a_failure_that_says_where(
    content: str | None,
) -> None:
    reply = completion(content, reasoning_content="Your parcel is on its way.")
    with (
        faults.serve(canned=lambda body: http(reply)) as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(server)
    error = caught.value
    assert error.failure is CallFailure.EMPTY
    assert "reasoning_content" in error.message
    assert "parser" in error.hint
    assert "thinking" in error.hint
    assert "base URL" not in str(error)
    assert error.reasoning == "Your parcel is on its way."


def test_a_model_that_thinks_up_to_its_limit_gave_no_answer() -> None:
    with (
        faults.serve("length", text="<think>I was still thi") as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(server)
    assert "still thinking at its token limit" in caught.value.message
    assert caught.value.may_be_billed


def test_a_tool_that_was_called_beside_an_empty_text_is_named() -> None:
    reply = completion("", tool_calls=[{"function": {"name": "look_up", "arguments": "{}"}}])
    with (
        faults.serve(canned=lambda body: http(reply)) as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(server)
    assert "look_up" in caught.value.message


def test_thoughts_of_a_stream_that_breaks_are_kept_apart_from_what_it_had_said() -> None:
    raw = events("<think>Hm.</think>Par", None, done=False)
    with (
        faults.serve(canned=lambda body: http(raw, kind="text/event-stream")) as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(server, on_text=ignore)
    assert (caught.value.partial, caught.value.reasoning) == ("Par", "Hm.")


def test_a_megabyte_of_marks_is_split_in_one_look() -> None:
    split("<think>" * 40_000 + "</think>" * 40_000)
    split("</think> a " * 90_000)
    split("`<think>`\n</think> x " * 40_000)
