"""The hints: what a careful colleague would ask about a requirement, by rule."""

import re

import pytest

from workbench.domain.hints import HintKind, hints

GOOD = (
    "When a customer names an order, the draft repeats its number in 95 of 100 answers. "
    "If the number is missing, the draft asks for it."
)


def kinds(statement: str, *, has_criterion: bool = False) -> list[HintKind]:
    return [hint.kind for hint in hints(statement, has_criterion=has_criterion)]


def test_a_testable_requirement_gets_no_hint() -> None:
    assert hints(GOOD) == ()


def test_nothing_is_said_about_an_empty_statement() -> None:
    assert hints("  \n ") == ()


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("fast", "seconds"),
        ("appropriate", "accept"),
        ("user-friendly", "seen"),
        ("high quality", "quality"),
        ("accurately", "reference"),
        ("should", "does"),
        ("etc.", "List"),
        ("usually", "number"),
        ("cheap", "$"),
    ],
)
def test_a_vague_word_is_named_with_what_to_write_instead(word: str, advice: str) -> None:
    found = [h for h in hints(f"The draft is {word}, for customers.") if h.kind is HintKind.VAGUE]

    assert [hint.words for hint in found] == [(word,)]
    assert advice in found[0].advice


def test_a_word_is_shown_as_it_was_written_and_once() -> None:
    (hint,) = [h for h in hints("Fast replies, fast drafts.") if h.kind is HintKind.VAGUE]

    assert hint.words == ("Fast",)


def test_a_vague_word_inside_another_word_is_left_alone() -> None:
    assert HintKind.VAGUE not in kinds("The breakfast menu is named in the goodwill letter.")


@pytest.mark.parametrize("word", ["always", "never", "100%", "100 %", "in all cases", "Never"])
def test_an_absolute_is_named_because_no_number_of_trials_can_show_it(word: str) -> None:
    found = [h for h in hints(f"The draft {word} names it.") if h.kind is HintKind.ABSOLUTE]

    assert found[0].words == (word,)
    assert "No number of trials" in found[0].advice


def test_a_measure_is_missed_where_there_is_neither_a_number_nor_a_criterion() -> None:
    statement = "The draft names the order. If there is none, it asks."

    assert HintKind.NO_MEASURE in kinds(statement)
    assert HintKind.NO_MEASURE not in kinds(statement, has_criterion=True)
    assert HintKind.NO_MEASURE not in kinds(f"In nine of ten cases: {statement}")


def test_the_behaviour_on_failure_is_missed() -> None:
    assert HintKind.NO_FAILURE in kinds("The draft names the order number.")


@pytest.mark.parametrize(
    "clause",
    [
        "If it cannot tell, it asks.",
        "When the message is unclear, it asks.",
        "Otherwise no draft is shown.",
        "It falls back to a template unless it is confident.",
    ],
)
def test_a_clause_on_failure_is_recognised(clause: str) -> None:
    assert HintKind.NO_FAILURE not in kinds(f"The draft names the order number. {clause}")


def test_two_promises_in_a_sentence_are_told_apart() -> None:
    found = [
        hint
        for hint in hints("The draft names the order and asks for a photo.")
        if hint.kind is HintKind.SEVERAL
    ]

    assert found[0].words == ("and asks",)


def test_two_nouns_joined_by_and_are_one_promise() -> None:
    assert HintKind.SEVERAL not in kinds("The draft names the date and amount of the order.")


def test_a_statement_about_nobody_is_asked_who_it_is_for() -> None:
    assert HintKind.NO_USER in kinds("Be polite.")
    assert HintKind.NO_USER not in kinds("The draft greets by name.")
    assert HintKind.NO_USER not in kinds("Greet customers by name.")


def test_the_same_statement_gets_the_same_hints() -> None:
    statement = "Should be fast and never fail, etc."

    assert hints(statement) == hints(statement)
    assert kinds(statement)[:3] == [HintKind.VAGUE, HintKind.VAGUE, HintKind.VAGUE]


RECOMMENDED = re.compile("“([^”]+)”")
FLAGGED = (HintKind.VAGUE, HintKind.ABSOLUTE, HintKind.SEVERAL)


EVERY_FAULT = (
    "Fast, cheap, appropriate, intuitive, good, helpful, accurate, safe, clear, polite, usually "
    "seamless etc., the text should always greet and it thanks"
)


def every_advice() -> list[str]:
    """What the hints advise, from a statement with each of their faults."""
    found = hints(EVERY_FAULT)
    assert len(found) == 14 + 5
    return [hint.advice for hint in found]


def test_no_hint_flags_what_a_hint_recommends() -> None:
    examples = [text for advice in every_advice() for text in RECOMMENDED.findall(advice)]
    assert "at most 80 words" in examples
    for text in examples:
        found = [hint for hint in hints(text) if hint.kind in FLAGGED]
        assert found == [], text


@pytest.mark.parametrize(
    "said", ["at most 80 words", "At most 1 in 100", "at the most 3 lines", "AT MOST ten"]
)
def test_a_limit_is_not_vague(said: str) -> None:
    assert HintKind.VAGUE not in kinds(f"The draft has {said}.")


@pytest.mark.parametrize("said", ["most answers", "Most drafts", "that most people like", "atmost"])
def test_most_without_a_limit_is_vague_still(said: str) -> None:
    is_word = said != "atmost"
    assert (HintKind.VAGUE in kinds(f"It suits {said}.")) is is_word
