"""Where the small embedding model is installed, notes are grouped by what they mean."""

import pytest

from workbench.models import sentences
from workbench.stats import alike_texts

NOTES = (
    "Promises a refund",
    "Says that we will pay the money back",
    "The answer is far too long",
    "Much too wordy",
)


@pytest.mark.skipif(not sentences.is_installed(), reason="the notes model is not installed")
def test_notes_that_say_one_thing_in_other_words_are_one_group() -> None:
    assert alike_texts.groups_of(sentences.vectors(NOTES)) == [[0, 1], [2, 3]]
    assert alike_texts.groups([note.casefold().split() for note in NOTES]) != [[0, 1], [2, 3]]


def test_texts_that_point_one_way_are_one_group() -> None:
    import numpy as np

    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1], [0.0, 0.0]])
    assert alike_texts.groups_of(rows) == [[0, 2]]
