"""What a prompt template may contain: variables, if, for, set and filters; nothing builds lists.

Lists and groups that a case brings along may be used: by number, by key and in loops.

minijinja's fuel bounds time and most memory, but it charges for a list of references to one long
text only after that list has been written out: `{{ [case] * 10000 }}` takes gigabytes first.
Prompts never need that, so lists, sums, products, macros and functions are refused by syntax,
before the engine sees them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.errors import TemplateError
from workbench.models.template_code import Piece, too_much

FILTERS = frozenset(
    {"abs", "capitalize", "default", "first", "float", "indent", "int", "last", "length"}
    | {"join", "lines", "lower", "replace", "round", "split", "string", "title", "tojson", "trim"}
    | {"upper"}
)
_TAGS = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "break", "continue"}
)
_FUNCTIONS = frozenset({"range"})
# A long text between the items of a long list would be written out before any limit bites.
_LONGEST_SEPARATOR = 24
# What these make of a list is a text or a number, not the list.
_ITEM = re.compile(r"(?:- )?\d+ \]")
_TAKES_APART = frozenset({"first", "last", "length", "join", "tojson", "string"})
_KEYWORDS = frozenset({"and", "elif", "else", "for", "if", "in", "is", "not", "or", "set"})

MOST_LEVELS = 20
"""Blocks (if, for, set) within blocks."""

MOST_BRANCHES = 100
"""Branches (elif, else) of an if, with those of the blocks around it: one lies within the other."""


def check(code: Sequence[Piece]) -> None:
    """Refuse what prompts may not contain, and blocks beyond the limits above.

    Raises TemplateError naming the line.
    """
    _refuse_deep(code)
    for piece in code:
        if piece.is_tag:
            name = next(iter(piece.tokens), "")
            if name not in _TAGS:
                raise _refused(piece.line, f"the statement “{name}”", _TAGS)
        for what, allowed in _violations(piece.tokens):
            raise _refused(piece.line, what, allowed)


def _refuse_deep(code: Sequence[Piece]) -> None:
    """Count as the engine nests: every branch of an if lies within the one before."""
    branches: list[int] = []
    total = 0
    for piece in code:
        name = piece.tokens[0] if piece.is_tag and piece.tokens else ""
        if name in ("if", "for") or (name == "set" and not _assigns(piece.tokens)):
            branches.append(0)
        elif name in ("elif", "else") and branches:
            branches[-1] += 1
            total += 1
        elif name in ("endif", "endfor", "endset") and branches:
            total -= branches.pop()
        if len(branches) > MOST_LEVELS:
            raise too_much(piece.line, f"has more than {MOST_LEVELS} blocks within each other")
        if total > MOST_BRANCHES:
            raise too_much(piece.line, f"is behind {MOST_BRANCHES} branches of an if")


def _assigns(tokens: Sequence[str]) -> bool:
    """Whether a set gives a value (`set x = 1`) rather than opening a block (`set x|upper`)."""
    depth = 0
    for token in tokens:
        if token in ("(", "["):
            depth += 1
        elif token in (")", "]"):
            depth -= 1
        elif not depth and token in ("=", "|"):
            return token == "="
    return False


def _violations(tokens: Sequence[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Everything refused in one piece of code, with what is allowed in its place."""
    nothing: frozenset[str] = frozenset()
    open_brackets: list[str] = []
    before, last = "", ""
    for token in tokens:
        follows_value = last[-1:].isalnum() or last[-1:] in ("_", ")", "]", '"', "'")
        follows_value = follows_value and last not in _KEYWORDS
        if token in ("*", "+"):
            yield f"the operator “{token}”", nothing
        elif token == "[":
            if not follows_value:
                yield "a list in brackets", nothing
            open_brackets.append("part")
        elif token == "(":
            if follows_value and before not in ("|", "is", "not") and last not in _FUNCTIONS:
                yield f"the call of “{last}”", _FUNCTIONS
            open_brackets.append("call" if follows_value else "group")
        elif token in (")", "]"):
            open_brackets = open_brackets[:-1]
        elif token == "," and open_brackets[-1:] != ["call"]:
            yield "a list with commas", nothing
        elif last == "|" and token not in FILTERS:
            yield f"the filter “{token}”", FILTERS
        if last == "(" and before == "join" and not _is_separator(token):
            yield "a separator that is not a short text in quotes", nothing
        before, last = last, token


def _is_separator(token: str) -> bool:
    return token == ")" or (token[0] in "\"'" and len(token) <= _LONGEST_SEPARATOR)


class Uses(NamedTuple):
    """How a template uses names: `whole` writes them out as they are, `parts` looks into them.
    `lists` are those it loops over or takes an item of, with the line: of a text that would be its
    letters."""

    whole: frozenset[str]
    parts: frozenset[str]
    lists: tuple[tuple[str, int], ...] = ()


def uses(code: Sequence[Piece]) -> Uses:
    """How each name is used, as far as its own place in the template tells."""
    whole: set[str] = set()
    parts: set[str] = set()
    lists: dict[str, int] = {}
    for piece in code:
        tokens = piece.tokens
        for place, token in enumerate(tokens):
            before = tokens[place - 1] if place else ""
            after, then = (*tokens[place + 1 : place + 3], "", "")[:2]
            if not (token[0].isalpha() or token[0] == "_") or before in (".", "|", "is"):
                continue
            if after in ("[", ".") or before == "in" or (after == "|" and then in _TAKES_APART):
                parts.add(token)
            elif not piece.is_tag or tokens[0] == "set":
                whole.add(token)
            is_item = after == "[" and bool(_ITEM.match(" ".join(tokens[place + 2 : place + 5])))
            is_looped = tokens[0] == "for" and before == "in" and after not in ("|", "[", ".")
            if is_item or is_looped:
                lists.setdefault(token, piece.line)
    return Uses(frozenset(whole), frozenset(parts), tuple(lists.items()))


def _refused(line: int, what: str, allowed: frozenset[str]) -> TemplateError:
    instead = f" Available are: {', '.join(sorted(allowed))}." if allowed else ""
    return TemplateError(
        f"Line {line} of the template uses {what}, which prompts cannot have.",
        f"Prompts may use variables, if, for, set and filters.{instead}",
    )
