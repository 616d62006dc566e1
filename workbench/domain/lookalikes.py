"""Letters that look like those of another script: told in names, where one may pass for another.

“pаypal” with a Cyrillic а reads like another name. The pairs are those of Unicode's table of
confusable characters (UTS #39) that most typefaces draw alike, in the scripts that are mixed up
with Latin; full-width, mathematical and other styled letters are told by their compatibility form.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from workbench.domain import hidden
from workbench.errors import InputError

# For each script: its letters, and the Latin letters that they are taken for.
_PAIRS = {
    "Cyrillic": (
        "аАВсСԁеЕһНіІјЈкКӏӀМоОрРԛԚѕЅТѵѴѡԝԜхХуУүҮѐёЁїЇӧ",
        "aABcCdeEhHiIjJkKlIMoOpPqQsSTvVwwWxXyYyYeeEiIo",
    ),
    "Greek": ("αΑΒΕΖηΗιΙϳͿκΚΜνΝοΟρΡΤυΥχΧγωϲϹ", "aABEZnHiIjJkKMvNoOpPTuYxXywcC"),
    "Armenian": ("օՕսՍհցքոԼզյ", "oOuUhgpnLqj"),
    "Cherokee": ("ᎪᏴᏟᎠᎬᎻᎥᎫᏦᏞᎷᏃᏢᏒᏚᎢᏙᎳᎩ", "AbCDEHiJKLMZPRSTVWY"),
    "Lisu": ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓞꓡꓢꓣꓟꓠꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFFLSRMNVHWXYAEIOU"),
    "phonetic": ("ɑɡ", "ag"),
}
_LATIN, _STYLED = "Latin", "styled"
_LIKE = {
    letter: (latin, script)
    for script, (letters, latins) in _PAIRS.items()
    for letter, latin in zip(letters, latins, strict=True)
}
_ALIKE_LATIN = frozenset(latin for latin, _ in _LIKE.values())
_LONGEST_KEPT = 300
"""Characters of a name that is not looked at letter by letter each time that a page shows it."""
_WORD = re.compile(r"[^\W\d_]+")


def marked(name: str) -> str:
    """The name with every letter named that poses as one of its neighbours: “p⟨Cyrillic а⟩ypal”.

    A word that is of another script as a whole is a word of another language, and stays: unless
    the name is in Latin letters otherwise, and nothing in the word tells the two apart.
    """
    if name.isascii():
        return name
    return _kept(name) if len(name) <= _LONGEST_KEPT else _told(name)


def _told(name: str) -> str:
    scripts = {letter: _script(letter) for letter in set(name) if letter.isalpha()}
    told = {script for letter, script in scripts.items() if letter not in _LIKE}
    return _WORD.sub(lambda word: _marked_word(word.group(), scripts, told), name)


_kept = lru_cache(maxsize=2048)(_told)


def skeleton(name: str) -> str:
    """What is left of a name that a reader can tell: equal for names that look the same."""
    seen = hidden.without(unicodedata.normalize("NFKC", name))
    return " ".join("".join(_LIKE.get(letter, (letter,))[0] for letter in seen).split())


def refuse_taken(name: str, others: Iterable[str], what: str) -> None:
    """Raise InputError where one of the `others` is the same name, whatever its capitals, or looks
    the same. `what` is the thing that is named: “feature”."""
    looks = skeleton(name)
    for other in others:
        if other.lower() == name.lower():
            raise InputError(f"There is a {what} named “{name}” already.", "Choose another name.")
        if skeleton(other) == looks:
            raise InputError(
                f"The name “{name}” looks the same as that of another {what}.",
                "Letters in it pose as others, or cannot be seen. Choose another name.",
            )


def _marked_word(word: str, scripts: dict[str, str], told: set[str]) -> str:
    here = [scripts[letter] for letter in word]
    home = max(sorted(set(here), key=lambda script: script != _LATIN), key=here.count)
    if home == _LATIN or len(set(here)) > 1:
        posing = [
            kind != home and _poses(letter, kind) for letter, kind in zip(word, here, strict=True)
        ]
    else:
        is_lone = _LATIN in told and home not in told and all(letter in _LIKE for letter in word)
        posing = [is_lone] * len(word)
    runs = groupby(zip(word, here, posing, strict=True), key=lambda each: each[1:])
    return "".join(_shown(run, "".join(each[0] for each in letters)) for run, letters in runs)


def _shown(run: tuple[str, bool], letters: str) -> str:
    script, poses = run
    return f"⟨{script} {letters}⟩" if poses else letters


def _poses(letter: str, script: str) -> bool:
    return letter in _LIKE or letter in _ALIKE_LATIN or script == _STYLED


def _script(letter: str) -> str:
    if letter in _LIKE:
        return _LIKE[letter][1]
    plain = unicodedata.normalize("NFKC", letter)
    # Of the capital and small letters only: ª and ⁿ are written among others.
    is_cased = unicodedata.category(letter) in ("Lu", "Ll")
    if is_cased and plain != letter and len(plain) == 1 and plain.isascii():
        return _STYLED
    return unicodedata.name(letter, "unknown").split()[0].capitalize()
