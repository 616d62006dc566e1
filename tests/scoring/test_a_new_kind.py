"""A kind of scorer is one entry and its check: whoever adds one touches nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Widget
from workbench.domain.kinds.known import KINDS
from workbench.domain.kinds.settings import Amount, Switch, Texts
from workbench.domain.prompts import PromptText, PromptVersion, Variant
from workbench.domain.scores import Judgement, Outcome
from workbench.domain.trials import Trial
from workbench.errors import InputError
from workbench.evidence.words import measures
from workbench.exchange.feature import file, schema, writer
from workbench.runs.rescoring import scores_of
from workbench.scoring.checks import Subject, check, refuse_unusable
from workbench.scoring.kinds.check import Check, failed, passed
from workbench.scoring.kinds.known import CHECKS
from workbench.store.store import Store
from workbench.ui.requirements import scorers

FILE = """\
workbench: 1
feature:
  name: Replies
requirements:
- key: R1
  statement: It does not shout
  criteria:
  - key: C1
    title: Keeps its voice down
    scorer:
      kind: shouts
      settings:
        shouted:
        - '{{order}} NOW'
        most_signs: 2
        in_titles: true
"""


def _judge(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    signs = subject.output.count("!")
    said = f"{signs} exclamation marks, at most {settings['most_signs']} are allowed."
    return (passed if signs <= settings["most_signs"] else failed)(said, signs)


def _refuse(settings: Mapping[str, Any]) -> None:
    if settings["most_signs"] > 1000:
        raise InputError("Nobody shouts so much.", "Name a smaller number.")


SHOUTS = KindEntry(
    "shouts",
    By.CODE,
    "keeps its voice down",
    "Passes when the answer has few exclamation marks.",
    lambda settings, title: f"has at most {settings['most_signs']} exclamation marks",
    (
        Texts("shouted", "Shouted words, one per line", names_values=True),
        Amount("most_signs", "At most (signs)", start=1.0),
        Switch("in_titles", "Titles, too", is_always_written=False),
    ),
)


@pytest.fixture
def shouts(monkeypatch: pytest.MonkeyPatch) -> ScorerKind:
    """A kind that is known while a test runs."""
    kind = ScorerKind.of(SHOUTS)
    monkeypatch.setitem(KINDS, "shouts", kind)
    monkeypatch.setitem(CHECKS, "shouts", Check(_judge, _refuse))
    return kind


def test_a_feature_file_may_use_it_and_is_written_as_it_was_read(
    store: Store, shouts: ScorerKind
) -> None:
    feature = file.import_feature(store, FILE, "ada")
    assert feature.id is not None
    (criterion,) = store.criteria.of(feature.id)
    assert criterion.draft.scorer.kind is shouts
    assert criterion.draft.scorer.settings == {
        "shouted": ["{{order}} NOW"],
        "most_signs": 2,
        "in_titles": True,
    }
    written = writer.export(store, feature.id)
    assert "kind: shouts" in written
    assert "most_signs: 2" in written


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("most_signs: 2", "most_signs: 0", "0 is less than or equal"),
        ("most_signs: 2", "most_signs: many", "not a number"),
        ("most_signs: 2", "texts: [a]", "“texts” is not a setting of shouts"),
        ("in_titles: true", "in_titles: 3", "true or false"),
        ("most_signs: 2", "most_signs: 2000", "Nobody shouts so much"),
        ("{{order}} NOW", "{{order NOW", "is not closed"),
        ("        most_signs: 2\n", "", "needs “most_signs”"),
    ],
)
def test_its_settings_are_checked_in_a_feature_file(
    store: Store, shouts: ScorerKind, old: str, new: str, said: str
) -> None:
    assert old in FILE
    with pytest.raises(InputError) as refused:
        file.import_feature(store, FILE.replace(old, new), "ada")
    assert said in f"{refused.value.message} {refused.value.hint}"
    assert store.features.all() == []


def test_the_published_schema_has_it_while_it_is_known(shouts: ScorerKind) -> None:
    assert '"shouts"' in schema.published()


def test_the_published_schema_has_no_kind_that_is_not_known() -> None:
    assert "shouts" not in list(ScorerKind)
    assert '"shouts"' not in schema.published()
    with pytest.raises(ValueError, match="no kind of scorer"):
        ScorerKind("shouts")
    with pytest.raises(AttributeError, match="SHOUTS"):
        _ = ScorerKind.SHOUTS


def test_its_form_is_data_and_gives_back_what_was_put_in(shouts: ScorerKind) -> None:
    widgets = {field.name: field.widget for field in shouts.entry.fields()}
    assert widgets == {
        "shouted": Widget.AREA,
        "most_signs": Widget.NUMBER,
        "in_titles": Widget.SWITCH,
        "looks_at": Widget.SELECT,
    }
    scorer = Scorer(shouts, {"shouted": ["a"], "most_signs": 3.0, "in_titles": True})
    body = scorers.fields(CriterionDraft("Quiet", scorer))
    assert scorers.scorer(body) == scorer
    assert scorers.scorer(body | {"in_titles": False, "shouted": ""}).settings == {
        "most_signs": 3.0
    }
    assert shouts.entry.names_values(body | {"shouted": "{{order}}"})
    assert not shouts.entry.names_values(body)


def test_a_form_that_is_open_on_another_kind_knows_its_fields(shouts: ScorerKind) -> None:
    body = scorers.fields(CriterionDraft("Quiet", Scorer(ScorerKind("equals"))))
    assert body["most_signs"] == 1.0
    assert scorers.scorer(body | {"kind": "shouts"}).settings == {"most_signs": 1.0}


def test_it_is_said_in_its_own_words(shouts: ScorerKind) -> None:
    draft = CriterionDraft("Quiet", Scorer(shouts, {"most_signs": 2}))
    assert measures.describe_scorer(scorers.preview(draft)) == "has at most 2 exclamation marks"


def test_its_check_judges_and_refuses(shouts: ScorerKind) -> None:
    scorer = Scorer(shouts, {"most_signs": 1})
    assert check(scorer, Subject("Hello!", {})).outcome is Outcome.PASS
    loud = check(scorer, Subject("Hello!!", {}))
    assert (loud.outcome, loud.reason) == (
        Outcome.FAIL,
        "2 exclamation marks, at most 1 are allowed.",
    )
    refuse_unusable(scorer)
    with pytest.raises(InputError, match="Nobody"):
        refuse_unusable(Scorer(shouts, {"most_signs": 1001}))


def test_changed_rules_give_it_another_fingerprint(shouts: ScorerKind) -> None:
    newer = ScorerKind.of(replace(SHOUTS, rules=2))
    settings = {"most_signs": 1}
    assert Scorer(shouts, settings).fingerprint() != Scorer(newer, settings).fingerprint()


def test_a_kind_by_a_model_is_not_run_as_a_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = ScorerKind.of(replace(SHOUTS, name="judge", by=By.MODEL))
    monkeypatch.setitem(KINDS, "judge", kind)
    criterion = scorers.preview(CriterionDraft("Quiet", Scorer(kind, {"most_signs": 1})))
    nobody = UUID(int=0)
    trial = Trial(nobody, nobody, nobody, nobody, 1, "", 1, datetime.now(UTC), output="Hello!")
    case = Case(nobody, nobody, "case-1", 1, {"order": "TB-77"}, None, (), "", False)
    text = PromptVersion(nobody, nobody, "P", 1, PromptText("", "Hi"), "", "", datetime.now(UTC))
    variant = Variant(nobody, nobody, "A", text, "Fake", "fake-1", Parameters())
    assert scores_of(trial, case, variant, [criterion]) == []


def test_every_kind_by_code_has_a_check_and_no_other_has() -> None:
    assert set(CHECKS) == {kind for kind in ScorerKind if kind.by is By.CODE}


def test_kinds_that_share_the_name_of_a_setting_mean_the_same_by_it() -> None:
    shapes: dict[str, object] = {}
    for kind in ScorerKind:
        for name, shape in kind.entry.shapes().items():
            assert shapes.setdefault(name, shape) == shape, (kind, name)
