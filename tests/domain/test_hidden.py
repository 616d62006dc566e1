"""Characters that can't be seen: named where they hide something, kept where they belong."""

import json
import sys
import unicodedata

import pytest

from workbench.domain import hidden

# One of each kind that default ignorables and format characters come in.
HIDING = tuple(
    map(
        chr,
        (
            *(0x061C, 0x034F, 0x180E, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x200B, 0x200C, 0x200D),
            *(0x200E, 0x200F, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFE00, 0xFE0E, 0xFE0F),
            *(0xE0100, 0xE01EF, 0xE0041, 0xE007F, 0xE0001, 0x00AD, 0x2028, 0x2029, 0x202A),
            *(0x202E, 0x2066, 0x2069, 0x17B4, 0x180B, 0x2800, 0xFEFF, 0xFFF9, 0x1B, 0x9B, 0x00),
            *(0x7F, 0x0D, 0x1D173, 0x1BCA0, 0xFFFE, 0xD800),
        ),
    )
)

READABLE = (
    "می‌خواهم",  # Persian, a non-joiner in a word
    "کتاب‌ها را ببین",
    "क्‍ष और क्‌ष",  # Hindi: half form and full form
    "ක්‍රියාව",  # Sinhala
    "র‍্যাব",  # Bengali: a joiner before the virama
    "ᠪᠠᠭ᠎ᠠ",  # Mongolian: a vowel separator
    "👨‍👩‍👧 👩🏽‍🚀 🏳️‍🌈 🏳️‍⚧️ ❤️‍🔥",
    "❤️ ☎︎ ©️ ™️ 1️⃣ #️⃣ ↔️",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England's flag
    "葛\U000e0100城",  # a registered form of an ideograph
    "⠓⠑⠀⠎⠁⠽⠎",  # Braille, with its blank
    "two lines\nand\ta tab, Größe, 漢字, שלום, Ελληνικά",
)


@pytest.mark.parametrize("character", HIDING)
def test_a_character_that_hides_something_is_named(character: str) -> None:
    for text in (
        f"a{character}b",
        character,
        f"{character}b",
        f"a {character}",
        f"漢字{character * 2}",
    ):
        shown = hidden.named(text)
        assert hidden.name(character) in shown
        assert shown != text


@pytest.mark.parametrize("text", READABLE)
def test_a_character_that_changes_what_is_seen_stays(text: str) -> None:
    assert hidden.named(text) == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("👍\ufe0f\ufe0f", 1),  # one selector is seen, a second one carries something
        ("می\u200c\u200cخواهم", 2),
        ("کتاب\u200c", 1),
        ("x\u200cمی", 1),
        ("👍\U000e0100\U000e0141", 2),
        ("1\ufe0f2", 1),
        ("\U0001f3f4\U000e0073\U000e0065\U000e0063\U000e007f", 4),  # no flag: a hidden word
        ("👍\u200d", 1),
        ("a\u200d👍", 1),
        ("a\u2800b", 1),
    ],
)
def test_the_same_character_is_named_where_it_shows_nothing(text: str, named: int) -> None:
    assert hidden.named(text).count("⟨U+") == named


def test_every_format_and_control_character_of_unicode_is_known() -> None:
    drawn = {*map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))}
    forgotten = [
        f"U+{number:04X}"
        for number in range(sys.maxunicode + 1)
        if (character := chr(number)) not in drawn | {"\t", "\n"}
        and unicodedata.category(character) in ("Cc", "Cf", "Cs")
        and hidden.without(character)
    ]
    assert forgotten == []


@pytest.mark.parametrize("text", [*READABLE, *(f"a{c}b" for c in HIDING if c != chr(0xD800))])
def test_a_json_document_means_the_same_with_its_hidden_characters_as_escapes(text: str) -> None:
    document = json.dumps({"said": text}, indent=2, ensure_ascii=False)
    shown = hidden.in_json(document)
    assert json.loads(shown) == {"said": text}
    assert hidden.named(shown) == shown
