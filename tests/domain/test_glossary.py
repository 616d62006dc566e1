"""The glossary: every word that a PM may not know, once, in plain sentences."""

import pytest

from workbench.domain.glossary import WORDS, meanings

ASKED = "slice stale bar target case trial horizon variant held_out judged"


@pytest.mark.parametrize("word", ASKED.split())
def test_words_that_a_pm_may_not_know_are_explained(word: str) -> None:
    assert WORDS[word.replace("_", " ")]


def test_all_words_are_in_alphabetical_order_and_say_whole_sentences() -> None:
    assert list(WORDS) == sorted(WORDS)
    assert all(said[0].isupper() and said.endswith((".", "?")) for said in WORDS.values())


def test_some_words_are_told_alone_and_no_word_is_made_up() -> None:
    assert meanings("bar").startswith("**Bar**: The level")
    assert meanings("bar", "case").count("\n\n") == 1
    assert meanings().count("**") == 2 * len(WORDS)
    with pytest.raises(KeyError):
        meanings("vibe")
