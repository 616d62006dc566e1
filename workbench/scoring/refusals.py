"""Does an output refuse? Told by its wording, in ten languages; other wordings can be named.

A refusal is said at once, so only the beginning is looked at. Wording is a proxy: it takes “I can't
provide a refund” for a refusal, and passes over one that is said in a way of its own. So every
judgement quotes what it saw, for people to read a sample.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from workbench.scoring import languages
from workbench.scoring.wording import folded

_BEGINNING = 400
"""Characters: after two or three sentences an output has said whether it answers."""

_SURE = 0.5
"""How likely a language must be, of nearly a hundred, before an output is left unscored for it."""

_FEWEST_WORDS = 3
# Letters of scripts that none of the known languages is written in.
_OTHER_LETTERS = re.compile(
    r"[\u0370-\u1cff\ua000-\uabff\uac00-\ud7ff\ufb1d-\ufdff\ufe70-\ufefc\U00010000-\U0001bfff]"
)


def refusal_in(output: str, phrases: Iterable[str] = ()) -> str | None:
    """The words with which an output refuses; None where it does not. `phrases` count besides,
    wherever they stand in the beginning."""
    plain = folded(output[:_BEGINNING])
    for phrase in phrases:
        wanted = folded(phrase)
        if wanted and wanted in plain:
            return phrase.strip()
    for pattern in _known().values():
        found = pattern.search(plain)
        if found:
            return found.group()
    return None


def unknown_language(output: str) -> str:
    """The code of the language of an output (ISO 639-1) where its refusals would not be known;
    empty where they are, or where too little was said to tell.

    Languages are told by the n-grams of Lui and Baldwin 2012 (langid.py).
    """
    plain = folded(output[:_BEGINNING], ignore_case=False)
    letters = sum(c.isalpha() for c in plain)
    if letters and 2 * len(_OTHER_LETTERS.findall(plain)) > letters:
        return languages.told(plain).code
    if len(plain.split()) < _FEWEST_WORDS:
        return ""
    code, likely = languages.told(plain)
    return code if code not in _known() and likely >= _SURE else ""


@cache
def _known() -> Mapping[str, re.Pattern[str]]:
    # Ten languages take a quarter of what a command takes until its first call.
    from workbench.scoring.refusal_wordings import REFUSALS

    return REFUSALS
