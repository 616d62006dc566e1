"""What a server's word for the end of an answer means: good only where it is known to be."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from workbench.domain.trials import Ending, Trial, ending_of
from workbench.errors import CallFailure


@pytest.mark.parametrize(
    "word",
    [
        *("stop", "STOP", "end_turn", "eos", "eos_token", "stop_sequence", "COMPLETE"),
        *("FinishReason.STOP", "FINISH_REASON_STOP", "stop-sequence", " stop ", "tool_calls"),
        *("function_call", ""),
    ],
)
def test_a_word_that_is_known_to_be_good_ends_a_whole_answer(word: str) -> None:
    assert ending_of(word) is Ending.COMPLETE


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        ("length", Ending.CUT),
        ("max_tokens", Ending.CUT),
        ("MAX_TOKENS", Ending.CUT),
        ("model_length", Ending.CUT),
        ("model_context_window_exceeded", Ending.CUT),
        ("content_filter", Ending.FILTERED),
        ("SAFETY", Ending.FILTERED),
        ("RECITATION", Ending.FILTERED),
        ("guardrail_intervened", Ending.FILTERED),
        ("ERROR_TOXIC", Ending.FILTERED),
        ("refusal", Ending.REFUSED),
        ("error", Ending.BROKEN),
        ("abort", Ending.BROKEN),
        ("network_error", Ending.BROKEN),
        ("insufficient_system_resource", Ending.BROKEN),
    ],
)
def test_a_word_of_another_kind_says_which(word: str, ending: Ending) -> None:
    assert ending_of(word) is ending


@pytest.mark.parametrize("word", ["banana", "?", ".", "stopped_by_moon", "0", "nonstop", "unstop"])
def test_a_word_that_nobody_knows_is_not_good(word: str) -> None:
    assert ending_of(word) is Ending.UNKNOWN


def trial(failure: CallFailure | None = None, finish: str = "", *, refused: bool = False) -> Trial:
    output = None if failure else "text"
    return Trial(
        uuid4(), uuid4(), uuid4(), uuid4(), 1, "hash", 1, datetime.now(UTC), output, failure,
        finish_reason=finish, is_refusal=refused,
    )  # fmt: skip


def test_a_filtered_call_is_told_from_a_failed_one() -> None:
    assert trial(CallFailure.FILTERED).ending is Ending.FILTERED
    assert trial(CallFailure.SERVER).ending is Ending.FAILED


def test_the_servers_mark_of_a_refusal_outweighs_its_word_for_the_end() -> None:
    assert trial(finish="stop", refused=True).ending is Ending.REFUSED


def test_an_end_that_was_not_stated_is_known_to_be_so() -> None:
    assert not trial().is_ending_stated
    assert trial().ending is Ending.COMPLETE
    assert trial(finish="stop").is_ending_stated
