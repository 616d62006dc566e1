"""From the bytes of a text file to its text: what the file says, what was stated, or one fit.

A code page says nothing about itself, and most bytes can be read by most of them. So a guess is
used only where one reading is left: of those that charset-normalizer finds plausible, all but one
must break a rule of writing (a symbol within a word, a capital after a small letter, letters that
no language of that page has). Otherwise a person chooses.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from workbench.errors import InputError
from workbench.exchange.tables.shape import NeedsChoice, clean

NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Russian)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR (Korean)",
    "cp850": "DOS 850 (Western Europe)",
    "cp866": "DOS 866 (Cyrillic)",
    "mac_roman": "Mac Roman",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
}
"""The encodings that can be stated, with what people call them."""

_SAVE = "Choose the encoding, or save the file as “CSV UTF-8”."
_GUESSED = [name for name in NAMES if not name.startswith("utf")]
# Only where no page of these fits are those of the 1980s thought of.
_OLD = ("cp850", "cp866", "mac_roman")
# How much odder than the best reading one may look to charset-normalizer.
_ODDER = 0.1
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE = 32_000
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f�]")
_WORD = re.compile(r"[^\W\d_]+")
_ASCII = re.compile(r"[A-Za-z]").search
# A symbol between two letters, but for what joins words; a capital after a small letter; a letter
# beside a digit; a sign that stands alone only where bytes were misread.
_ODD = re.compile(
    r"[^\W\d_][^\w\s\x00-\x7f’‘‐-—…·\xa0\xad][^\W\d_]"
    r"|\d[^\W\d_\x00-\x7fªº¹²³¼½¾]|[^\W\d_\x00-\x7fªº¹²³¼½¾]\d"
    r"|[˝ˇ˘˛¸¨´¤¦¬þÞðÐ‡†ƒ]"
)
_LATIN = {
    "cp1252": (
        "àâæçèéêëîïôœùûüÿ", "äöüßéèà", "áéíñóúüªº", "áâãàçéêíóôõúüªº", "àèéìíîòóùúº", "åäöéüà",
        "æøåéèêóòôüäö", "éëïöüèêóçà", "àçèéíïòóúüªº",
    ),
    "cp1250": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýžö", "áäčďéíľňóôšťúýžö", "áéíóöőúüű", "ăâîşţ", "čćđšž", "čšž",
        "äöüßé",
    ),
    "cp1254": ("çğıöşüİâî",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}  # fmt: skip
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
# The first bytes of the signs in daily use: the strict sets have those in front.
_EVERYDAY = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
    "cp949": ("euc_kr", 0xB0, 0xC8),
}
_LATIN["cp850"] = _LATIN["mac_roman"] = _LATIN["cp1252"]
_ALPHABETS = {
    "cp1251": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџѓќѕ",
    "koi8_r": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "cp866": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    # Without ΰ, which is hardly ever written, but is where Cyrillic has its а.
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐ",
}


@dataclass(frozen=True)
class Decoded:
    """A file's text, cleaned, by which encoding (a key of NAMES), and what there is to say."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, stated: str = "") -> Decoded:
    """The text of a file, by the encoding that was stated, its byte order mark, UTF-8 or one fit.

    Raises NeedsChoice where several encodings fit or none does, InputError where it is no text or
    does not fit what was stated.
    """
    encoding, notes = "", []
    for mark, marked in _MARKS:
        while data.startswith(mark):
            data, encoding = data[len(mark) :], marked
    if stated and not (encoding and known(stated) == _family(encoding)):
        return _stated(data, known(stated))
    if not encoding and (guessed := _zeros(data[:2000])):
        encoding = guessed
        notes.append(f"Read as {NAMES[_family(guessed)]}.")
    try:
        text = data.decode(encoding or "utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        if encoding:
            raise InputError(
                f"The text is not whole: it starts as {NAMES[_family(encoding)]} and then breaks "
                "off.",
                "Save the file again, as UTF-8.",
            ) from error
        if b"\0" in data:
            raise InputError("It is not text.", "Use CSV, JSONL, XLSX or Parquet.") from error
        return _only_fit(data, data.count(b"\n", 0, error.start) + 1)
    return _cleaned(text, _family(encoding or "utf-8"), notes)


def known(stated: str) -> str:
    """The key in NAMES of an encoding as people or Python call it. Raises InputError."""
    wished = stated.strip().casefold().replace("_", "-")
    for key, name in NAMES.items():
        words = {key, key.replace("_", "-"), name.casefold(), name.casefold().partition(" (")[0]}
        if wished in words:
            return key
    aliases = {"latin-1": "cp1252", "iso-8859-1": "cp1252", "ansi": "cp1252", "cp936": "gb18030"}
    aliases |= {"gbk": "gb18030", "gb2312": "gb18030", "cp950": "big5", "shift-jis": "cp932"}
    aliases |= {"euc-kr": "cp949", "sjis": "cp932", "utf8": "utf-8"}
    if wished in aliases:
        return aliases[wished]
    raise InputError(
        f"“{stated[:40]}” is not an encoding that can be read.",
        f"These can: {', '.join(key.replace('_', '-') for key in NAMES)}.",
    )


def _family(encoding: str) -> str:
    return encoding.removesuffix("-le").removesuffix("-be")


def _stated(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NeedsChoice(
            f"Line {line:,} is not {NAMES[encoding]} text.", _SAVE, "encoding", ()
        ) from error
    return _cleaned(text, encoding, [])


def _cleaned(text: str, encoding: str, notes: list[str]) -> Decoded:
    text = text.lstrip("\ufeff")
    zeros = text.count("\0")
    if zeros:
        characters = "1 NUL character was" if zeros == 1 else f"{zeros:,} NUL characters were"
        notes.append(f"{characters} left out.")
    return Decoded(clean(text), encoding, tuple(notes))


def _only_fit(data: bytes, line: int) -> Decoded:
    """The one reading that the bytes have, where there is one."""
    texts: dict[str, str] = {}
    for encoding in _fits(_sample(data)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text) and text not in texts.values():
            texts[encoding] = text
    if "cp1252" in texts:
        # Two different letters tell pages apart; a lone è is no č. cp1252 is what most files are.
        usual = texts["cp1252"]
        texts = {
            encoding: text
            for encoding, text in texts.items()
            if text is usual or encoding not in _LATIN or len(set(text) - set(usual)) > 1
        }
    if len(texts) == 1:
        ((encoding, text),) = texts.items()
        note = (
            f"Read as {NAMES[encoding]}, because line {line:,} is not UTF-8: check letters with "
            "accents and quotes, or choose another encoding."
        )
        return _cleaned(text, encoding, [note])
    if texts:
        *others, last = (NAMES[encoding] for encoding in texts)
        said = f"Line {line:,} is not UTF-8. The file could be {', '.join(others)} or {last}."
    else:
        said = f"Line {line:,} is not UTF-8, and no other encoding fits the whole file."
    raise NeedsChoice(said, _SAVE, "encoding", tuple(texts))


def _sample(data: bytes) -> bytes:
    """Lines with bytes that need an encoding: those without say nothing."""
    lines, size = [], 0
    for piece in data.split(b"\n"):
        if not piece.isascii():
            lines.append(piece[:_SAMPLE])
            size += len(piece)
            if size > _SAMPLE:
                break
    return b"\n".join(lines)


def _fits(sample: bytes) -> list[str]:
    """The encodings, most likely first, by which the sample reads as somebody's writing."""
    import charset_normalizer

    matches = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSED, enable_fallback=False)
    # One match stands for all encodings that read the sample alike.
    chaos = {name: match.chaos for match in matches for name in match.could_be_from_charset}
    fits = [name for name in _GUESSED if name in chaos and _is_writing(sample, name)]
    fits = [name for name in fits if name not in _OLD] or fits
    least = min((chaos[name] for name in fits), default=0.0)
    return [name for name in fits if chaos[name] <= least + _ODDER]


def _is_writing(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "ignore")
    if _CONTROLS.search(text):
        return False
    if encoding in _EAST_ASIAN:
        return _is_east_asian(text, encoding)
    marks = [place for place, sign in enumerate(text) if _is_mark(sign)]
    if any(place == 0 or not _carries(text[place - 1]) for place in marks):
        return False
    foreign = [sign for sign in text if sign > "\x7f" and sign.isalpha()]
    if encoding == "cp874" and len(marks) < 0.1 * len(foreign):
        return False
    plain = "".join(sign for sign in text if not _is_mark(sign))
    if _ODD.search(plain):
        return False
    is_latin = encoding in _LATIN
    for word in _WORD.findall(plain):
        if not word.isascii() and (_has_late_capital(word) or (not is_latin and _ASCII(word))):
            return False
    letters = {sign.lower()[0] for sign in foreign} - {"i"}
    if is_latin:
        return any(letters <= set(alphabet) for alphabet in _LATIN[encoding])
    return letters <= set(_ALPHABETS[encoding]) if encoding in _ALPHABETS else bool(letters)


def _carries(character: str) -> bool:
    return character.isalpha() or _is_mark(character)


def _is_mark(character: str) -> bool:
    return character > "\x7f" and unicodedata.category(character) in ("Mn", "Mc")


def _has_late_capital(word: str) -> bool:
    return any(
        before.islower() and letter.isupper() and (letter > "\x7f" or before > "\x7f")
        for before, letter in pairwise(word)
    )


def _is_east_asian(text: str, encoding: str) -> bool:
    """Whether nearly all characters are such as the language is written with every day."""
    signs = [c for c in text if c > "\x7f" and c.isalpha()]
    kana = sum("ぁ" <= c <= "ヿ" for c in signs)
    if not signs or any("ｦ" <= c <= "ﾟ" for c in signs):
        return False
    if encoding in ("cp932", "euc_jp"):
        return kana >= 0.1 * len(signs)
    if kana:
        return False
    codec, first, last = _EVERYDAY[encoding]
    common = sum(first <= c.encode(codec, "replace")[0] <= last for c in signs)
    return common >= 0.9 * len(signs)


def _zeros(start: bytes) -> str:
    """UTF-16 and UTF-32 of mostly western text have zeros in the same places of every character."""
    for size, names in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        whole = start[: len(start) // size * size]
        if len(whole) < 8:
            continue
        empty = [whole[place::size].count(0) * size / len(whole) for place in range(size)]
        if min(empty[1:]) > 0.7 and empty[0] < 0.05:
            return names[0]
        if min(empty[:-1]) > 0.7 and empty[-1] < 0.05:
            return names[1]
    return ""
