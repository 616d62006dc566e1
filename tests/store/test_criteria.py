"""Criteria: every version is kept, edits on an old one are refused, keys are never used twice."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, POLITE, loop
from workbench.domain.criteria import CriterionDraft, Lane, Measure, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store

FULL = CriterionDraft(
    "Short enough",
    Scorer(ScorerKind.LENGTH, {"unit": "words", "max": 80}),
    Measure.FAIL_RATE,
    0.05,
    0.01,
    0.9,
    ("inbox", "urgent"),
    Lane.DISCOVERED,
    "E1",
)


def test_a_criterion_comes_back_as_it_was_written(store: Store) -> None:
    made = loop(store)
    kept = store.criteria.add(made.requirement.id, FULL, AUTHOR, "They were long")
    assert kept.draft == FULL
    assert (kept.key, kept.number, kept.author, kept.why) == ("C2", 1, AUTHOR, "They were long")


def test_a_revision_adds_a_version_and_keeps_the_one_before(store: Store) -> None:
    made = loop(store)
    revised = store.criteria.revise(made.criterion.id, FULL, 1, "Bo", "Stricter")
    assert (revised.number, revised.draft) == (2, FULL)
    assert store.criteria.of(made.feature_id) == [revised]
    assert store.criteria.versions(made.criterion.id) == [made.criterion, revised]
    assert store.criteria.get(made.criterion.id, 1) == made.criterion


def test_an_edit_of_an_old_version_is_refused_with_both_texts(store: Store) -> None:
    made = loop(store)
    store.criteria.revise(made.criterion.id, FULL, 1, "Bo", "Stricter")
    mine = replace(made.criterion.draft, bar=0.7)
    with pytest.raises(Conflict, match="C1 was changed by Bo") as caught:
        store.criteria.revise(made.criterion.id, mine, 1, AUTHOR, "Looser")
    assert (caught.value.mine, caught.value.theirs) == (mine.text(), FULL.text())
    assert len(store.criteria.versions(made.criterion.id)) == 2


def test_a_key_is_never_used_twice_in_a_feature(store: Store) -> None:
    made = loop(store)
    second = store.requirements.add(made.feature_id, RequirementDraft("Answers fast"), AUTHOR)
    assert store.criteria.add(second.id, FULL, AUTHOR).key == "C2"
    store.criteria.archive(made.criterion.id, "Ada", "Not needed")
    assert store.criteria.add(made.requirement.id, FULL, AUTHOR).key == "C3"
    assert [c.key for c in store.criteria.of(made.feature_id)] == ["C2", "C3"]


def test_the_criteria_of_an_archived_requirement_are_out_of_sight(store: Store) -> None:
    made = loop(store)
    store.requirements.archive(made.requirement.id, "Ada")
    assert store.criteria.of(made.feature_id) == []
    assert store.criteria.get(made.criterion.id) == made.criterion


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "  "}, "no title"),
        ({"bar": 0.0}, "above 0%"),
        ({"bar": 1.0}, "No number of trials"),
        ({"bar": 1.1}, "above 0%"),
        ({"bar": 0.0, "measure": Measure.FAIL_RATE}, "No number of trials"),
        ({"bar": float("nan")}, "bar"),
        ({"confidence": 1.0}, "confidence"),
        ({"confidence": 0.5}, "confidence"),
        ({"target": 2.0}, "target"),
        ({"scorer": Scorer(ScorerKind.CONTAINS, {"texts": [" "]})}, "no text"),
        ({"scorer": Scorer(ScorerKind.LATENCY, {"max_ms": 0})}, "above 0"),
        ({"scorer": Scorer(ScorerKind.REGEX, {"patern": "x"})}, "not a setting"),
    ],
)
def test_a_criterion_that_could_not_be_judged_is_refused(
    store: Store, change: dict[str, object], reason: str
) -> None:
    made = loop(store)
    draft = replace(CriterionDraft("Polite", POLITE), **change)
    with pytest.raises(InputError, match=reason):
        store.criteria.add(made.requirement.id, draft, AUTHOR)
    assert len(store.criteria.of(made.feature_id)) == 1


def test_a_criterion_that_is_not_there_is_not_found(store: Store) -> None:
    made = loop(store)
    for criterion_id, number in ((new_id(), None), (made.criterion.id, 2)):
        with pytest.raises(NotFound):
            store.criteria.get(criterion_id, number)
