"""How fields of a model's JSON reply are read, strictly: anything of another form is unreadable."""

from collections.abc import Collection, Mapping
from typing import Any

from workbench.domain import json_text
from workbench.errors import InputError
from workbench.scoring.wording import quoted

_MOST = 40
_MOST_LETTERS = 600


def whole(reply: str, fields: Collection[str], what: str) -> Mapping[str, Any]:
    """The one object that a reply is, with exactly these fields. Raises InputError."""
    try:
        value = json_text.read(reply.strip())
    except InputError as error:
        raise unread(error.message) from error
    except ValueError as error:
        raise unread(f"it is not one JSON object: {quoted(reply)}") from error
    if not isinstance(value, dict) or set(value) != set(fields):
        raise unread(f"it is no object of {what}: {quoted(reply)}")
    return value


def items(held: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of objects. Raises InputError."""
    found = held.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise unread(f"its {name.replace('_', ' ')} are no list of objects")
    if len(found) > _MOST:
        raise unread(f"it has {len(found):,} {name.replace('_', ' ')}; {_MOST} are the most")
    return found


def text(
    held: Mapping[str, Any], name: str, *, may_lack: bool = False, most: int = _MOST_LETTERS
) -> str:
    """A text in one line. Raises InputError."""
    found = held.get(name)
    if not isinstance(found, str) or not (found.strip() or may_lack):
        raise unread(f"a {name} in it is no text")
    flat = " ".join(found.split())
    if len(flat) > most:
        raise unread(f"a {name} in it has {len(flat):,} characters: {quoted(flat)}")
    return flat


def one(held: Mapping[str, Any], name: str, options: Any) -> str:
    """One of some words. Raises InputError."""
    found = held.get(name)
    known = [str(getattr(each, "value", each)) for each in options]
    if found not in known:
        raise unread(f"a {name} in it is none of {', '.join(known)}")
    return str(found)


def number(held: Mapping[str, Any], name: str, title: str) -> float:
    """A number. Raises InputError."""
    found = held.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise unread(f"the {name} of {quoted(title)} is no number")
    try:
        return float(found)
    except OverflowError:
        raise unread(f"the {name} of {quoted(title)} is too large for a number") from None


def unread(why: str) -> InputError:
    """What is said of a reply that can't be read."""
    return InputError(
        f"What the model suggests could not be read: {why}.",
        "Ask again, or ask another model: small ones often fail at this.",
    )
