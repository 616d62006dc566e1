"""Read an output as JSON, or as other code, and say what stood around it that is none."""

import re
from typing import Any, NamedTuple

from workbench.domain import json_text

_FENCED = re.compile(
    r"(?P<fence>`{3,9}|~{3,9})[ \t]*(?P<info>[\w.+-]*)[ \t]*\n?(?P<inside>.*?)\s*(?P=fence)",
    re.DOTALL,
)
_BOM = "\ufeff"


class Found(NamedTuple):
    """The value, its text, and in words what was around it (empty: nothing)."""

    value: Any
    text: str
    around: str


def read(output: str) -> Found:
    """The JSON that an output is.

    A byte order mark and one code fence around the whole are looked through, because servers and
    models add them unasked; a sentence before or behind it is not: whoever asked for JSON alone did
    not get it. Raises what `json_text.read` does.
    """
    text, around = bare(output)
    return Found(json_text.read(text), text, around)


def bare(output: str) -> tuple[str, str]:
    """An output without a byte order mark and one code fence around the whole, and in words what
    of these was there."""
    text = output.strip()
    around = []
    if text.startswith(_BOM):
        text = text.removeprefix(_BOM).lstrip()
        around.append("behind a byte order mark")
    fenced = _FENCED.fullmatch(text)
    if fenced is not None:
        # ```true``` has no language: what looks like one is all there is.
        text = fenced["inside"] if fenced["inside"].strip() else fenced["info"]
        around.append("in a code fence")
    return text, " and ".join(around)
