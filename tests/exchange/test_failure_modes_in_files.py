"""Failure modes travel in the feature file and stand in the spec."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import building
from tests.empty import empty_store
from workbench.actions import failures
from workbench.domain.failures import Fallback, ModeDraft, Response, Severity
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence.words import figures
from workbench.exchange.feature import file
from workbench.exchange.spec.markdown import markdown
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
SHORT = """
workbench: 1
feature: {name: Replies}
failure_modes:
- key: F1
  name: Rude
"""


def _whole(store: Store, notes: int = 3) -> building.Loop:
    """A feature with two failure modes, one with everything in it."""
    made = building.loop(store, 8)
    experiment = made.run([Outcome.FAIL] * 8)
    for number, trial in enumerate(store.trials.of_experiment(experiment.id)[:notes]):
        failures.read(store, MIRA, made.feature_id, trial.id, f"Says nothing of {number}: - x")
    draft = ModeDraft(
        "Leaks [a](b)",
        "It names another customer.\n\nNot: it names the shop.",
        Severity.SEVERE,
        "Ada",
        Fallback("a filter", Response.HAND_OVER, "A colleague will answer", made.criterion.id),
    )
    held = store.reports.failures.notes(made.feature_id)
    failures.add_mode(store, MIRA, made.feature_id, draft, held)
    failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude", severity=Severity.SEVERE))
    return made


@pytest.mark.parametrize("notes", [0, 3, 8])
def test_exported_imported_and_exported_again_it_has_the_same_bytes(
    store: Store, tmp_path: Path, notes: int
) -> None:
    text = file.export(store, _whole(store, notes).feature_id)
    elsewhere = empty_store(tmp_path)
    kept = file.import_feature(elsewhere, text, "ben")
    assert kept.id is not None
    assert file.export(elsewhere, kept.id) == text
    (leaks, rude) = elsewhere.failures.of(kept.id)
    assert leaks.draft.fallback.criterion_id == elsewhere.criteria.of(kept.id)[0].id
    assert (leaks.draft.severity, rude.draft.owner) == (Severity.SEVERE, "")
    # A few examples travel: the notes themselves are results.
    assert len(leaks.examples) == min(notes, 5)
    elsewhere.close()


def test_a_short_entry_is_enough_and_a_file_without_modes_is_read_as_ever(store: Store) -> None:
    kept = file.import_feature(store, SHORT, "ada")
    assert kept.id is not None
    (mode,) = store.failures.of(kept.id)
    assert (mode.key, mode.number, mode.draft, mode.author) == ("F1", 1, ModeDraft("Rude"), "ada")
    older = SHORT.split("failure_modes")[0].replace("Replies", "Older")
    plain = file.import_feature(store, older, "ada")
    assert plain.id is not None
    assert store.failures.of(plain.id) == []


def test_sorting_notes_makes_no_other_feature_of_it_and_an_edit_does(store: Store) -> None:
    made = _whole(store)
    text = file.export(store, made.feature_id)
    (_, rude) = store.failures.of(made.feature_id)
    notes = store.reports.failures.notes(made.feature_id)
    failures.sort(store, MIRA, made.feature_id, notes[:2], rude.id)
    failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Long"))
    _, is_new = file.import_or_find(store, text, "ben")
    assert not is_new
    failures.edit_mode(store, MIRA, rude.id, ModeDraft("Curt"), 1)
    with pytest.raises(InputError, match=r"failure_modes\[1\]"):
        file.import_or_find(store, text, "ben")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{key: F1, name: '  '}", "empty|no name"),
        ("{key: X1, name: Rude}", "X1"),
        ("{key: F1, name: Rude, severity: awful}", "severity"),
        ("{key: F1, name: Rude, fallback: {response: pray}}", "response"),
        ("{key: F1, name: Rude, fallback: {criterion: C9}}", "no criterion “C9”"),
        ("{key: F1, name: Rude, created_at: today}", "not a time"),
        ("{key: F1, name: Rude, weight: 3}", "weight"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(store: Store, wrong: str, said: str) -> None:
    text = f"workbench: 1\nfeature: {{name: Replies}}\nfailure_modes:\n- {wrong}\n"
    with pytest.raises(InputError, match=said):
        file.import_feature(store, text, "ada")
    assert store.features.named("Replies") is None


@pytest.mark.parametrize("field", ["key", "name"])
def test_a_key_or_a_name_that_stands_twice_is_refused(store: Store, field: str) -> None:
    other = "F1, name: Other" if field == "key" else "F2, name: Rude"
    with pytest.raises(InputError, match="is there twice"):
        file.import_feature(store, f"{SHORT}- {{key: {other}}}\n", "ada")


def test_the_spec_lists_them_and_what_is_not_designed_of_severe_ones(store: Store) -> None:
    made = _whole(store)
    text = markdown(store, made.feature_id, [], figures.figure, datetime.now(UTC))
    assert "## What can go wrong" in text
    assert "### F1: Leaks \\[a\\](b), severe" in text
    assert "in 3 of 3 outputs read: 100%" in text
    assert "Then the product hands over to a person" in text
    assert "Shown by C1" in text
    limits = text.split("## Known limits")[1]
    assert "F2 “Rude” is severe, and what happens then is not designed yet" in limits
    assert "F1" not in limits.split("\n\n## ")[0].replace("F1,", "")


def test_a_spec_without_failure_modes_says_nothing_of_them(store: Store) -> None:
    made = building.loop(store)
    text = markdown(store, made.feature_id, [], figures.figure, datetime.now(UTC))
    assert "What can go wrong" not in text
