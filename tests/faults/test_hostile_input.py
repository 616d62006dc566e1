"""Whatever is read, nothing ends the process, holds it up or fills its memory."""

import pytest

from tests.faults.hostile_input import KINDS, feed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_to_hurt_is_refused_or_read_within_bounds(kind: str) -> None:
    assert feed(kind, seed=0, examples=20) == ""
