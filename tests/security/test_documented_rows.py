"""docs/security.md names every row once, and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [
    *(f"C{n:02}" for n in range(1, 7)),
    *(f"M{n:02}" for n in range(1, 7)),
    *(f"R{n:02}" for n in range(1, 11)),
    *(f"S{n:02}" for n in range(1, 29) if n not in (3, 19)),
]


def test_every_row_stands_there_once() -> None:
    assert sorted(re.findall(r"^\| ([RMCS]\d\d) ", TEXT, re.MULTILINE)) == ROWS


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)*(?:test_)?\w+\.py)`", TEXT))
    assert len(named) > 30
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()] == []
