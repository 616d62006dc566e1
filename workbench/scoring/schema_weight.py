"""How much work a JSON schema can make, counted before anything is asked of it.

A schema is small and what it makes the validator do may not be: `allOf` of two references to an
`allOf` of two references, forty times over, is a page of text that nobody lives to see
through. What is counted here as small is judged at once; the rest goes to a child process.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

_MOST_NESTED = 64
_ELSEWHERE = ("$id", "id", "$dynamicRef", "$recursiveRef", "$vocabulary")
_TWICE = ("unevaluatedProperties", "unevaluatedItems")
_UNIONS = ("anyOf", "oneOf")
_COMPARED = ("enum", "const")
_OF_EACH = (
    *("items", "additionalItems", "contains", "additionalProperties", "patternProperties"),
    "propertyNames",
)
"""What stands under these is asked of every item or key, all else once."""

# For each letter of the text: numbers have many digits, and texts many letters to count.
_BY_LETTER = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), 10),
    **dict.fromkeys(("minLength", "maxLength"), 1),
    **{"enum": 10, "const": 10, "multipleOf": 20, "format": 200},
}
# Measured: a step is at most some 20 ns of the validator. Making the message of an error takes it
# 400 of them (those of all branches of a union are made at once), exact division up to 4,000, and
# comparing with a list or a group six for each of its parts.
_STEPS_PER_ERROR = 400
_STEPS_TO_DIVIDE = 4_000
_STEPS_TO_COMPARE = 6
_MOST_STEPS = 3_000_000
_MOST_TO_PREPARE = 20_000
# A pattern whose repetitions stand beside each other, not in one another: (a{99}){99}.
_NESTED_REPEAT = re.compile(r"[)}?*+]\s*\{|\(\?(?!:)")
_REPEAT = re.compile(r"\{(\d{1,6})(?:,(\d{0,6}))?\}")
_LONGEST_PATTERN = 300


class Weight(NamedTuple):
    """What a schema may cost, references written out: `once` for a value, `each` for each of its
    parts, `letter` for each letter of its text, and `pairs` for each pair of its parts.

    `union` is the most that one `anyOf` or `oneOf` costs, as a part of the others, and `union_each`
    that of one that is asked of each part.
    """

    once: int = 0
    each: int = 0
    letter: int = 0
    pairs: int = 0
    union: int = 0
    union_each: int = 0
    nested: int = 0

    @property
    def is_small(self) -> bool:
        """Whether the validator can be made of it at once."""
        return self.once + self.each <= _MOST_TO_PREPARE

    def is_quick(self, text: str) -> bool:
        """Whether no value with this JSON text can hold the validator up for long."""
        parts = 1 + text.count(",") + text.count(":") + text.count("[") + text.count("{")
        once = self.once + _STEPS_PER_ERROR * self.union
        each = self.each + _STEPS_PER_ERROR * self.union_each
        most = once + parts * (each + parts * self.pairs) + len(text) * self.letter
        return most <= _MOST_STEPS

    def of_each(self) -> "Weight":
        """The same, asked of each part."""
        return self._replace(
            once=0, each=self.once + self.each, union=0, union_each=max(self.union, self.union_each)
        )

    def of_union(self) -> "Weight":
        """The same, as the branches of a union."""
        return self._replace(union=self.once, union_each=max(self.union_each, self.each))


def weigh(schema: Any) -> Weight | None:
    """What a schema may cost; None where counting does not tell: it refers to itself, or by other
    ways than a path within it, or has patterns that may be large."""
    try:
        return _Scales(schema).of(schema, 0)
    except _Unknown:
        return None


class _Unknown(Exception):
    """Counting does not tell."""


class _Scales:
    """Weighs each part of a schema once, however often it is referred to."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[int, Weight] = {}
        self._open: set[int] = set()

    def of(self, node: Any, level: int) -> Weight:
        """The weight of a part, with all that it refers to."""
        if level > _MOST_NESTED:
            raise _Unknown
        if not isinstance(node, dict | list):
            return Weight(1 + len(node) // 16 if isinstance(node, str) else 1)
        known = self._known.get(id(node))
        if known is not None:
            return known
        if id(node) in self._open:
            raise _Unknown
        self._open.add(id(node))
        inner = list(self._parts(node, level + 1))
        if isinstance(node, dict):
            inner += self._own(node)
        found = Weight(
            once=1 + sum(one.once for one in inner),
            each=sum(one.each for one in inner),
            letter=sum(one.letter for one in inner),
            pairs=sum(one.pairs for one in inner),
            union=max((one.union for one in inner), default=0),
            union_each=max((one.union_each for one in inner), default=0),
            nested=1 + max((one.nested for one in inner), default=0),
        )
        if found.nested > _MOST_NESTED:
            raise _Unknown
        self._open.discard(id(node))
        self._known[id(node)] = found
        return found

    def _parts(self, node: dict[str, Any] | list[Any], level: int) -> Iterator[Weight]:
        if isinstance(node, list):
            for item in node:
                yield self.of(item, level)
            return
        for key, value in node.items():
            weight = self.of(value, level)
            if key in _UNIONS:
                weight = weight.of_union()
            elif key in _COMPARED:
                weight = weight._replace(once=weight.once * _STEPS_TO_COMPARE)
            elif key in _OF_EACH:
                weight = weight.of_each()
            yield weight
            yield Weight(1 + len(key) // 16)
            if key == "$ref" and isinstance(value, str):
                yield self.of(self._target(value), level)

    def _own(self, node: dict[str, Any]) -> Iterator[Weight]:
        """What its keywords cost beyond their values."""
        if any(isinstance(node.get(key), str) for key in _ELSEWHERE if node is not self._root):
            raise _Unknown
        if "$dynamicRef" in node or "$recursiveRef" in node or any(key in node for key in _TWICE):
            raise _Unknown
        if node.get("uniqueItems") is True:
            yield Weight(pairs=1)
        if "multipleOf" in node:
            yield Weight(_STEPS_TO_DIVIDE)
        yield Weight(letter=sum(_BY_LETTER[key] for key in node if key in _BY_LETTER))
        patterns = node.get("patternProperties")
        for pattern in (node.get("pattern"), *(patterns if isinstance(patterns, dict) else ())):
            if isinstance(pattern, str):
                yield Weight(letter=_of_pattern(pattern))

    def _target(self, reference: str) -> Any:
        """What a reference within the schema leads to."""
        if reference != "#" and not reference.startswith("#/"):
            raise _Unknown
        found = self._root
        for step in reference.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isascii() and name.isdigit():
                found = next(iter(found[int(name[:6]) :]), None)
            else:
                raise _Unknown
        return found


def _of_pattern(pattern: str) -> int:
    """How many states a pattern may have: each is looked at for each letter, at the worst."""
    if len(pattern) > _LONGEST_PATTERN or _NESTED_REPEAT.search(pattern):
        raise _Unknown
    counts = (int(most or least) for least, most in _REPEAT.findall(pattern))
    states = len(pattern) + sum(counts)
    if states > _LONGEST_PATTERN:
        raise _Unknown
    return states
