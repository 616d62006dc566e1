"""Words and sentences as people count them, in scripts with and without spaces."""

import pytest

from tests import pace
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.scoring.checks import Subject, check
from workbench.scoring.segments import count_sentences, count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't drive 3.5 km to a well-known shop.", 8),
        ("", 0),
        ("… — !", 0),
        ("nai\u0308ve cafe\u0301", 2),
        ("हिन्दी में लिखा है", 4),
        ("한국어는 띄어쓰기가 있습니다", 3),
        ("שלום עולם", 2),
        ("مرحبا بالعالم", 2),
        ("COVID-19 之后", 2),
        ("🙂🙂", 0),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "at_least", "at_most"),
    [
        ("我们已经收到您的订单" * 40, 150, 400),
        ("お問い合わせありがとうございます。注文を確認しました。", 6, 20),
        ("ขอบคุณสำหรับคำสั่งซื้อของคุณ", 4, 9),
        ("ພາສາລາວ", 1, 3),
        ("សូមអរគុណ", 1, 3),
    ],
)
def test_words_are_counted_where_none_is_parted_by_spaces(
    text: str, at_least: int, at_most: int
) -> None:
    assert at_least <= count_words(text) <= at_most


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See e.g. Dr. Smith at 3.5 km. Done.", 2),
        (
            "Mr. Smith met Mrs. Jones at 5 p.m. They talked. It costs approx. 5, i.e. less.",
            3,
        ),
        ("The U.S. Army came. J. R. Smith agreed. We sell apples, pears, etc. Call us.", 4),
        ("He said no. Then he left. No. 5 is alive. It was I. Then Plan B. Then none.", 6),
        ("“Stop!” he said. (Really.) Yes?! Wait… what?", 4),
        ("Das kostet ca. 5 Euro. Siehe z. B. Nr. 3, d.h. morgen. Am 3. Mai kommt Dr. Müller.", 3),
        ("Bonjour M. Dupont. Voir p. ex. la page 3. Merci !", 3),
        ("Hola Sra. García. Ud. puede llamar al núm. 5, p. ej. mañana. ¿Bien? ¡Sí!", 4),
        ("你好。再见！好吗？行", 4),
        ("お問い合わせありがとうございます。注文を確認しました！はい？", 3),
        ("यह पहला है। दूसरा है।", 2),
        ("هل هذا صحيح؟ نعم. شكرا", 3),
        ("no. yes. ok.", 3),
        ("1. First\n2. Second\n", 2),
        ("You need:\n- eggs\n- milk", 3),
        ("A title\n\nA sentence over\ntwo lines.", 2),
        ("no mark at the end", 1),
        ("...", 0),
        ("", 0),
    ],
)
def test_sentences_are_counted(text: str, sentences: int) -> None:
    assert count_sentences(text) == sentences


def test_sentences_of_a_script_without_marks_are_unscored_not_guessed() -> None:
    scorer = Scorer(ScorerKind.LENGTH, {"unit": "sentences", "max": 3})
    found = check(scorer, Subject("ขอบคุณครับ สวัสดีครับ", {}))
    assert found.outcome is Outcome.UNSCORED
    assert "Thai" in found.reason


def test_four_hundred_chinese_characters_are_more_than_eighty_words() -> None:
    scorer = Scorer(ScorerKind.LENGTH, {"unit": "words", "max": 80})
    assert check(scorer, Subject("我们已经收到您的订单" * 40, {})).outcome is Outcome.FAIL


@pytest.mark.parametrize("text", ["Dr. ", "a. ", "我们已经。", "- \n", "...!", "।"])
def test_a_long_text_costs_its_length_not_its_square(text: str) -> None:
    # In the square it would be some ten thousand steps.
    assert pace.is_at_most(500, lambda: count_sentences(text * 100_000))
