"""Write plain data as YAML that diffs well: one form for each value, whatever library reads it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WIDTH = 96
# A text with line breaks that is no longer than this, such as a stop sequence, stays on one line.
_SHORT_TEXT = 12
# YAML allows a key on one line with its colon up to 1,024 characters; longer ones take a “? ”.
_LONGEST_KEY = 200

# Written without quotes: begins with a letter (or a number and a word), and has nothing in it
# that any YAML version could read as something else. All the rest is quoted.
_LETTER = "[A-Za-z\u00c0-\u1fff\u3040-\ud7ff]"
_BARE = re.compile(rf"(?:{_LETTER}|[0-9]+ {_LETTER})(?:[^\n#:]|:(?=\S)|(?<=\S)#)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
_IN_FLOW = re.compile(r"[^\[\]{},:]*")
# Breaks lines, is invisible, turns the direction of text around, or is no character: written as
# an escape. A fixed list, so that the bytes don't depend on the Unicode version of Python.
_ESCAPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\U000e0000-\U000e0fff\ud800-\udfff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0010fffe\U0010ffff]"
)
_ALWAYS_ESCAPED = re.compile('["\\\\\t\n]|' + _ESCAPED.pattern)
_SHORT = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def document(value: Mapping[str, Any]) -> str:
    """The mapping as one YAML document in UTF-8 text, ending with a line break.

    Keys stay in their order. Multi-line text becomes a literal block where a reader gets back
    the same characters from it, and double-quoted lines otherwise. No anchors, no aliases.
    """
    lines: list[str] = []
    _write_mapping(value, 0, lines)
    return "\n".join(lines) + "\n"


def _write_mapping(value: Mapping[str, Any], indent: int, lines: list[str]) -> None:
    for key, item in value.items():
        name = _bare(key) or _quoted(key)
        if len(name) > _LONGEST_KEY:
            lines.append(" " * indent + "? " + name)
            name = ""
        _write_value(item, " " * indent + name + ":", indent, lines)


def _write_value(value: Any, lead: str, indent: int, lines: list[str]) -> None:
    """Add `lead` (a key with its colon, or a dash) and the value after or under it."""
    if isinstance(value, str):
        lines.extend(_text(value, lead, indent))
    elif isinstance(value, Mapping):
        if not value:
            lines.append(f"{lead} {{}}")
        elif lead.endswith("-"):
            _write_item(value, lead, indent, lines)
        else:
            lines.append(lead)
            _write_mapping(value, indent + 2, lines)
    elif isinstance(value, Sequence):
        short = _flow(value, _WIDTH - len(lead))
        if short is not None:
            lines.append(f"{lead} {short}")
        else:
            # A list in a list needs its own indentation; under a key a dash is enough.
            inner = indent + 2 if lead.endswith("-") else indent
            lines.append(lead)
            for item in value:
                _write_value(item, " " * inner + "-", inner, lines)
    else:
        lines.append(f"{lead} {_scalar(value)}")


def _write_item(value: Mapping[str, Any], lead: str, indent: int, lines: list[str]) -> None:
    """A mapping in a list: its first key stands beside the dash."""
    inner: list[str] = []
    _write_mapping(value, indent + 2, inner)
    inner[0] = f"{lead} {inner[0][indent + 2 :]}"
    lines.extend(inner)


def _flow(value: Sequence[Any], room: int) -> str | None:
    """A list of short words on one line, or None where it does not fit on it."""
    words = []
    for item in value:
        if isinstance(item, Mapping | list | tuple):
            return None
        if isinstance(item, str) and "\n" in item and len(item) > _SHORT_TEXT:
            return None
        word = _scalar(item)
        if not word.startswith('"') and not _IN_FLOW.fullmatch(word):
            return None
        words.append(word)
    line = f"[{', '.join(words)}]"
    return line if len(line) <= room or not value else None


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _bare(value) or _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _text(text: str, lead: str, indent: int) -> list[str]:
    if "\n" not in text:
        return [f"{lead} {_scalar(text)}"]
    pad = " " * (indent + 2)
    if _fits_literal(text):
        body = text.rstrip("\n")
        breaks = len(text) - len(body)
        chomp = ("-", "")[breaks] if breaks < 2 else "+"
        rows = body.split("\n") + [""] * max(breaks - 1, 0)
        return [f"{lead} |{chomp}", *(pad + row if row else "" for row in rows)]
    if len(text) <= _SHORT_TEXT:
        return [f"{lead} {_quoted(text)}"]
    rows = [_escape(row) + "\\n" for row in text.split("\n")]
    rows[-1] = rows[-1].removesuffix("\\n")
    if not rows[-1]:
        rows.pop()
    # A backslash at the end of a line joins it with the next one, whose first spaces are dropped
    # unless they are escaped.
    rows[1:] = [pad + ("\\" + row if row.startswith(" ") else row) for row in rows[1:]]
    rows[0] = f'{lead} "{rows[0]}'
    return [row + "\\" for row in rows[:-1]] + [rows[-1] + '"']


def _fits_literal(text: str) -> bool:
    """Whether a literal block gives the text back, even after an editor trimmed line ends."""
    if text[0] in " \t\n" or _ESCAPED.search(text):
        return False
    return not any(row[-1:] in (" ", "\t") for row in text.split("\n"))


def _bare(text: str) -> str:
    """The text without quotes; empty where it needs them."""
    if text != text.strip() or not _BARE.fullmatch(text) or text.lower() in _WORDS:
        return ""
    if text.endswith(":") or "\t" in text or _ESCAPED.search(text):
        return ""
    return text


def _quoted(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    return _ALWAYS_ESCAPED.sub(lambda match: _escape_one(match.group()), text)


def _escape_one(character: str) -> str:
    code = ord(character)
    short = _SHORT.get(character)
    if short is not None:
        return short
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
