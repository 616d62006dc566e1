"""Find the code of a template and take it apart, before the template engine does.

The engine's parser calls itself for every operator, filter, branch and bracket, so that a long
enough text overflows the thread's stack and ends the process. What it gets is therefore read here
first, in one pass without recursion, by the engine's own rules of where code begins and ends
(https://github.com/mitsuhiko/minijinja, `compiler/lexer.rs`). Whatever would let the two readings
part, such as a brace or an open quotation mark within code, is refused.
"""

import re
from typing import NamedTuple

from workbench.errors import TemplateError

MOST_TOKENS = 100
"""Names, signs and texts in one `{{ … }}` or `{% … %}`."""

MOST_BRACKETS = 20
"""Brackets within brackets."""

MOST_CODE = 20_000
"""Tokens and pieces of code in one template."""

_STRING = r"""(?:"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+')"""
# What the engine takes for white space within code; other spaces are no code.
_BLANK = r"[ \t\n\r\f]*+"
_SPACE = re.compile(_BLANK)
_OPENING = re.compile(r"\{[{%#]")
_RAW = re.compile(rf"\{{%[-+]?{_BLANK}raw{_BLANK}[-+]?%\}}")
_END_RAW = re.compile(rf"\{{%[-+]?{_BLANK}endraw{_BLANK}[-+]?%\}}")
_TOKEN = re.compile(rf"{_STRING}|[^\W\d]\w*|\d\w*|.", re.DOTALL)
_CLOSING = {"{{": "}}", "{%": "%}"}
_ASTRAY = frozenset("{}\"'")


class Piece(NamedTuple):
    """One `{{ … }}`, or one `{% … %}` (`is_tag`), without its braces, and the line it begins in."""

    line: int
    is_tag: bool
    tokens: tuple[str, ...]


def pieces(template: str) -> tuple[Piece, ...]:
    """The code of a template, in its order, without comments and raw text.

    Raises TemplateError, naming the line, for what is not closed and for more code than the limits
    above allow.
    """
    found: list[Piece] = []
    place, line, counted, size = 0, 1, 0, 0
    while opened := _OPENING.search(template, place):
        start = opened.start()
        line += template.count("\n", counted, start)
        counted = start
        if opened.group() == "{#":
            end = template.find("#}", opened.end())
            if end < 0:
                raise _unclosed(line, "{#", "#}")
            place = end + 2
        elif raw := _RAW.match(template, start):
            closed = _END_RAW.search(template, raw.end())
            if closed is None:
                raise _unclosed(line, "{% raw %}", "{% endraw %}")
            place = closed.end()
        else:
            tokens, place = _tokens(template, opened, line)
            size += 1 + len(tokens)
            if size > MOST_CODE:
                raise too_much(line, f"is behind {MOST_CODE:,} names, texts and signs in code")
            found.append(Piece(line, opened.group() == "{%", tokens))
    return tuple(found)


def too_much(line: int, what: str) -> TemplateError:
    """The error for code beyond a limit."""
    return TemplateError(
        f"Line {line} of the template {what}.",
        "Make it simpler: split it with {% set %}, or put the texts into the cases.",
    )


def _tokens(template: str, opened: re.Match[str], line: int) -> tuple[tuple[str, ...], int]:
    """The tokens of the piece that was opened, and where the text behind it begins."""
    closing = _CLOSING[opened.group()]
    place = opened.end()
    if template[place : place + 1] in ("-", "+"):
        place += 1
    tokens: list[str] = []
    brackets = 0
    while (token := _TOKEN.match(template, place := _end_of_space(template, place))) is not None:
        # The engine looks for the end of a piece only where no bracket is open.
        if not brackets:
            sign = 1 if template[place] in "-+" else 0
            if template.startswith(closing, place + sign):
                return tuple(tokens), place + sign + 2
        text = token.group()
        if text in ("(", "["):
            brackets += 1
        elif text in (")", "]"):
            brackets -= 1
        if text in _ASTRAY or brackets < 0:
            raise _astray(line, text, opened.group(), closing)
        if brackets > MOST_BRACKETS:
            raise too_much(line, f"has more than {MOST_BRACKETS} brackets within each other")
        tokens.append(text)
        if len(tokens) > MOST_TOKENS:
            raise too_much(
                line, f"has a piece of code with more than {MOST_TOKENS} names, texts and signs"
            )
        place = token.end()
    raise _unclosed(line, opened.group(), closing)


def _end_of_space(template: str, place: int) -> int:
    found = _SPACE.match(template, place)
    return place if found is None else found.end()


def _unclosed(line: int, opening: str, closing: str) -> TemplateError:
    return TemplateError(
        f"Line {line} of the template cannot be used: its “{opening}” is not closed.",
        f"Close it with {closing}.",
    )


def _astray(line: int, sign: str, opening: str, closing: str) -> TemplateError:
    if sign in "{}":
        return TemplateError(
            f"Line {line} of the template uses a table in braces or a single “{sign}” in code, "
            "which prompts cannot have.",
            f"Code begins with {opening} and ends with {closing}; prompts may use variables, if, "
            "for, set and filters.",
        )
    what = "a bracket that was not opened" if sign in ")]" else "an open quotation mark"
    return TemplateError(
        f"Line {line} of the template cannot be used: its code has {what} ({sign}).",
        "Brackets and quotation marks within code come in pairs.",
    )
