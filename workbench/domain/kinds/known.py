"""The kinds of scorers that are known: each module of them brings its entries."""

from workbench.domain.kinds import (
    answers,
    combined,
    contents,
    judges,
    limits,
    meanings,
    numbers,
    pairs,
    people,
    python,
    repeats,
    shapes,
    texts,
    tool_calls,
)
from workbench.domain.kinds.kind import KINDS, ScorerKind

__all__ = ["KINDS", "ScorerKind"]

for _entry in (
    *texts.ENTRIES,
    *numbers.ENTRIES,
    *shapes.ENTRIES,
    *answers.ENTRIES,
    *tool_calls.ENTRIES,
    *contents.ENTRIES,
    *limits.ENTRIES,
    *repeats.ENTRIES,
    *combined.ENTRIES,
    *python.ENTRIES,
    *people.ENTRIES,
    *judges.ENTRIES,
    *meanings.ENTRIES,
    *pairs.ENTRIES,
):
    KINDS[_entry.name] = ScorerKind.of(_entry)
