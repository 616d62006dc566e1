"""A text reads the same however its letters are encoded, with or without any beyond ASCII."""

import pytest

from workbench.scoring.wording import folded

BESIDE = "é"
"""A letter that is its own compatible form, so that it changes nothing of what stands before it."""


@pytest.mark.parametrize("ignore_case", [True, False])
@pytest.mark.parametrize("number", range(128))
def test_a_character_of_ascii_reads_the_same_alone_as_beside_another_letter(
    number: int, ignore_case: bool
) -> None:
    text = f"A{chr(number)}b"
    beside = folded(text + BESIDE, ignore_case=ignore_case)
    assert folded(text, ignore_case=ignore_case) + BESIDE == beside
