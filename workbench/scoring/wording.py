"""Texts as people count and compare them: words, sentences, and what is the same but for looks."""

import re
import unicodedata

_WORD = re.compile(r"\w+(?:[’'\-.]\w+)*")
# Looks at each run of marks once, from its start: a million dots must not take hours.
_SENTENCE_END = re.compile(r"(?<![.!?…。！？])[.!?…。！？]++(?:[\"'”’)\]]++)?(?:\s|$)")
_SHOWN = 60


def count_words(text: str) -> int:
    """Words: runs of letters and digits; “don't” and “3.5” are one each."""
    return len(_WORD.findall(text))


def count_sentences(text: str) -> int:
    """Sentences, by their closing marks; a last one without a mark counts."""
    ends = list(_SENTENCE_END.finditer(text))
    rest = text[ends[-1].end() :] if ends else text
    return len(ends) + bool(_WORD.search(rest))


def normalised(text: str) -> str:
    """The text without what should not matter: case, white space, punctuation around it."""
    flat = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return flat.strip(" .,;:!?\"'`“”‘’«»()[]*_")


def quoted(text: str) -> str:
    """The text in quotation marks, shortened for a sentence."""
    flat = " ".join(text.split())
    return f"“{flat[: _SHOWN - 1]}…”" if len(flat) > _SHOWN else f"“{flat}”"
