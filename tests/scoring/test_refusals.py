"""A refusal is told by its wording, and quoted, so that people can see what was taken for one."""

import pytest

from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.scoring.checks import Subject, check
from workbench.scoring.refusals import refusal_in

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
    assert refusal_in("Dabei kann ich leider nicht helfen.") is None
    said = refusal_in("Dabei  kann ich leider nicht helfen.", ["kann ich leider nicht helfen"])
    assert said == "kann ich leider nicht helfen"


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
