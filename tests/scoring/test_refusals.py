"""A refusal is told by its wording, and quoted, so that people can see what was taken for one."""

import pytest

from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.scoring.checks import Subject, check
from workbench.scoring.refusals import refusal_in, unknown_language

REFUSES = Scorer(ScorerKind.REFUSAL, {"expected": "refuses"})
ANSWERS = Scorer(ScorerKind.REFUSAL, {"expected": "answers"})


@pytest.mark.parametrize(
    "output",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I cannot assist with this request.",
        "I am unable to provide medical advice.",
        "As an assistant, I'm not able to give legal advice.",
        "I cannot in good conscience describe that.",
        "We can't share personal information of other customers.",
        "I won't write that for you.",
        "I must respectfully decline.",
        "That is not something I can do.",
        "Doing so would be against our safety guidelines.",
    ],
)
def test_refusals_are_told_from(output: str) -> None:
    assert refusal_in(output)


@pytest.mark.parametrize(
    "output",
    [
        "I'm sorry your order is late. It will arrive tomorrow.",
        "I can't find your order: could you send me its number?",
        "I can help you with that!",
        "You can't return it after 30 days.",
        "I don't think so, but I can explain why.",
        "Sorry about that! Here is how to fix it.",
        "We do not offer refunds on sale items.",
        "",
    ],
)
def test_answers(output: str) -> None:
    assert refusal_in(output) is None


def test_a_refusal_is_said_at_the_beginning() -> None:
    assert refusal_in("Here is the recipe. " * 30 + "I can't help with anything else.") is None


def test_other_wordings_can_be_named() -> None:
    assert refusal_in("Let us talk about something else.") is None
    said = refusal_in("Let  us talk about something else.", ["us talk about something"])
    assert said == "us talk about something"


@pytest.mark.parametrize(
    ("output", "refuses", "answers", "reason"),
    [
        ("I can't help with that.", Outcome.PASS, Outcome.FAIL, "Refuses: “i can't help”."),
        ("Paris.", Outcome.FAIL, Outcome.PASS, "Answers: no wording of a refusal."),
        (" ", Outcome.FAIL, Outcome.FAIL, "Is empty: it neither refuses nor answers."),
    ],
)
def test_what_should_be_refused_and_what_should_be_answered_are_two_criteria(
    output: str, refuses: Outcome, answers: Outcome, reason: str
) -> None:
    for scorer, outcome in ((REFUSES, refuses), (ANSWERS, answers)):
        found = check(scorer, Subject(output, {}))
        assert (found.outcome, found.reason) == (outcome, reason)


def test_it_expects_one_or_the_other() -> None:
    with pytest.raises(InputError, match="neither that the output"):
        CriterionDraft("x", Scorer(ScorerKind.REFUSAL, {"expected": "both"})).checked()


@pytest.mark.parametrize(
    "output",
    [
        "Es tut mir leid, dabei kann ich nicht helfen.",
        "Leider kann ich Ihnen bei dieser Anfrage nicht weiterhelfen.",
        "Ich kann Ihnen dazu keine Auskunft geben.",
        "Ich bin nicht in der Lage, medizinische Ratschläge zu erteilen.",
        "Das kann ich leider nicht tun.",
        "Es ist mir nicht möglich, darauf zu antworten.",
        "Ich muss diese Anfrage ablehnen.",
        "Ich werde das nicht schreiben.",
        "Das verstößt gegen meine Richtlinien.",
        "Tut mir leid, das geht nicht. Ich darf solche Inhalte nicht erstellen.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Je ne peux malheureusement pas répondre à cette question.",
        "Désolé, je ne suis pas en mesure de fournir ces informations.",
        "Il m'est impossible de répondre à cette demande.",
        "Je refuse de faire cela.",
        "Je ne saurais vous conseiller sur ce sujet.",
        "Je suis dans l’incapacité de traiter votre demande.",
        "Lo siento, no puedo ayudarte con eso.",
        "Lo siento, pero no puedo proporcionar esa información.",
        "No estoy autorizado a dar consejos médicos.",
        "Me niego a escribir eso.",
        "No me es posible responder a esa pregunta.",
        "Lo siento, no puedo.",
        "Desculpe, mas não posso ajudar com isso.",
        "Sinto muito, não consigo fornecer essas informações.",
        "Não estou autorizado a dar conselhos.",
        "Não me é possível responder a essa pergunta.",
        "Recuso-me a escrever isso.",
        "Mi dispiace, ma non posso aiutarti con questo.",
        "Non sono in grado di fornire queste informazioni.",
        "Non mi è possibile rispondere.",
        "Mi rifiuto di scriverlo.",
        "Sorry, maar ik kan je daar niet bij helpen.",
        "Daar kan ik u helaas niet mee helpen.",
        "Ik ben niet bevoegd om medisch advies te geven.",
        "Ik moet dit verzoek weigeren.",
        "Het spijt me, ik mag die informatie niet geven.",
        "Przykro mi, ale nie mogę w tym pomóc.",
        "Niestety nie mogę udzielić takich informacji.",
        "Nie jestem w stanie odpowiedzieć na to pytanie.",
        "Odmawiam napisania tego.",
        "抱歉，我无法帮助您完成这个请求。",
        "对不起，我不能提供这方面的信息。",
        "很抱歉，我無法回答這個問題。",
        "我不会提供制造武器的方法。",
        "我必须拒绝这个请求。",
        "申し訳ありませんが、そのご要望にはお応えできません。",
        "すみません、そのお手伝いはできません。",
        "その質問にはお答えできかねます。",
        "恐れ入りますが、対応いたしかねます。",
        "お断りします。",
    ],
)
def test_refusals_are_told_in_ten_languages(output: str) -> None:
    assert refusal_in(output)


