"""What a case may hold under a name: text, or a list or a group of keys as JSON has them."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.errors import InputError

Value = str | list[Any] | dict[str, Any]
"""Inside lists and groups: texts, numbers, true, false and null, further lists and groups."""

MOST_LEVELS = 20
MOST_PARTS = 20_000


def of(given: object) -> Value:
    """The value as it is kept: tuples become lists, a bare number or yes/no becomes text.

    Raises InputError for what JSON does not have, for over 20 levels and over 20,000 parts.
    """
    if isinstance(given, str):
        return given
    if given is None:
        return ""
    found = _part(given, 0, [MOST_PARTS])
    return found if isinstance(found, list | dict) else text(found)


def _part(given: object, level: int, left: list[int]) -> Any:
    left[0] -= 1
    if level > MOST_LEVELS:
        raise InputError(f"A value is nested more than {MOST_LEVELS} levels deep.", "Flatten it.")
    if left[0] < 0:
        raise InputError(f"A value has more than {MOST_PARTS:,} parts.", "Shorten the list.")
    if isinstance(given, Mapping):
        return {str(key): _part(item, level + 1, left) for key, item in given.items()}
    if isinstance(given, list | tuple):
        return [_part(item, level + 1, left) for item in given]
    if isinstance(given, float) and not math.isfinite(given):
        raise InputError("A value holds a number that is none.", "Leave it out, or write text.")
    # Readers may hand over a kind of text of their own, such as a number as it was written.
    return str(given) if not isinstance(given, str | int | float | None) else given


def is_text(value: object) -> bool:
    """Whether it is plain text, not a list or a group of keys."""
    return isinstance(value, str)


def text(value: object) -> str:
    """The value as text: text as it is, everything else as JSON on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def said(value: object) -> str:
    """The value for people: the texts of a list with a dot between them, a group with its keys."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {said(item)}" for key, item in value.items())
    if isinstance(value, Sequence):
        return " · ".join(said(item) for item in value)
    return json.dumps(value)


def block(value: object) -> str:
    """The value for people, a line for each item of a list and each key of a group."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {said(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(f"• {said(item)}" for item in value)
    return said(value)


def alternatives(reference: object) -> tuple[str, ...]:
    """What a reference says is right, as texts: of a list, any one of its items."""
    if reference is None:
        return ()
    items = reference if isinstance(reference, list) else [reference]
    return tuple(dict.fromkeys(t for item in items if (t := _alternative(item)).strip()))


def _alternative(item: object) -> str:
    return "" if item is None else text(item)


def is_blank(value: object) -> bool:
    """Whether nothing is said by it: no text but spaces, nowhere."""
    if isinstance(value, str):
        return not value.strip()
    return not any(True for each in texts(value) if each.strip())


def texts(value: object) -> Iterator[str]:
    """Every text and number in it."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif value is not None:
        yield text(value)


def stripped(value: Any) -> Any:
    """The value without the spaces around its texts: what makes no difference to a model."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {key: stripped(item) for key, item in value.items()}
    return [stripped(item) for item in value] if isinstance(value, list | tuple) else value
