"""How large a JSON schema may be that somebody gives us: a heavier one costs too much to use."""

from typing import Any

from workbench.domain import json_text

MOST_LEVELS = 100
MOST_PARTS = 20_000


def problem_with(schema: Any) -> str:
    """What is wrong with the size of a schema, as a sentence; empty when nothing is."""
    levels, parts = json_text.size(schema)
    if levels > MOST_LEVELS:
        return (
            f"its schema is nested {levels:,} levels deep; at most {MOST_LEVELS} can be "
            "used (“$defs” keep it flat)."
        )
    if parts > MOST_PARTS:
        return f"its schema has {parts:,} parts; at most {MOST_PARTS:,} can be used."
    return ""
