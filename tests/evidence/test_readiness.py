"""When a spec may be handed over: each point by itself, from the verdicts that decide."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.building import Loop, loop
from workbench.domain.features import Feature
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.evidence import readiness, verdicts
from workbench.evidence.readiness import Point
from workbench.evidence.verdicts import RequirementVerdict
from workbench.store.store import Store

CANDIDATE = uuid4()
GOOD = (
    "There are requirements",
    "Every requirement has a criterion",
    "A candidate variant is chosen",
    "Every output that asks for a person is rated",
    "Every requirement is decided",
    "No bar is missed",
    "All evidence is newer than what it judges",
    "All cases may be used, and it is said why",
)


@pytest.fixture
def rows(store: Store) -> Sequence[RequirementVerdict]:
    """One requirement that is met."""
    made: Loop = loop(store, n_cases=40)
    made.run([Outcome.PASS] * 40)
    found = verdicts.of_feature(store, made.feature_id)
    return verdicts.by_requirement(store, made.feature_id, found)


def open_points(
    rows: Sequence[RequirementVerdict], candidate: UUID | None = CANDIDATE, ratings_open: int = 0
) -> list[Point]:
    return [p for p in readiness.points(rows, candidate, ratings_open) if not p.is_done]


def test_with_nothing_left_open_a_spec_is_ready(rows: Sequence[RequirementVerdict]) -> None:
    found = readiness.points(rows, CANDIDATE, 0)
    assert tuple(point.said for point in found) == GOOD
    assert all(point.is_done for point in found)


def test_a_spec_without_requirements_is_not_ready() -> None:
    (point,) = open_points([])
    assert (point.said, point.page) == ("There is no requirement yet", "requirements")


def test_nothing_is_done_of_what_there_is_none_of_yet() -> None:
    assert [p for p in readiness.points([], None, 0, (), None) if p.is_done] == []


def test_before_anything_was_tried_no_point_says_that_evidence_is_in_order(store: Store) -> None:
    made = loop(store)
    bare = verdicts.by_requirement(
        store, made.feature_id, verdicts.of_feature(store, made.feature_id)
    )
    done = [p.said for p in readiness.points(bare, CANDIDATE, 0) if p.is_done]
    assert done == [GOOD[0], GOOD[1], GOOD[2], GOOD[7]]
    assert [p.said for p in open_points(bare)] == ["R1 is without enough evidence"]
    waiting = open_points(bare, ratings_open=1)
    assert waiting[0].said == "1 output waits for a person's rating"


def test_a_feature_without_cases_has_none_that_may_be_used(store: Store) -> None:
    feature_id = store.features.add(Feature("Empty")).id
    assert feature_id is not None
    assert readiness.data_lacks(store, feature_id) is None


def test_a_requirement_without_a_criterion_holds_it_up(
    rows: Sequence[RequirementVerdict],
) -> None:
    bare = RequirementVerdict(rows[0].requirement, Verdict.NOT_ENOUGH_EVIDENCE, ())
    (point,) = open_points([*rows, bare])
    assert (point.said, point.page) == ("R1 is without a criterion", "requirements")


def test_a_missing_candidate_holds_it_up(rows: Sequence[RequirementVerdict]) -> None:
    (point,) = open_points(rows, candidate=None)
    assert (point.said, point.page) == ("No candidate variant is chosen", "verdicts")


def test_open_ratings_hold_it_up(rows: Sequence[RequirementVerdict]) -> None:
    (point,) = open_points(rows, ratings_open=1_234)
    assert (point.said, point.page) == ("1,234 outputs wait for a person's rating", "rating")


def test_a_requirement_without_enough_evidence_holds_it_up(
    rows: Sequence[RequirementVerdict],
) -> None:
    undecided = replace(rows[0], verdict=Verdict.NOT_ENOUGH_EVIDENCE)
    (point,) = open_points([undecided, undecided])
    assert (point.said, point.page) == ("R1, R1 are without enough evidence", "verdicts")


def test_a_missed_bar_holds_it_up(rows: Sequence[RequirementVerdict]) -> None:
    (point,) = open_points([replace(rows[0], verdict=Verdict.NOT_MET)])
    assert (point.said, point.page) == ("R1 is not met", "verdicts")


def test_stale_evidence_holds_it_up(rows: Sequence[RequirementVerdict]) -> None:
    old = replace(rows[0].criteria[0], stale=("R1 was revised",))
    (point,) = open_points([replace(rows[0], criteria=(old,))])
    assert (point.said, point.page) == ("R1 is resting on stale evidence", "experiments")
