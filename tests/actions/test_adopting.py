"""From check to requirement: the bar that a result carries, its cases and its evidence."""

from uuid import UUID

import pytest

from tests.building import Loop
from tests.building import loop as built
from workbench.actions import adopting
from workbench.domain.criteria import Lane, Measure
from workbench.domain.features import Feature
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import capabilities
from workbench.evidence.capabilities import Capability
from workbench.store.store import Store

ADA = Person("browser", "Ada")
PASS, FAIL = Outcome.PASS, Outcome.FAIL


def shown(store: Store, made: Loop, outcomes: list[Outcome | None]) -> Capability:
    """What a pack that was tried so shows."""
    made.run(outcomes)
    pack = Pack("polite", 1, "Is polite", "CC0-1.0", feature_id=made.feature_id)
    store.packs.add(made.feature_id, pack)
    (found,) = capabilities.of_pack(store, pack)
    return found


@pytest.fixture
def target(store: Store) -> UUID:
    feature = store.features.add(Feature("Reply assistant"))
    assert feature.id is not None
    return feature.id


def test_the_bar_is_what_was_shown_and_the_target_what_is_hoped_for(
    store: Store, target: UUID
) -> None:
    found = shown(store, built(store, n_cases=20), [PASS] * 18 + [FAIL] * 2)
    assert adopting.carries_a_bar(found)
    made = adopting.adopt(store, ADA, target, found)
    draft = made.criterion.draft
    assert draft.bar == int(100 * found.row.estimate.low) / 100
    assert 0 < draft.bar < found.row.estimate.low + 1e-9
    assert draft.target == pytest.approx(0.9)
    assert draft.lane is Lane.DISCOVERED
    assert draft.scorer == found.row.criterion.draft.scorer
    (evidence,) = made.requirement.revision.evidence
    assert "90%" in evidence.summary
    assert evidence.experiment == "polite@1 E1"


def test_its_cases_come_along_and_say_where_from(store: Store, target: UUID) -> None:
    found = shown(store, built(store, n_cases=5), [PASS] * 5)
    adopting.adopt(store, ADA, target, found)
    (dataset,) = store.datasets.of(target)
    cases = store.datasets.cases(dataset.id)
    assert len(cases) == 5
    assert {case.source for case in cases} == {"capability pack polite@1"}


def test_the_same_again_changes_nothing(store: Store, target: UUID) -> None:
    found = shown(store, built(store, n_cases=5), [PASS] * 5)
    first = adopting.adopt(store, ADA, target, found)
    lines = len(store.history.lately(target))
    again = adopting.adopt(store, ADA, target, found)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.criterion.id == first.criterion.id
    assert len(store.history.lately(target)) == lines
    assert len(store.requirements.of(target)) == 1


def test_where_nothing_was_shown_nothing_is_kept(store: Store, target: UUID) -> None:
    found = shown(store, built(store, n_cases=5), [FAIL] * 5)
    assert not adopting.carries_a_bar(found)
    with pytest.raises(InputError, match="showed nothing"):
        adopting.adopt(store, ADA, target, found)
    assert store.requirements.of(target) == []
    assert store.datasets.of(target) == []


def test_a_result_of_failed_calls_alone_carries_no_bar(store: Store, target: UUID) -> None:
    found = shown(store, built(store, n_cases=3), [None] * 3)
    with pytest.raises(InputError, match="Nothing was scored"):
        adopting.adopt(store, ADA, target, found)


def test_of_what_may_fail_at_most_the_bar_is_rounded_up(store: Store, target: UUID) -> None:
    made = built(store, n_cases=30, measure=Measure.FAIL_RATE, bar=0.2)
    found = shown(store, made, [PASS] * 29 + [FAIL])
    draft = adopting.adopt(store, ADA, target, found).criterion.draft
    high = found.row.estimate.high
    assert high <= draft.bar < high + 0.01
    assert draft.target == pytest.approx(1 / 30, abs=1e-4)


def test_a_pack_gets_no_requirement(store: Store) -> None:
    found = shown(store, built(store, n_cases=5), [PASS] * 5)
    assert found.pack.feature_id is not None
    with pytest.raises(InputError, match="Choose a feature"):
        adopting.adopt(store, ADA, found.pack.feature_id, found)
