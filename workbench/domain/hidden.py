"""Characters that a reader can't see: named where they hide something, kept where they belong.

Joiners in Persian and Indic words, the selector and joiners of an emoji, the selector of a Chinese
character: they change what is seen, so they stay. The same characters anywhere else show nothing,
and could carry words past a reader or make two names look like one; so do marks that turn the
direction of text around. The sets are Unicode's format characters (category Cf), controls, lone
surrogates and default ignorables (DerivedCoreProperties), without the signs that are drawn.
"""

import json
import re
import unicodedata

_ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_BY_PLACE = "\u180b-\u180f\u200c\u200d\u2800\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(f"[{_ALWAYS}{_BY_PLACE}]")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA = 9
"""The combining class of the signs that take a vowel away, such as the Hindi virama."""
# Letters of these scripts join, or make other shapes together, and a joiner changes that: Arabic
# to Mandaic, Arabic Extended, Devanagari to Sinhala, Tibetan to Myanmar, Khmer, Mongolian, Tai
# Tham to Batak, Javanese and Myanmar Extended, Adlam.
_JOINING = re.compile(
    "[\u0600-\u06ff\u0700-\u085f\u0860-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1bff"
    "\ua840-\ua87f\ua8e0-\ua8ff\ua980-\ua9ff\uaa60-\uaa7f\U0001e900-\U0001e95f]"
)
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MONGOLIAN = re.compile("[\u1807\u180a\u1820-\u18aa]")
_BRAILLE = re.compile("[\u2801-\u28ff]")
# Pictures: what may be joined to another, or take the selector that says emoji or text.
_EMOJI = re.compile("[\u2190-\u21ff\u231a-\u23ff\u24c2\u25aa-\u27bf\u2900-\u297f\u2b00-\u2bff"
                    "\U0001f000-\U0001faff]")  # fmt: skip
_TEXT_EMOJI = frozenset("©®‼⁉™ℹ〰〽㊗㊙")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_KEYCAPS = frozenset("0123456789#*")
_KEYCAP = "\u20e3"
# The flags of England, Scotland and Wales: a black flag and hidden letters. There are no others.
_FLAG = re.compile(
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|"
    "\U000e0077\U000e006c\U000e0073)\U000e007f"
)


def named(text: str) -> str:
    """The text with every character that hides something named, such as ⟨U+202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    flags = {i for match in _FLAG.finditer(text) for i in range(*match.span())}
    return _HIDDEN.sub(
        lambda match: (
            match.group()
            if match.start() in flags or _belongs(match.group(), match.string, match.start())
            else name(match.group())
        ),
        text,
    )


def name(character: str) -> str:
    """How a character that can't be seen is shown."""
    return f"⟨U+{ord(character):04X}⟩"


def without(text: str) -> str:
    """The text without any character that can't be seen, wherever it stands."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub("", text)


def _belongs(character: str, text: str, place: int) -> bool:
    """Whether the character changes what is seen where it stands."""
    before = text[place - 1 : place] if place else ""
    after = text[place + 1 : place + 2]
    if not before:
        return False
    if character in (_ZWNJ, _ZWJ):
        return _joins(character, text, place, after)
    if "\ufe00" <= character <= "\ufe0f":
        return _selects(character, before, after)
    if "\U000e0100" <= character <= "\U000e01ef":
        return bool(_IDEOGRAPH.match(before))
    if character == "\u180e":
        return bool(_MONGOLIAN.match(before) and _MONGOLIAN.match(after))
    if "\u180b" <= character <= "\u180f":
        return bool(_MONGOLIAN.match(before))
    if character == "\u2800":
        return bool(_BRAILLE.match(before) and _BRAILLE.match(after))
    return False


def _joins(character: str, text: str, place: int, after: str) -> bool:
    before = text[place - 1]
    if _JOINING.match(before) and before.isprintable():
        # At the end of a word a joiner shows the half form, or the form of an abbreviation.
        ends = not after or not (after.isalnum() or _HIDDEN.match(after))
        is_shown = unicodedata.combining(before) == _VIRAMA or character == _ZWJ
        return bool(_JOINING.match(after)) or (ends and is_shown)
    base = text[place - 2 : place - 1] if before == "\ufe0f" and place > 1 else before
    return character == _ZWJ and bool(_is_picture(base) and after and _is_picture(after))


def _is_picture(character: str) -> bool:
    return bool(character and (_EMOJI.match(character) or _SKIN.match(character)))


def _selects(selector: str, before: str, after: str) -> bool:
    if selector in "\ufe0e\ufe0f":
        is_keycap = before in _KEYCAPS and after == _KEYCAP
        return is_keycap or before in _TEXT_EMOJI or bool(_EMOJI.match(before))
    if selector <= "\ufe02" and _IDEOGRAPH.match(before):
        return True
    # A slashed nought, and other shapes of operators and of Myanmar's and Phags-pa's letters.
    is_shape = unicodedata.category(before) == "Sm" or "\u1000" <= before <= "\u109f"
    return selector == "\ufe00" and (is_shape or "\ua840" <= before <= "\ua87f")


def in_json(document: str) -> str:
    """A JSON document with what hides something as escapes: it means the same, and can be read."""
    return _HIDDEN.sub(
        lambda match: (
            match.group()
            if _belongs(match.group(), match.string, match.start())
            else json.dumps(match.group())[1:-1]
        ),
        document,
    )
