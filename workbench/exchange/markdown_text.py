"""Untrusted text inside Markdown: shown as it was written, never live, nothing hidden in it."""

import re

# What has a meaning anywhere in a line, in CommonMark, GitHub's tables and Streamlit's additions.
_INLINE = re.compile(r"[\\`*_\[\]<>|~$&]|:(?=[A-Za-z])")
# What has one at the start of a line only: headings, lists, rules, code, setext underlines.
_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)](?:\s|$)))")
# Renderers make links of bare addresses even where every mark is escaped; not inside code. An
# address ends at a bracket: one in the code would end a Streamlit directive (`:gray[…]`) around
# it, and with that the code.
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|xmpp|javascript|data):)[^\s`|\[\]]*", re.I
)
# Invisible, or turns the direction of text around: can hide words from a reader.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_RUN = re.compile(r"`+")


def escape(text: str) -> str:
    """The text on one line for a paragraph, heading or table cell. Nothing in it is live.

    Addresses become code, because renderers link them otherwise; hidden characters are named.
    """
    flat = visible(" ".join(text.split()))
    parts: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(flat):
        parts += [_escape_marks(flat[end : match.start()]), f"`{match.group()}`"]
        end = match.end()
    parts.append(_escape_marks(flat[end:]))
    line = "".join(parts)
    start = _START.match(line)
    if start is None:
        return line
    head, mark = start.groups()
    rest = line[start.end() :]
    return f"{head}{mark}\\{rest}" if mark[0].isdigit() else f"{head}\\{mark}{rest}"


def paragraphs(text: str) -> str:
    """Text of several lines: its paragraphs and line breaks stay."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(
        "\\\n".join(escape(line) for line in block.splitlines() if line.strip()) for block in blocks
    )


def fenced(text: str) -> str:
    """The text as a code block, whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def visible(text: str) -> str:
    """The text with hidden characters named, such as ⟨U+202E⟩."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text.replace("\r\n", "\n"))


def _escape_marks(text: str) -> str:
    return _INLINE.sub(lambda match: "\\" + match.group(), text)
