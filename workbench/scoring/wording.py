"""Texts as people compare them: the same but for case, quotation marks, dashes and spaces."""

import unicodedata

_SHOWN = 60
_SINGLE = "'‘’‚‛′‵`´ʹʻʼʽˈ‹›＇"
_DOUBLE = '"“”„‟″‶«»＂〝〞〟'
_DASHES = "-‐‑‒–—―−⁃﹘﹣－⸺⸻"
# What shows nothing: soft hyphen, zero-width marks, joiners, direction marks, variation selectors.
_UNSEEN = [0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
_UNSEEN += [*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)]
_FOLDED: dict[int, str | None] = {
    **{ord(mark): "'" for mark in _SINGLE},
    **{ord(mark): '"' for mark in _DOUBLE},
    **{ord(mark): "-" for mark in _DASHES},
    **dict.fromkeys(_UNSEEN),
}


def folded(text: str, *, ignore_case: bool = True) -> str:
    """The text as it reads: one form (NFKC) for each letter, one kind of apostrophe, of quotation
    mark, dash and space, nothing that does not show, and with `ignore_case` no capitals."""
    if text.isascii():
        # All forms are one there, and of the marks only this one is another: a quarter of the time.
        plain = text.replace("`", "'")
        return " ".join((plain.lower() if ignore_case else plain).split())
    # Marks first: the compatible form of ´ is a space and an accent. Then again: NFKC makes some.
    plain = unicodedata.normalize("NFKC", text.translate(_FOLDED)).translate(_FOLDED)
    if ignore_case:
        # Folding case can take a letter apart again (İ).
        plain = unicodedata.normalize("NFKC", plain.casefold())
    return " ".join(plain.split())


def normalised(text: str, *, ignore_case: bool = True) -> str:
    """The folded text without the punctuation around it: what `equals` compares."""
    return folded(text, ignore_case=ignore_case).strip(" .,;:!?\"'()[]*_。！？、，；：「」『』《》")


def quoted(text: str) -> str:
    """The text in quotation marks, shortened for a sentence."""
    flat = " ".join(text.split())
    return f"“{flat[: _SHOWN - 1]}…”" if len(flat) > _SHOWN else f"“{flat}”"
