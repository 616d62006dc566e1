"""Outputs from before thoughts were kept apart are judged as they stand, and that is said."""

from datetime import UTC, datetime
from itertools import product

from tests.building import loop
from workbench.domain.scores import Outcome
from workbench.evidence import guards, verdicts
from workbench.store.store import Store

BEFORE = ("", " ", "\t", "\r\n", "\f\n ")
MARKS = ("<think>", "< THINKING a='b'>", "[THINK]", "<|channel|>")


def kinds(store: Store, *texts: str, is_old: bool) -> list[list[guards.Kind]]:
    """What is to be kept in mind of an experiment whose outputs are each of these texts."""
    made = loop(store, 20)
    experiment = made.run([Outcome.PASS] * 20)
    if is_old:
        store.database.execute(
            "update trials set created_at = ?", [datetime(2026, 1, 1, tzinfo=UTC)]
        )
    kept = []
    for text in texts:
        store.database.execute("update outputs set body = ?", [text])
        found = verdicts.of_feature(store, made.feature_id)
        kept.append([guard.kind for guard in guards.of_experiment(store, experiment, found)])
    return kept


def test_an_old_output_with_thoughts_in_it_is_pointed_out(store: Store) -> None:
    texts = [f"{before}{mark}\nHm. thank you" for before, mark in product(BEFORE, MARKS)]
    found = kinds(store, *texts, is_old=True)
    missed = [
        text
        for text, each in zip(texts, found, strict=True)
        if guards.Kind.THOUGHTS_JUDGED not in each
    ]
    assert missed == []


def test_an_old_output_without_thoughts_is_not(store: Store) -> None:
    (found,) = kinds(store, "thank you", is_old=True)
    assert guards.Kind.THOUGHTS_JUDGED not in found


def test_a_new_output_is_not_whatever_it_quotes(store: Store) -> None:
    (found,) = kinds(store, "<think> is a tag", is_old=False)
    assert guards.Kind.THOUGHTS_JUDGED not in found
