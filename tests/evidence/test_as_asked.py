"""Outputs from before thoughts were kept apart are judged as they stand, and that is said."""

from datetime import UTC, datetime

import pytest

from tests.building import loop
from workbench.domain.scores import Outcome
from workbench.evidence import guards, verdicts
from workbench.store.store import Store


def kinds(store: Store, text: str, *, is_old: bool) -> list[guards.Kind]:
    """What is to be kept in mind of an experiment whose outputs are this text."""
    made = loop(store, 20)
    experiment = made.run([Outcome.PASS] * 20)
    store.database.execute("update outputs set body = ?", [text])
    if is_old:
        store.database.execute(
            "update trials set created_at = ?", [datetime(2026, 1, 1, tzinfo=UTC)]
        )
    found = verdicts.of_feature(store, made.feature_id)
    return [guard.kind for guard in guards.of_experiment(store, experiment, found)]


@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n", "\f\n "])
@pytest.mark.parametrize("mark", ["<think>", "< THINKING a='b'>", "[THINK]", "<|channel|>"])
def test_an_old_output_with_thoughts_in_it_is_pointed_out(
    store: Store, before: str, mark: str
) -> None:
    found = kinds(store, f"{before}{mark}\nHm. thank you", is_old=True)
    assert guards.Kind.THOUGHTS_JUDGED in found


def test_an_old_output_without_thoughts_is_not(store: Store) -> None:
    assert guards.Kind.THOUGHTS_JUDGED not in kinds(store, "thank you", is_old=True)


def test_a_new_output_is_not_whatever_it_quotes(store: Store) -> None:
    found = kinds(store, "<think> is a tag", is_old=False)
    assert guards.Kind.THOUGHTS_JUDGED not in found
