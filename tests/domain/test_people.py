"""What can be somebody's name."""

import pytest

from workbench.domain.people import tidy_name


def test_a_name_is_kept_with_single_spaces() -> None:
    assert tidy_name("  Mira   Chen ") == "Mira Chen"


@pytest.mark.parametrize(
    "typed", ["", "   ", "Somebody", " SOMEBODY ", "Sоmebody", "Some\u200bbody", "\u200b\u2060"]
)
def test_the_word_for_nobody_and_what_can_not_be_seen_are_no_names(typed: str) -> None:
    assert tidy_name(typed) == ""


@pytest.mark.parametrize("typed", ["Somebody Else", "Zoë", "李", "Some Body"])
def test_a_name_that_only_begins_like_it_is_one(typed: str) -> None:
    assert tidy_name(typed) == typed
