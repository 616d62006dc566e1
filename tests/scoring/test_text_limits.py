"""A text of a scorer is a template too: one that could end the process is refused, or unscored."""

import pytest

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.errors import InputError, TemplateError
from workbench.exchange.feature import reader
from workbench.scoring.checks import Subject, check, refuse_unusable

BOMB = "{{ " + "- " * 20_000 + "1 }}"
SCORERS = [
    Scorer(ScorerKind.CONTAINS, {"texts": ["thank you", BOMB]}),
    Scorer(ScorerKind.NOT_CONTAINS, {"texts": [BOMB]}),
    Scorer(ScorerKind.EQUALS, {"text": BOMB}),
]

FILE = """\
workbench: 1
feature: {name: Greeter}
requirements:
- key: R1
  statement: It greets.
  criteria:
  - key: C1
    title: Greets
    scorer: {kind: contains, settings: {texts: ["TEXT"]}}
    bar: 0.5
"""


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.kind)
def test_such_a_text_is_refused_when_it_is_entered(scorer: Scorer) -> None:
    with pytest.raises(TemplateError, match="more than 100"):
        refuse_unusable(scorer)


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.kind)
def test_one_that_was_stored_before_leaves_answers_unscored_with_the_reason(
    scorer: Scorer,
) -> None:
    found = check(scorer, Subject("thank you", {}))
    assert found.outcome is Outcome.UNSCORED
    assert "more than 100" in found.reason


def test_a_feature_file_with_such_a_text_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match=r"line 9.*criteria\[0\]\.scorer\.settings"):
        reader.load(FILE.replace("TEXT", BOMB), "greeter.yaml")


def test_a_text_with_braces_that_are_no_code_stays_a_text() -> None:
    refuse_unusable(Scorer(ScorerKind.CONTAINS, {"texts": ['{"a": 1', "{ }", "}}"]}))
    reader.load(FILE.replace("TEXT", "{{ name }}"), "greeter.yaml")
