"""The checks that are known, by the name of their kind (`domain/kinds/` has the rest of each)."""

from workbench.scoring.kinds import (
    answers,
    combined,
    contents,
    limits,
    numbers,
    personal,
    python,
    repeats,
    shapes,
    texts,
    tool_calls,
)
from workbench.scoring.kinds.check import CHECKS

__all__ = ["CHECKS"]

for _each in (
    answers,
    combined,
    contents,
    limits,
    numbers,
    personal,
    python,
    repeats,
    shapes,
    texts,
    tool_calls,
):
    CHECKS.update(_each.CHECKS)
