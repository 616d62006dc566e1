"""A failure mode becomes a requirement or a criterion, with what caused it and its cases."""

from dataclasses import replace

import pytest

from tests import building
from tests.actions.scenes import MIRA, counts, lines
from tests.building import Loop
from workbench.actions import failures, lessons
from workbench.domain.criteria import Lane, ScorerKind
from workbench.domain.failures import FailureMode, Fallback, ModeDraft, Response, Severity
from workbench.domain.requirements import Level
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.exchange.feature import file
from workbench.store.store import Store


def _mode(made: Loop, severity: Severity = Severity.SEVERE, notes: int = 2) -> FailureMode:
    experiment = made.run([Outcome.FAIL] * 4)
    draft = ModeDraft("Leaks", "It names another customer.", severity)
    mode = failures.add_mode(made.store, MIRA, made.feature_id, draft)
    for trial in made.store.trials.of_experiment(experiment.id)[:notes]:
        failures.read(made.store, MIRA, made.feature_id, trial.id, "Names Ben", mode.id)
    return mode


def test_one_click_makes_a_requirement_with_its_evidence_and_a_criterion(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made)
    found = lessons.require(store, MIRA, mode.id)
    kept = store.requirements.get(found.requirement.id)
    assert (kept.key, kept.draft.impact) == ("R2", Level.HIGH)
    assert "free of this failure: Leaks" in kept.draft.statement
    assert "It names another customer." in kept.draft.statement
    assert [piece.summary for piece in kept.revision.evidence] == ["Names Ben", "Names Ben"]
    assert kept.revision.evidence[0].output == "thank you"
    assert {piece.experiment for piece in kept.revision.evidence} == {"E1"}
    draft = found.criterion.draft
    assert (draft.scorer.kind, draft.lane, draft.bar) == (ScorerKind.RATING, Lane.DISCOVERED, 0.95)
    assert draft.origin == "Failure mode F1, 2 notes in E1"
    deeds = [deed for deed, _ in lines(store, made.feature_id)]
    assert deeds[-2:] == ["requirement.add", "criterion.add"]
    assert found.cases_added == 0  # The sample's cases are there already.


def test_the_same_mode_becomes_no_second_requirement_until_the_first_is_put_away(
    store: Store,
) -> None:
    made = building.loop(store, 4)
    mode = _mode(made)
    first = lessons.require(store, MIRA, mode.id)
    before = counts(store)
    with pytest.raises(InputError, match="became R2 already"):
        lessons.require(store, MIRA, mode.id)
    assert counts(store) == before
    store.requirements.archive(first.requirement.id, "Mira", "Too vague")
    assert lessons.require(store, MIRA, mode.id).requirement.key == "R3"


def test_a_mode_becomes_a_discovered_criterion_of_a_requirement_once(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made, Severity.MINOR)
    found = lessons.judge(store, MIRA, mode.id, made.requirement.id)
    assert found.criterion.requirement_id == made.requirement.id
    assert found.criterion.draft.bar == 0.8
    with pytest.raises(InputError, match="became C2 already"):
        lessons.judge(store, MIRA, mode.id, made.requirement.id)
    # A requirement of its own can still follow.
    assert lessons.require(store, MIRA, mode.id).requirement.key == "R2"


def test_without_an_example_there_is_nothing_to_learn_from(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made, notes=0)
    before = counts(store)
    with pytest.raises(InputError, match="no example yet"):
        lessons.require(store, MIRA, mode.id)
    assert counts(store) == before


def test_a_refused_requirement_leaves_nothing_behind(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made)
    store.requirements.archive(made.requirement.id, "Mira", "Away")
    before = counts(store)
    with pytest.raises(InputError, match="put away"):
        lessons.judge(store, MIRA, mode.id, made.requirement.id)
    assert counts(store) == before


def test_an_example_that_came_with_a_file_is_evidence_too(store: Store) -> None:
    text = (
        "workbench: 1\nfeature: {name: Replies}\nfailure_modes:\n"
        "- {key: F1, name: Rude, examples: [{summary: Says “no”, case: case-1}]}\n"
    )
    feature_id = file.import_feature(store, text, "ada").id
    assert feature_id is not None
    (mode,) = store.failures.of(feature_id)
    found = lessons.require(store, MIRA, mode.id)
    assert found.requirement.revision.evidence[0].summary == "Says “no”"
    assert found.criterion.draft.origin == "Failure mode F1, from a feature file"


def test_an_example_whose_case_was_taken_out_is_a_case_again(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made)
    noted = {note.case_id for note in store.reports.failures.notes(made.feature_id)}
    kept = [c for c in store.datasets.cases(made.dataset.id) if c.id not in noted]
    store.datasets.save(made.dataset.dataset_id, [c.draft() for c in kept], 1, "Ada", "Fewer")
    assert lessons.require(store, MIRA, mode.id).cases_added == 2
    (newest,) = store.datasets.of(made.feature_id)
    sources = [case.source for case in store.datasets.cases(newest.id)]
    assert sources.count("failure mode F1") == 2


def test_the_loop_counts_what_was_learnt_and_what_is_not_designed(store: Store) -> None:
    made = building.loop(store, 4)
    mode = _mode(made)
    failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))

    def counted() -> tuple[int, int, int]:
        found = store.reports.progress.loop(made.feature_id)
        return found.failure_modes, found.learnt, found.undesigned

    assert counted() == (2, 0, 1)
    lessons.require(store, MIRA, mode.id)
    lessons.judge(store, MIRA, mode.id, made.requirement.id)
    assert counted() == (2, 1, 1)
    fallback = Fallback("a filter", Response.REFUSE, "I can't say", made.criterion.id)
    failures.edit_mode(store, MIRA, mode.id, replace(mode.draft, fallback=fallback), 1)
    assert counted() == (2, 1, 0)
    failures.archive_mode(store, MIRA, mode.id)
    assert counted() == (1, 0, 0)
