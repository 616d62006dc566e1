"""Read an output as JSON, and say what stood around it that is not JSON."""

import json
import re
from typing import Any, NamedTuple

_FENCED = re.compile(
    r"(?P<fence>`{3,9}|~{3,9})[ \t]*(?P<info>[\w.+-]*)[ \t]*\n?(?P<inside>.*?)\s*(?P=fence)",
    re.DOTALL,
)
_BOM = "\ufeff"


class Found(NamedTuple):
    """The value, and in words what was around it (empty: nothing)."""

    value: Any
    around: str


def read(output: str) -> Found:
    """The JSON that an output is.

    A byte order mark and one code fence around the whole are looked through, because servers and
    models add them unasked; a sentence before or behind it is not: whoever asked for JSON alone did
    not get it. Raises ValueError or RecursionError where it is none.
    """
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
    return Found(json.loads(text, parse_constant=_refuse), " and ".join(around))


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
