"""What people get wrong in YAML most often, in their words, with the line and the cure."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from workbench.say import count

_TAB = re.compile(r" *\t")
_NO_SPACE_AFTER_DASH = re.compile(r"\s*-[A-Za-z\"'{\[]")
_NO_SPACE_AFTER_COLON = re.compile(r"\s*(?:- )?([A-Za-z_]+):([^\s/:][^:]*)$")
_KEY_AND_VALUE = re.compile(r"(\s*(?:- )*)([A-Za-z_]+):\s+(.*\S)")
_BRACES = re.compile(r"(?<![\"'\w}] )(?<![\"'\w])\{\{-?\s*([\w.\[\]]+)[^}]*\}\}")
_AFTER_QUOTES = re.compile(r"(?:\"(?:\\.|[^\"\\])*\"|'[^']*')\s*[^\s,\]}#]")
_SPECIAL = "@`%*&!|>"
_SPACES = re.compile(r" *")


class Mistake(NamedTuple):
    """Where it is (a line, from 1), what is wrong, and what to do."""

    line: int
    message: str
    hint: str


class _Seen(NamedTuple):
    """A parser's complaint, and the lines of the text."""

    lines: Sequence[str]
    at: int
    opened: int
    problem: str
    context: str

    def around(self) -> list[int]:
        """The lines that may be to blame, the nearest first."""
        return [i for i in (self.at, self.at - 1) if 0 <= i < len(self.lines)]

    def line(self) -> str:
        return self.lines[self.at] if self.at < len(self.lines) else ""


def explained(text: str, error: Any) -> Mistake | None:
    """What a parser's error (a `MarkedYAMLError`) comes from, where it is one of the usual ones."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None
    opened = error.context_mark.line if error.context_mark else mark.line
    lines = text.split("\n")
    seen = _Seen(lines, mark.line, opened, error.problem or "", error.context or "")
    return next((found for rule in _RULES if (found := rule(seen))), None)


def braces(text: str, line: int) -> Mistake | None:
    """A variable in braces that stands on this line (from 1) without quotes."""
    lines = text.split("\n")
    return _braces(_Seen(lines, line - 1, line - 1, "", "")) if line <= len(lines) else None


def _tab(seen: _Seen) -> Mistake | None:
    for i in seen.around():
        if _TAB.match(seen.lines[i]):
            return Mistake(
                i + 1, f"a tab indents line {i + 1}.", "Use spaces: two for each level, no tabs."
            )
    return None


def _dash(seen: _Seen) -> Mistake | None:
    for i in seen.around():
        if _NO_SPACE_AFTER_DASH.match(seen.lines[i]):
            return Mistake(i + 1, "a space is missing after the dash.", "Write “- key: …”.")
    return None


def _braces(seen: _Seen) -> Mistake | None:
    line = seen.line()
    found = _BRACES.search(line)
    if found:
        said = _KEY_AND_VALUE.match(line)
        if said and said[3].startswith("{{") and not said[3].endswith("}}"):
            hint = f'Put quotes around the whole text: {said[2]}: "{said[3][:60]}"'
        else:
            hint = f'Put quotes around {found[0]}: "{found[0]}"'
        return Mistake(seen.at + 1, f"{found[0]} stands without quotes.", hint)
    if re.search(r"[:\-]\s+\{%", line):
        return Mistake(
            seen.at + 1, "the text begins with “{%” and has no quotes.",
            "Put quotes around the whole text, or begin it with “|” on the line before.",
        )  # fmt: skip
    return None


def _open_quote(seen: _Seen) -> Mistake | None:
    if "quoted scalar" in seen.context and ("stream" in seen.problem or "document" in seen.problem):
        return Mistake(
            seen.opened + 1, f"a quote that opens on line {seen.opened + 1} is never closed.",
            "Close it, or leave both quotes out.",
        )  # fmt: skip
    return None


def _escape(seen: _Seen) -> Mistake | None:
    if "quoted scalar" in seen.context and ("escape" in seen.problem or "hexdec" in seen.problem):
        return Mistake(
            seen.at + 1, "a backslash in double quotes begins a sign of its own.",
            "Use single quotes, or write the backslash twice.",
        )  # fmt: skip
    return None


def _after_quotes(seen: _Seen) -> Mistake | None:
    said = _KEY_AND_VALUE.match(seen.line())
    if said and "expected key" in seen.problem and _AFTER_QUOTES.match(said[3]):
        return Mistake(
            seen.at + 1, f"the text after “{said[2]}:” goes on after its closing quote.",
            'Put the whole text in double quotes, and write \\" for a quote inside it.',
        )  # fmt: skip
    return None


def _bracket(seen: _Seen) -> Mistake | None:
    if "flow" in seen.context:
        sign = "{" if "mapping" in seen.context else "["
        return Mistake(
            seen.opened + 1, f"a “{sign}” that opens on line {seen.opened + 1} is not closed.",
            "Close it, and put quotes around text with commas, colons or brackets in it.",
        )  # fmt: skip
    return None


def _no_space(seen: _Seen) -> Mistake | None:
    for i in seen.around():
        found = _NO_SPACE_AFTER_COLON.match(seen.lines[i])
        if found:
            return Mistake(
                i + 1, f"a space is missing after “{found[1]}:”.",
                f"Write “{found[1]}: {found[2].strip()[:40]}”.",
            )  # fmt: skip
    return None


def _colon(seen: _Seen) -> Mistake | None:
    said = _KEY_AND_VALUE.match(seen.line())
    if said and "mapping values" in seen.problem and re.search(r":(\s|$)", said[3]):
        return Mistake(
            seen.at + 1, f"the text after “{said[2]}:” holds a colon and a space.",
            f'Put quotes around the text: {said[2]}: "{said[3][:60]}"',
        )  # fmt: skip
    return None


def _special(seen: _Seen) -> Mistake | None:
    said = re.match(r"\s*(?:- )*(?:[A-Za-z_]+:\s+)?(\S)", seen.line())
    if said and said[1] in _SPECIAL:
        return Mistake(
            seen.at + 1, f"a text begins with “{said[1]}”, which means something else in YAML.",
            "Put quotes around the whole text.",
        )  # fmt: skip
    return None


def _no_colon(seen: _Seen) -> Mistake | None:
    if "could not find expected ':'" in seen.problem:
        return Mistake(
            seen.opened + 1, f"line {seen.opened + 1} is no “key: value”.",
            "Add the key and its colon. Text over several lines begins with “|” after the colon.",
        )  # fmt: skip
    return None


def _indentation(seen: _Seen) -> Mistake | None:
    is_odd = "mapping values" in seen.problem or "expected key" in seen.problem
    if is_odd or "block end" in seen.problem or "block sequence entries" in seen.problem:
        found = _SPACES.match(seen.line())
        n = len(found[0]) if found else 0
        return Mistake(
            seen.at + 1,
            f"line {seen.at + 1} begins with {count(n, 'space')}, unlike the lines it belongs to.",
            "Lines of one group begin below each other; what is under a key begins further in.",
        )
    return None


_RULES: tuple[Callable[[_Seen], Mistake | None], ...] = (
    *(_tab, _braces, _open_quote, _escape, _dash, _after_quotes, _bracket),
    *(_no_space, _colon, _special, _no_colon, _indentation),
)
