"""Short texts that say alike things are suggested as groups."""

import pytest

from workbench.stats import alike_texts

RUDE = ["the tone is rude", "rude tone again", "tone is rude to the customer"]
ORDER = ["asks for the order number", "order number asked twice", "asks for order number"]


def _groups(texts: list[str]) -> list[list[int]]:
    return alike_texts.groups([text.split() for text in texts])


def test_texts_that_share_words_are_one_group() -> None:
    assert sorted(map(sorted, _groups([*RUDE, *ORDER]))) == [[0, 1, 2], [3, 4, 5]]


def test_a_text_that_is_like_no_other_is_in_no_group() -> None:
    found = _groups([*RUDE, "invents a discount"])
    assert found == [[0, 1, 2]]


@pytest.mark.parametrize(
    "texts", [[], ["alone"], ["one thing", "another matter"], ["", ""], ["!", "?"]]
)
def test_without_anything_in_common_there_is_no_group(texts: list[str]) -> None:
    assert _groups(texts) == []


def test_the_same_text_again_is_a_group() -> None:
    assert _groups(["invents a discount"] * 4) == [[0, 1, 2, 3]]


def test_the_largest_group_comes_first() -> None:
    assert len(_groups([*ORDER[:2], *RUDE])[0]) == 3


def test_more_texts_than_memory_has_room_for_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        alike_texts.groups([["a"]] * (alike_texts.MOST_TEXTS + 1))
