"""Untrusted text inside Markdown: shown as it was written, never live, nothing hidden in it."""

import re

from workbench.domain import hidden, lookalikes

# What has a meaning anywhere in a line, in CommonMark, GitHub's tables and Streamlit's additions.
_INLINE = re.compile(r"[\\`*_\[\]<>|~$&]|:(?=[A-Za-z])")
# What has one at the start of a line only: headings, lists, rules, code, setext underlines.
_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)](?:\s|$)))")
# Renderers make links of bare addresses, domains and mail addresses even where every mark is
# escaped, and GitHub tells a person who is mentioned; not inside code. An address ends at a
# bracket: one in the code would end a Streamlit directive (`:gray[…]`) around it, and so the code.
_REST = r"[^\s`|\[\]]*"
_TOP = (
    "[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name|pro|web|app|dev|xyz|online|site|shop|store|"
    "top|club|live|cloud|link|click|page|blog|news|zip|mov|aero|asia|coop|museum|mobi|jobs|travel|"
    "test|example|invalid|localhost|local|internal|onion|рф|укр|бел|xn--[a-z0-9-]+"
)
_ADDRESS = re.compile(
    rf"""
    \b[a-z][a-z0-9+.-]{{,30}}://{_REST}
    | (?<![:/\w])//[\w\[]{_REST}  # an address on the scheme of the page
    | \b(?:mailto|xmpp|javascript|vbscript|data|tel|sms|magnet|blob|file):{_REST}
    | \bwww\.{_REST}
    | [\w.!#%'+/=?^{{}}-]{{,64}}@[\w-][\w.-]*(?:[:/?\#]{_REST})?
    | (?<![\w.\u3002\uff0e-])(?:[\w-]{{1,63}}[.\u3002\uff0e])+(?:{_TOP})(?![\w-])(?:[:/?\#]{_REST})?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RUN = re.compile(r"`+")


def escape(text: str) -> str:
    """The text on one line for a label, heading or table cell: what people call things.

    Nothing in it is live. Addresses become code, because renderers link them otherwise; hidden
    characters are named, and letters that pose as those of another script.
    """
    return _line(lookalikes.marked(visible(_flat(text))))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _line(flat: str) -> str:
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
        "\\\n".join(_line(visible(_flat(line))) for line in block.splitlines() if line.strip())
        for block in blocks
    )


def fenced(text: str) -> str:
    """The text as a code block, whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def visible(text: str) -> str:
    """The text with hidden characters named, such as ⟨U+202E⟩, where they hide something."""
    return hidden.named(text)


def _escape_marks(text: str) -> str:
    return _INLINE.sub(lambda match: "\\" + match.group(), text)
