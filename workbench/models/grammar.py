"""What a prompt template may contain: variables, if, for, set and filters; nothing builds lists.

minijinja's fuel bounds time and most memory, but it charges for a list of references to one long
text only after that list has been written out: `{{ [case] * 10000 }}` takes gigabytes first.
Prompts never need that, so lists, sums, products, macros and functions are refused by syntax.
"""

import re
from collections.abc import Iterator

from workbench.errors import TemplateError

FILTERS = frozenset(
    {"abs", "capitalize", "default", "first", "float", "indent", "int", "last", "length"}
    | {"lines", "lower", "replace", "round", "split", "string", "title", "tojson", "trim", "upper"}
)
_TAGS = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "break", "continue"}
)
_FUNCTIONS = frozenset({"range"})
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
        before, last = last, token


def _refused(line: int, what: str, allowed: frozenset[str]) -> TemplateError:
    instead = f" Available are: {', '.join(sorted(allowed))}." if allowed else ""
    return TemplateError(
        f"Line {line} of the template uses {what}, which prompts cannot have.",
        f"Prompts may use variables, if, for, set and filters.{instead}",
    )
