"""Letters that pose as those of another script are told in names; words of other languages stay."""

import pytest

from workbench.domain import lookalikes


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("pаypal", "p⟨Cyrillic а⟩ypal"),
        ("Suррort replies", "Su⟨Cyrillic рр⟩ort replies"),
        ("Support сор", "Support ⟨Cyrillic сор⟩"),
        ("cаse-1", "c⟨Cyrillic а⟩se-1"),
        ("gpt_4о", "gpt_4⟨Cyrillic о⟩"),
        ("Мoсква", "М⟨Latin o⟩сква"),
        ("ΑΒ test", "⟨Greek ΑΒ⟩ test"),
        ("pοlite", "p⟨Greek ο⟩lite"),
        ("hօnest", "h⟨Armenian օ⟩nest"),
        ("ᎪB", "⟨Cherokee Ꭺ⟩B"),
        ("ｐaypal", "⟨styled ｐ⟩aypal"),
        ("𝐩aypal", "⟨styled 𝐩⟩aypal"),
        ("pɑypal", "p⟨Phonetic ɑ⟩ypal".replace("Phonetic", "phonetic")),
    ],
)
def test_a_letter_that_poses_as_another_is_named(name: str, shown: str) -> None:
    assert lookalikes.marked(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Вопрос о доставке",
        "НЕТ",
        "План А",
        "Ερώτηση για παράδοση",
        "5 μm",
        "Δx",
        "東京 Tokyo",
        "ＡＢＣ",
        "Größe, naïve, ﬁn, 1ª, xⁿ",
        "Яндекс replies",
        "Հարց",
        "plain ascii",
    ],
)
def test_a_word_of_another_language_stays(name: str) -> None:
    assert lookalikes.marked(name) == name


@pytest.mark.parametrize(
    "other", ["Suррort", "Sup\u200bport", "Ｓupport", "  Support ", "Supp\u00adοrt"]
)
def test_names_that_look_the_same_have_one_skeleton(other: str) -> None:
    assert lookalikes.skeleton(other) == lookalikes.skeleton("Support")


def test_names_that_differ_to_a_reader_have_different_skeletons() -> None:
    names = ("Support", "support", "Support 2", "Suport", "Поддержка")
    assert len({lookalikes.skeleton(name) for name in names}) == len(names)
