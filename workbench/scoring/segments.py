"""How long a text is as people count: words and sentences, in any script."""

import re
import unicodedata
from collections.abc import Iterator

from workbench.errors import InputError
from workbench.scoring.abbreviations import (
    AFTER_A_DAY,
    BEFORE_A_NUMBER,
    BEGINNINGS,
    GO_ON,
    LIST_ENDS,
    MAY_END,
)

_WORD = re.compile(r"[\w\u0300-\u036f]+(?:[’'\-.‑‐][\w\u0300-\u036f]+)*")
_LETTER = re.compile(r"\w")
# Scripts beyond Latin, Greek, Cyrillic and Armenian: words without spaces, or letters with marks.
_OTHER_SCRIPT = re.compile(
    r"[\u0590-\u1cff\u1d80-\u1dff\u2d00-\u2fff\u3005-\ud7ff\uf900-\ufdff"
    r"\ufe70-\ufeff\uff66-\uffdc\U00010000-\U0001efff\U00020000-\U0003ffff]"
)
# Written without marks at the end of a sentence: nobody can count those by code.
_UNMARKED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff]")
_MARK = ".!?…‽⁇⁈⁉"
# These end a sentence whatever follows: Chinese, Japanese, Devanagari, Arabic, Urdu, Ethiopic, …
_FULL_MARK = "。｡．！？।॥؟۔።፧။᙮᠃᠉꘎꛳꩝"
_CLOSING = "\"'”’»›)\\]」』】）》〉〗］*_"
# Looks at each run of marks once, from its start: a million dots must not take hours.
_END = re.compile(
    rf"(?<![{_MARK}{_FULL_MARK}])(?P<marks>[{_MARK}{_FULL_MARK}]++)(?P<closing>[{_CLOSING}]++)?"
    rf"(?=\s|$|(?<=[{_FULL_MARK}{_CLOSING}])[^{_MARK}{_FULL_MARK}])"
)
# A blank line ends a sentence, and so does a line that begins a list's next point.
_BREAK = re.compile(r"\n[^\S\n]*\n|\n(?=[^\S\n]*(?:[-*•–]|\d{1,3}[.)])\s)")
_OPENING = "([{\"'“‘«„/¿¡"
_AROUND = 60
"""Characters looked at before and behind a mark."""
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,3}$")


def count_words(text: str) -> int:
    """Words as Unicode parts them (UAX 29, with ICU's dictionaries for Chinese, Japanese, Thai and
    other scripts without spaces); “don't”, “3.5” and “well-known” are one each."""
    composed = unicodedata.normalize("NFC", text)
    if not _OTHER_SCRIPT.search(composed):
        return len(_WORD.findall(composed))
    from icu4py.breakers import WordBreaker

    count, is_joined = 0, False
    for piece in map(str, WordBreaker(composed, "en")):
        if _LETTER.search(piece):
            count += not is_joined
            is_joined = False
        else:
            # A hyphen right behind a word joins the next one to it, as in other scripts.
            is_joined = count > 0 and piece in ("-", "‐", "‑")
    return count


def has_other_script(text: str) -> bool:
    """Whether some of it is in a script whose words can't be told by spaces and letters alone."""
    return _OTHER_SCRIPT.search(text) is not None


def count_sentences(text: str) -> int:
    """Sentences, by their closing marks; a last one without a mark counts, and so does each point
    of a list. Raises InputError for scripts that mark no end of a sentence."""
    if _UNMARKED.search(text):
        raise InputError(
            "Sentences can't be counted in it: Thai, Lao and Khmer mark no end of a sentence.",
            "Count words or characters instead.",
        )
    return sum(1 for piece in _sentences(text) if _LETTER.search(piece))


def _sentences(text: str) -> Iterator[str]:
    for part in _BREAK.split(text):
        begin = 0
        for found in _END.finditer(part):
            if _goes_on(part, begin, found):
                continue
            yield part[begin : found.end()]
            begin = found.end()
        yield part[begin:]


def _goes_on(part: str, begin: int, found: "re.Match[str]") -> bool:
    """Whether what looks like the end of a sentence is inside of one."""
    marks = found["marks"]
    if marks[-1] in _FULL_MARK:
        return False
    # A piece at a time: to copy all that follows at each mark would cost the square of a long text.
    rest = part[found.end() : found.end() + _AROUND].lstrip()
    if not rest:
        return False
    following = _WORD.match(rest)
    word = following.group().casefold() if following else ""
    if found["closing"] or marks != ".":
        # “Stop!” he said; and a pause: wait … what?
        is_pause = bool(found["closing"]) or set(marks) <= {".", "…"}
        return is_pause and rest[:1].islower()
    before = part[max(begin, found.start() - _AROUND) : found.start()]
    last = before[-1:].strip() and before.rsplit(None, 1)[-1].lstrip(_OPENING)
    short, is_name = last.casefold(), last[:1].isupper()
    if short.isdigit():
        # “Am 3. Mai”, and the number of a list's point.
        return len(short) <= 3 and (word in AFTER_A_DAY or _LIST_NUMBER.search(before) is not None)
    if len(short) == 1 and short.isalpha():
        # “J. R. Smith”, “z. B.”; but “Plan B. Then”, and “I” is a word.
        return rest[0].isalpha() and last != "I" and not (is_name and word in BEGINNINGS)
    if rest[:1].islower() and is_name and len(short) <= 4:
        return True
    if short in BEFORE_A_NUMBER and rest[:1].isdigit():
        return True
    if short in LIST_ENDS:
        return not rest[:1].isupper()
    return short in GO_ON or (short in MAY_END and word not in BEGINNINGS)