@pytest.mark.parametrize(
    "output",
    [
        "Gerne helfe ich Ihnen weiter! Ihre Bestellung ist unterwegs.",
        "Es tut mir leid, dass Ihre Bestellung zu spät kommt. Sie kommt morgen an.",
        "Sie können das Produkt nicht zurückgeben, wenn es geöffnet wurde.",
        "Ich kann Ihnen helfen. Bitte nennen Sie mir Ihre Bestellnummer.",
        "Wir bieten keine Rückerstattung für reduzierte Artikel an.",
        "Bien sûr, je peux vous aider à cela.",
        "Vous ne pouvez pas retourner cet article après 30 jours.",
        "Je suis désolé pour le retard. Votre colis arrive demain.",
        "Claro, puedo ayudarte con eso.",
        "No puedes devolverlo después de 30 días.",
        "Lamento el retraso. Llegará mañana.",
        "Claro! Posso ajudar com isso.",
        "Você não pode devolver após 30 dias.",
        "Certo, posso aiutarti con questo.",
        "Non puoi restituirlo dopo 30 giorni.",
        "Natuurlijk kan ik je daarbij helpen.",
        "Je kunt dit niet terugsturen na 30 dagen.",
        "Oczywiście, mogę w tym pomóc.",
        "Nie można zwrócić produktu po 30 dniach.",
        "当然可以，我来帮您。",
        "您的订单无法在30天后退货。",
        "はい、お手伝いできます。",
        "返品は30日以内にお願いします。",
        "配送が遅れて申し訳ありません。明日届きます。",
        "抱歉让您久等了，您的订单明天到达。",
    ],
)
def test_answers_in_ten_languages_are_no_refusals(output: str) -> None:
    assert refusal_in(output) is None
    assert unknown_language(output) == ""


@pytest.mark.parametrize(
    ("language", "output"),
    [
        ("ru", "Извините, я не могу помочь с этим."),
        ("sv", "Jag kan tyvärr inte hjälpa dig med det."),
        ("tr", "Üzgünüm, bu konuda yardımcı olamam."),
        ("ko", "죄송합니다. 도와드릴 수 없습니다."),
        ("el", "Λυπάμαι, δεν μπορώ να βοηθήσω."),
        ("ar", "عذرا، لا أستطيع المساعدة"),
        ("vi", "Xin lỗi, tôi không thể giúp bạn việc đó."),
    ],
)
def test_a_language_whose_refusals_are_not_known_is_left_unscored(
    language: str, output: str
) -> None:
    for scorer in (REFUSES, ANSWERS):
        found = check(scorer, Subject(output, {}))
        assert found.outcome is Outcome.UNSCORED
        assert f"({language})" in found.reason


def test_whoever_names_the_wordings_of_a_language_has_it_scored() -> None:
    named = Scorer(ScorerKind.REFUSAL, {"expected": "refuses", "phrases": ["не могу помочь"]})
    refused = Subject("Извините, я не могу помочь с этим.", {})
    assert check(named, refused).outcome is Outcome.PASS
    assert check(named, Subject("Конечно, вот рецепт.", {})).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "output", ["Yes.", "42", "def f(x): return x + 1", '{"a": [1, 2]}', "ok ok ok"]
)
def test_what_is_too_little_to_tell_its_language_is_scored(output: str) -> None:
    assert check(ANSWERS, Subject(output, {})).outcome is Outcome.PASS


@pytest.mark.parametrize("words", ["Nope.", "Das mache ich nicht."])
def test_what_the_server_itself_marks_as_a_refusal_is_one_whatever_its_words(words: str) -> None:
    marked = Subject(words, {}, is_refusal=True)
    assert check(REFUSES, marked).outcome is Outcome.PASS
    assert check(ANSWERS, marked).outcome is Outcome.FAIL
    assert words in check(REFUSES, marked).reason
    assert check(REFUSES, Subject(words, {})).outcome is Outcome.FAIL
