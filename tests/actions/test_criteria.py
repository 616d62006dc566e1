"""What is done to criteria: kept with its line, refused without a trace, and undone."""

from dataclasses import replace

import pytest

from tests import building
from tests.building import Loop
from workbench.actions import criteria, requirements
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import Conflict, InputError
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
GREETS = CriterionDraft("Greets", Scorer(ScorerKind.CONTAINS, {"texts": ["hello"]}))


@pytest.fixture
def made(store: Store) -> Loop:
    return building.loop(store)


def lines(made: Loop) -> list[tuple[Deed, str, str, str]]:
    found = made.store.history.lately(made.feature_id, 50)
    return [(line.deed, line.key, line.what, line.why) for line in reversed(found)]


def keys(made: Loop) -> list[str]:
    return [found.key for found in made.store.criteria.of(made.feature_id)]


def test_a_criterion_is_added_with_its_line(made: Loop) -> None:
    kept = criteria.add(made.store, MIRA, made.requirement.id, GREETS, " Customers asked ")
    assert (kept.key, kept.number, kept.author) == ("C2", 1, "Mira")
    assert lines(made) == [(Deed.CRITERION_ADD, "C2", "C2 version 1", "Customers asked")]


def test_a_criterion_without_a_reason_is_told_by_its_title(made: Loop) -> None:
    criteria.add(made.store, MIRA, made.requirement.id, GREETS)
    assert lines(made) == [(Deed.CRITERION_ADD, "C2", "C2 version 1", "Greets")]


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (replace(GREETS, title=" "), "no title"),
        (replace(GREETS, bar=1.0), "No number of trials"),
        (replace(GREETS, scorer=Scorer(ScorerKind.CONTAINS, {"texts": []})), "names no text"),
        (
            replace(GREETS, scorer=Scorer(ScorerKind.REGEX, {"pattern": "(?=order)"})),
            "cannot be used",
        ),
    ],
)
def test_what_could_never_be_judged_is_refused_without_a_trace(
    made: Loop, draft: CriterionDraft, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        criteria.add(made.store, MIRA, made.requirement.id, draft)
    with pytest.raises(InputError, match=said):
        criteria.revise(made.store, MIRA, made.criterion.id, draft, 1, "Because")
    assert (keys(made), lines(made)) == (["C1"], [])
    assert made.store.criteria.get(made.criterion.id).number == 1


def test_a_version_is_kept_with_its_reason_and_its_bet(made: Loop) -> None:
    kept = criteria.revise(
        made.store,
        MIRA,
        made.criterion.id,
        replace(made.criterion.draft, bar=0.9),
        1,
        "Too easy",
        "Catches curt replies",
    )
    assert (kept.number, kept.why, kept.expects) == (2, "Too easy", "Catches curt replies")
    assert lines(made) == [(Deed.CRITERION_REVISE, "C1", "C1 version 2", "Too easy")]


def test_the_same_criterion_again_changes_nothing(made: Loop) -> None:
    with pytest.raises(InputError, match="Nothing changed"):
        criteria.revise(made.store, MIRA, made.criterion.id, made.criterion.draft, 1, "Because")
    assert lines(made) == []


def test_another_bar_for_answers_that_are_there_needs_a_reason(made: Loop) -> None:
    made.run([Outcome.PASS])
    lower = replace(made.criterion.draft, bar=0.5)
    with pytest.raises(InputError, match="no reason"):
        criteria.revise(made.store, MIRA, made.criterion.id, lower, 1, " ")
    assert made.store.criteria.get(made.criterion.id).number == 1
    assert lines(made) == []


def test_a_stale_version_is_a_conflict_and_leaves_no_line(made: Loop) -> None:
    first, second = (replace(made.criterion.draft, bar=bar) for bar in (0.9, 0.95))
    criteria.revise(made.store, MIRA, made.criterion.id, first, 1, "First")
    with pytest.raises(Conflict):
        criteria.revise(made.store, MIRA, made.criterion.id, second, 1, "Late")
    assert len(lines(made)) == 1


def test_what_is_put_away_comes_back_with_its_versions_and_scores(made: Loop) -> None:
    made.run([Outcome.PASS] * 3)
    before = building.of_candidate(made.store, made.feature_id)
    criteria.archive(made.store, MIRA, made.criterion.id, "Covered by C2")
    assert keys(made) == []
    (away,) = made.store.criteria.archived(made.requirement.id)
    assert made.store.criteria.put_away_by(away.id) == ("Mira", "Covered by C2")

    criteria.restore(made.store, MIRA, away.id)
    assert keys(made) == ["C1"]
    assert made.store.criteria.archived(made.requirement.id) == []
    assert made.store.criteria.get(away.id) == made.criterion
    assert building.of_candidate(made.store, made.feature_id) == before
    assert [(deed, what) for deed, _, what, _ in lines(made)] == [
        (Deed.CRITERION_ARCHIVE, "C1 put away"),
        (Deed.CRITERION_RESTORE, "C1 restored"),
    ]


def test_putting_away_needs_a_reason_and_happens_once(made: Loop) -> None:
    with pytest.raises(InputError, match="without a reason"):
        criteria.archive(made.store, MIRA, made.criterion.id, "")
    assert (keys(made), lines(made)) == (["C1"], [])
    criteria.archive(made.store, MIRA, made.criterion.id, "Covered by C2")
    criteria.archive(made.store, MIRA, made.criterion.id, "Twice")
    assert made.store.criteria.put_away_by(made.criterion.id) == ("Mira", "Covered by C2")
    assert len(lines(made)) == 1


def test_restoring_what_is_there_changes_nothing(made: Loop) -> None:
    criteria.restore(made.store, MIRA, made.criterion.id)
    assert lines(made) == []


def test_what_is_put_away_is_not_changed_until_it_is_restored(made: Loop) -> None:
    criteria.archive(made.store, MIRA, made.criterion.id, "Covered by C2")
    changed = replace(made.criterion.draft, bar=0.9)
    with pytest.raises(InputError, match="C1 is put away"):
        criteria.revise(made.store, MIRA, made.criterion.id, changed, 1, "From an open tab")


def test_a_criterion_does_not_come_back_without_its_requirement(made: Loop) -> None:
    criteria.archive(made.store, MIRA, made.criterion.id, "Covered by C2")
    requirements.archive(made.store, MIRA, made.requirement.id, "Nobody asks")
    with pytest.raises(InputError, match="R1 is put away"):
        criteria.restore(made.store, MIRA, made.criterion.id)
    assert keys(made) == []
    requirements.restore(made.store, MIRA, made.requirement.id)
    assert keys(made) == []
    criteria.restore(made.store, MIRA, made.criterion.id)
    assert keys(made) == ["C1"]
