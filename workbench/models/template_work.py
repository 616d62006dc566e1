"""How much work a template may make of long values: the longer they are, the fewer steps.

The engine's fuel counts steps, and a step that compares or tests a value of 1 MB takes a
millisecond: 60,000 steps are seconds in which every other thread waits. What a loop does with
values that it does not take apart itself is therefore found here, and weighed before it runs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workbench.models import parts
from workbench.models.template_code import Piece

_FREE = 64 * 1024
"""Bytes that may be gone through at every step of the whole fuel."""

_WEIGHT = 4
"""A byte of a list or group takes this much longer than one of a text: each item is an object."""

_SLOW_WEIGHT = 8
"""So much longer does a test of every letter take, `is lower` and `is upper`."""

_OFTEN = 64
"""Uses outside of loops that are as good as a loop."""

_NO_NAMES = frozenset({"and", "elif", "else", "for", "if", "in", "is", "not", "or", "set", "range"})
_ENDS = frozenset({"endif", "endfor", "endset"})


class Repeated(NamedTuple):
    """What is gone through again and again: variables of the case, items of an outer loop (of a
    text too, where it `takes_texts` apart), and variables that `set` made of anything. It `is_slow`
    where each letter is looked at."""

    names: frozenset[str] = frozenset()
    has_items: bool = False
    has_made: bool = False
    takes_texts: bool = False
    is_slow: bool = False

    def level(self, given: Mapping[str, Any]) -> int:
        """How often the fuel has to be halved for these values; 0 as a rule."""
        if not (self.names or self.has_items or self.has_made):
            return 0
        weights = {name: _weight(value) for name, value in given.items()}
        total = sum(weights.values())
        if total * (_SLOW_WEIGHT if self.is_slow else 1) <= _FREE:
            return 0
        if not self.has_made:
            total = sum(weights.get(name, 0) for name in self.names)
            if self.has_items:
                total += max(map(self._heaviest_item, given.values()), default=0)
        total *= _SLOW_WEIGHT if self.is_slow else 1
        return max(0, (total - 1) // _FREE).bit_length()

    def _heaviest_item(self, value: Any) -> int:
        if isinstance(value, dict):
            return max((_weight(item) for item in dict.values(value)), default=0)
        if isinstance(value, list):
            return max((_weight(item) for item in list.__iter__(value)), default=0)
        return _weight(value) if self.takes_texts else 0


@dataclass
class _Found:
    made: frozenset[str]
    loops: list[frozenset[str] | None] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    outside: Counter[str] = field(default_factory=Counter)
    has_items: bool = False
    has_made: bool = False
    takes_texts: bool = False
    is_slow: bool = False

    def look_at(self, tokens: Sequence[str]) -> None:
        """Note the variables of a piece of code at this place."""
        loops = [targets for targets in self.loops if targets is not None]
        is_slow = _looks_at_letters(tokens)
        for name in _roots(tokens):
            self.outside[name] += not loops
            if not loops and self.outside[name] <= _OFTEN:
                continue
            if loops and name in loops[-1]:
                continue  # What the loop itself takes apart is gone through once.
            self.is_slow = self.is_slow or is_slow
            if any(name in targets for targets in loops[:-1]):
                self.has_items = True
            elif name in self.made:
                self.has_made = True
            else:
                self.names.add(name)


def repeated(code: Sequence[Piece]) -> Repeated:
    """What a template goes through more often than once."""
    sets = (piece.tokens for piece in code if piece.is_tag and piece.tokens[:1] == ("set",))
    found = _Found(frozenset(name for tokens in sets for name in _roots(_before(tokens[1:], "="))))
    for piece in code:
        tag = piece.tokens[0] if piece.is_tag and piece.tokens else ""
        if tag == "for":
            targets, _, rest = _split(piece.tokens[1:], "in")
            taken, _, condition = _split(rest, "if")
            found.look_at(taken)
            found.takes_texts = found.takes_texts or "|" in taken
            found.loops.append(frozenset(_roots(targets)))
            found.look_at(condition)
        elif tag in _ENDS:
            found.loops = found.loops[:-1]
        elif not _is_plain(piece):
            found.look_at(piece.tokens)
            if tag == "if" or (tag == "set" and "=" not in piece.tokens):
                found.loops.append(None)
    return Repeated(
        frozenset(found.names),
        found.has_items,
        found.has_made,
        found.takes_texts,
        found.is_slow,
    )


def _is_plain(piece: Piece) -> bool:
    """Whether a value is only written out, which is counted by the length of the prompt."""
    return not piece.is_tag and all(token == "." for token in piece.tokens[1::2])


def _roots(tokens: Sequence[str]) -> list[str]:
    found = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        is_name = token[0].isalpha() or token[0] == "_"
        if is_name and token not in _NO_NAMES and before not in (".", "|", "is"):
            found.append(token)
    return found


def _looks_at_letters(tokens: Sequence[str]) -> bool:
    return "is" in tokens and ("lower" in tokens or "upper" in tokens)


def _before(tokens: Sequence[str], sign: str) -> Sequence[str]:
    return _split(tokens, sign)[0]


def _split(tokens: Sequence[str], sign: str) -> tuple[Sequence[str], str, Sequence[str]]:
    if sign not in tokens:
        return tokens, "", ()
    place = tokens.index(sign)
    return tokens[:place], sign, tokens[place + 1 :]


def _weight(value: Any) -> int:
    return len(value) if isinstance(value, str) else _WEIGHT * len(parts.as_json(value))
