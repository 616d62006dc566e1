"""Two texts word by word: what went and what came."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from workbench.ui.parts.text import md

_TOKEN = re.compile(r"\S+")


def of(before: str, after: str) -> str:
    """The words that went and came, as Markdown. Nothing in either text is live.

    Each word is escaped on its own, so that neither text can end a mark or begin another.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    parts = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(_words(old[i:j]))
            continue
        if i < j:
            parts.append(f":red-background[~~{_words(old[i:j])}~~]")
        if k < m:
            parts.append(f":green-background[**{_words(new[k:m])}**]")
    return " ".join(parts)


def _words(tokens: Sequence[str]) -> str:
    return " ".join(md(token) for token in tokens)
