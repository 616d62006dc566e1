"""JSON from outside, read so that nothing is guessed or lost, and nothing is too deep."""

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.errors import InputError

MOST_LEVELS = 200
MOST_DIGITS = sys.int_info.default_max_str_digits
"""4,300: reading a number takes time that grows with the square of its length."""
_ROUNDS = 6
_TRIM = 60
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
# A key whose colon does not follow at once.
_LOOSE = re.compile(r'"[ \t\n\r]+:')
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


class Doubled(ValueError):
    """An object names a key twice: readers of JSON disagree about what it says."""


class Unreadable(InputError):
    """It may be JSON, but what it says cannot be held here as it is."""


class Size(NamedTuple):
    """How deep a value is nested, and how many parts it has (keys, too)."""

    levels: int
    parts: int


def read(text: str) -> Any:
    """The value that a text of JSON says.

    Raises ValueError where it is none (NaN and Infinity are none), Doubled for a key that stands
    twice in an object, and Unreadable for over 200 levels, for half of a letter, and for numbers
    that would become another one or none: of over 4,300 digits, or as large as 1e400.
    """
    # Before it is read, because reading goes as deep as the text does: a thread's stack may be
    # small. A few hundred levels fit on any.
    if text.count("[") + text.count("{") > 2 * MOST_LEVELS and is_deeper(text, MOST_LEVELS):
        raise _too_deep()
    try:
        value = _FAST.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A number that is too long for Python's own reader, or NaN: this one names it.
        return _EXACT.decode(text)
    # Were each pair or number handed to us while it is read, reading would take three times as
    # long. So it is only done where the keys that were read may be fewer than were written.
    if _HALF.search(text):
        _refuse_halves(value)
    levels, keys, is_finite = _counted(value)
    if levels > MOST_LEVELS:
        raise _too_deep()
    is_sure = is_finite and keys == text.count('":') and _LOOSE.search(text) is None
    return value if is_sure else _EXACT.decode(text)


class _Counts(NamedTuple):
    levels: int
    keys: int
    is_finite: bool


def _counted(value: Any) -> _Counts:
    """How deep a value is, how many keys its objects have, and whether all its numbers end."""
    levels, keys, is_finite = 0, 0, True
    row = [value]
    while row:
        is_level, inner = False, list[Any]()
        for part in row:
            kind = type(part)
            if kind is dict:
                is_level = True
                keys += len(part)
                inner += part.values()
            elif kind is list:
                is_level = True
                inner += part
            elif kind is float and not math.isfinite(part):
                is_finite = False
        levels += is_level
        row = inner
    return _Counts(levels, keys, is_finite)


def _refuse_halves(value: Any) -> None:
    """Half of a pair of surrogates is no letter: no file, database or page can hold it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise Unreadable(
            f"It holds {half}, which is half of a letter.", "Write the letter itself."
        ) from None


def _too_deep() -> Unreadable:
    return Unreadable(f"It is nested more than {MOST_LEVELS} levels deep.", "Make it flatter.")


def is_deeper(text: str, most: int) -> bool:
    """Whether brackets stand in one another more than so many levels deep; for text that is no
    JSON, whether they may."""
    if text.count("[") + text.count("{") <= most:
        return False
    brackets = _TEXTS.sub("", text).encode("utf-8", "replace").translate(None, _NO_BRACKETS)
    # Taking out the innermost pairs makes it flatter by two levels at most, and is soon done for
    # the thousand rows of an ordinary answer.
    left, levels = brackets, 0
    for _ in range(_ROUNDS):
        left, levels = left.replace(b"[]", b"").replace(b"{}", b""), levels + 2
    if levels + len(left) <= most:
        return False
    level = 0
    for bracket in brackets:
        level += 1 if bracket in b"[{" else -1
        if level > most:
            return True
    return False


def size(value: Any) -> Size:
    """How large a value is; works without recursion, so at any depth."""
    levels = parts = 0
    row = [value]
    while row:
        levels += 1
        parts += len(row)
        inner: list[Any] = []
        for each in row:
            if isinstance(each, Mapping):
                parts += len(each)
                inner += each.values()
            elif isinstance(each, list | tuple):
                inner += each
        row = inner
    return Size(levels, parts)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        ((key, _),) = counted.most_common(1)
        raise Doubled(f"the key “{key[:_TRIM]}” stands twice in one object")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise Unreadable(
            f"It holds a number of {len(digits):,} digits; at most {MOST_DIGITS:,} can be read.",
            "Write it as text.",
        )
    return int(digits)


def _number(written: str) -> float:
    found = float(written)
    if not math.isfinite(found):
        raise Unreadable(
            f"It holds the number {written[:_TRIM]}, which is larger than can be read.",
            "Write it as text.",
        )
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Made once: `json.loads` makes one for each text as soon as it is told how to read.
_FAST = json.JSONDecoder(parse_constant=_refuse)
_EXACT = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_number, parse_constant=_refuse, parse_int=_whole
)
