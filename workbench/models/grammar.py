"""What a prompt template may contain: variables, if, for, set and filters; nothing builds lists.

Lists and groups that a case brings along may be used: by number, by key and in loops.

minijinja's fuel bounds time and most memory, but it charges for a list of references to one long
text only after that list has been written out: `{{ [case] * 10000 }}` takes gigabytes first.
Prompts never need that, so lists, sums, products, macros and functions are refused by syntax.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from workbench.errors import TemplateError

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

_STRING = r"""(?:"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+')"""
_PARTS = re.compile(
    r"\{\#.*?\#\}"
    r"|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    rf"|\{{\{{[-+]?(?P<value>(?:{_STRING}|[^\"'}}]|\}}(?!\}}))*+)\}}\}}"
    rf"|\{{%[-+]?(?P<tag>(?:{_STRING}|[^\"'%]|%(?!\}}))*+)%\}}",
    re.DOTALL,
)
_TOKEN = re.compile(rf"{_STRING}|[^\W\d]\w*|\d[\w.]*|\S", re.DOTALL)


def check(template: str) -> None:
    """Refuse what prompts may not contain. The template's syntax must already be known as valid.

    Raises TemplateError naming the line.
    """
    for part in _PARTS.finditer(template):
        line = template.count("\n", 0, part.start()) + 1
        tag = part["tag"]
        if tag is not None:
            name = next(iter(_TOKEN.findall(tag)), "")
            if name not in _TAGS:
                raise _refused(line, f"the statement “{name}”", _TAGS)
        for what, allowed in _violations(_TOKEN.findall(tag or part["value"] or "")):
            raise _refused(line, what, allowed)


def _violations(tokens: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Everything refused in one piece of code, with what is allowed in its place."""
    nothing: frozenset[str] = frozenset()
    open_brackets: list[str] = []
    before, last = "", ""
    for token in tokens:
        follows_value = last[-1:].isalnum() or last[-1:] in ("_", ")", "]", '"', "'")
        follows_value = follows_value and last not in _KEYWORDS
        if token in ("{", "}"):
            yield "a table in braces", nothing
        elif token in ("*", "+"):
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


def uses(template: str) -> Uses:
    """How each name is used, as far as its own place in the template tells."""
    whole: set[str] = set()
    parts: set[str] = set()
    lists: dict[str, int] = {}
    for part in _PARTS.finditer(template):
        tokens = _TOKEN.findall(part["tag"] or part["value"] or "")
        # `{{- name -}}`: the signs belong to the braces.
        tokens = tokens[:-1] if tokens[-1:] == ["-"] else tokens
        for place, token in enumerate(tokens):
            before = tokens[place - 1] if place else ""
            after, then = (*tokens[place + 1 : place + 3], "", "")[:2]
            if not (token[0].isalpha() or token[0] == "_") or before in (".", "|", "is"):
                continue
            if after in ("[", ".") or before == "in" or (after == "|" and then in _TAKES_APART):
                parts.add(token)
            elif part["value"] is not None or tokens[0] == "set":
                whole.add(token)
            is_item = after == "[" and bool(_ITEM.match(" ".join(tokens[place + 2 : place + 5])))
            is_looped = tokens[0] == "for" and before == "in" and after not in ("|", "[", ".")
            if is_item or is_looped:
                lists.setdefault(token, template.count("\n", 0, part.start()) + 1)
    return Uses(frozenset(whole), frozenset(parts), tuple(lists.items()))


def _refused(line: int, what: str, allowed: frozenset[str]) -> TemplateError:
    instead = f" Available are: {', '.join(sorted(allowed))}." if allowed else ""
    return TemplateError(
        f"Line {line} of the template uses {what}, which prompts cannot have.",
        f"Prompts may use variables, if, for, set and filters.{instead}",
    )
