"""A changed demand is on record: what it asked for, why it changed, what was seen by then."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.building import AUTHOR, Loop, loop
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import demands, verdicts
from workbench.exchange.spec import markdown
from workbench.store.store import Store


def lowered(made: Loop, why: str = "Too strict", number: int = 1) -> None:
    draft = replace(made.criterion.draft, bar=0.5)
    made.store.criteria.revise(made.criterion.id, draft, number, "Bo", why)


def test_a_bar_that_moves_after_results_were_seen_says_so(store: Store) -> None:
    made = loop(store)
    made.run([Outcome.FAIL] * 3)
    lowered(made)
    (found,) = demands.of_feature(store, made.feature_id)
    assert found.sentence() == "C1: bar at least 80% → at least 50%, after results were seen"
    assert (found.why, found.author, found.number) == ("Too strict", "Bo", 2)


def test_a_bar_that_moves_before_any_answer_is_no_late_one(store: Store) -> None:
    made = loop(store)
    made.experiment()
    lowered(made, why="")
    made.run([Outcome.PASS] * 3)
    (found,) = demands.of_feature(store, made.feature_id)
    assert found.sentence() == "C1: bar at least 80% → at least 50%"


@pytest.mark.parametrize(
    "change", [{"bar": 0.5}, {"confidence": 0.8}, {"slices": ("inbox",)}], ids=str
)
def test_what_is_asked_of_answers_that_are_there_changes_with_a_reason_only(
    store: Store, change: dict[str, object]
) -> None:
    made = loop(store)
    made.run([Outcome.FAIL] * 3)
    draft = replace(made.criterion.draft, **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no reason is given to change"):
        store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "  ")
    assert store.criteria.get(made.criterion.id).number == 1


def test_other_words_need_no_reason(store: Store) -> None:
    made = loop(store)
    made.run([Outcome.FAIL] * 3)
    draft = replace(made.criterion.draft, title="Says thanks")
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "")
    (found,) = demands.of_feature(store, made.feature_id)
    assert not found.is_demand
    assert found.sentence() == "C1: other words"


def test_failed_calls_are_no_results_that_were_seen(store: Store) -> None:
    made = loop(store)
    made.run([None] * 3)
    lowered(made, why="")
    (found,) = demands.of_feature(store, made.feature_id)
    assert not found.is_late


def test_dropping_a_criterion_after_results_needs_a_reason_and_is_on_record(
    store: Store,
) -> None:
    made = loop(store)
    made.run([Outcome.FAIL] * 3)
    with pytest.raises(InputError, match="no reason is given to put it away"):
        store.criteria.archive(made.criterion.id, "Bo")
    store.criteria.archive(made.criterion.id, "Bo", "Nobody needs it")
    (found,) = demands.of_feature(store, made.feature_id)
    assert found.sentence() == "C1 (Says thank you) was put away, after results were seen"
    assert (found.author, found.why) == ("Bo", "Nobody needs it")


def test_the_spec_tells_how_a_bar_moved(store: Store) -> None:
    made = loop(store)
    made.run([Outcome.FAIL] * 3)
    lowered(made)
    found = verdicts.of_feature(store, made.feature_id)
    text = markdown.markdown(
        store, made.feature_id, found, lambda _: "", datetime(2026, 1, 1, tzinfo=UTC)
    )
    (line,) = [line for line in text.splitlines() if "bar at least 80%" in line]
    assert "at least 50%" in line
    assert "after results were seen" in line
    assert "Too strict" in line


def test_changes_since_a_frozen_version_are_those_after_it(store: Store) -> None:
    made = loop(store)
    lowered(made, why="First")
    draft = replace(made.criterion.draft, bar=0.6)
    store.criteria.revise(made.criterion.id, draft, 2, "Bo", "Second")
    changes = demands.of_feature(store, made.feature_id)
    assert [c.why for c in demands.since(changes, made.criterion.id, 1)] == ["First", "Second"]
    assert [c.why for c in demands.since(changes, made.criterion.id, 2)] == ["Second"]
    assert demands.since(changes, made.criterion.id, 3) == []
