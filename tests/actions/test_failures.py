"""Reading outputs, noting what went wrong, and sorting the notes into failure modes."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import building
from tests.actions.scenes import MIRA, counts, lines
from tests.building import FAILED, Loop
from workbench.actions import failures, keeping, permission
from workbench.domain.experiments import Experiment
from workbench.domain.failures import Fallback, ModeDraft, Response, Severity, SortedNote
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.domain.trials import PlannedCall
from workbench.errors import Conflict, InputError, WorkbenchError
from workbench.evidence import failures as evidence
from workbench.evidence.failures import ToRead
from workbench.store.store import Store

P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
BEN = Person("browser-2", "Ben")


def _to_read(made: Loop, experiment: Experiment) -> ToRead:
    scorers = [(made.criterion.id, made.criterion.draft.scorer.fingerprint())]
    reports = made.store.reports.failures
    return evidence.to_read(reports.order(experiment.id, scorers), reports.read_in(experiment.id))


def _trial(made: Loop, experiment: Experiment, outcome: Outcome | None = F) -> UUID:
    """A trial of the experiment that ended so."""
    for trial in made.store.trials.of_experiment(experiment.id):
        said = [score.judgement.outcome for score in made.store.scores.of_trial(trial.id)]
        if (said[0] if said else None) is outcome:
            return trial.id
    raise AssertionError(f"no trial ended as {outcome}")


def _noted(made: Loop, experiment: Experiment, *texts: str) -> list[SortedNote]:
    """Unread outputs, read with these notes."""
    for text in texts:
        at = _to_read(made, experiment).upcoming[0]
        failures.read(made.store, MIRA, made.feature_id, at, text)
    return made.store.reports.failures.notes(made.feature_id)


def test_failing_outputs_wait_first_then_unscored_ones_then_the_rest(store: Store) -> None:
    made = building.loop(store, 6)
    experiment = made.run([P, F, U, F, P, FAILED])
    found = _to_read(made, experiment)
    said = [store.scores.of_trial(t)[0].judgement.outcome for t in found.upcoming]
    assert said == [F, F, U, P, P]
    assert (found.outputs, found.read, found.failing) == (5, 0, 2)


def test_what_a_changed_criterion_no_longer_says_does_not_put_an_output_first(
    store: Store,
) -> None:
    made = building.loop(store, 2)
    experiment = made.run([F, P])
    order = store.reports.failures.order(experiment.id, [(made.criterion.id, "another scorer")])
    assert set(order.turns) == {1}
    assert len(order.trial_ids) == 2


def test_a_drawn_order_puts_nothing_first_and_stays_as_it_was_drawn(store: Store) -> None:
    made = building.loop(store, 40)
    experiment = made.run([F] * 4 + [P] * 36)
    scorers = [(made.criterion.id, made.criterion.draft.scorer.fingerprint())]
    order = store.reports.failures.order(experiment.id, scorers, at_random=True)
    assert order == store.reports.failures.order(experiment.id, scorers, at_random=True)
    assert sorted(order.turns) == [0] * 4 + [2] * 36
    assert list(order.turns) != sorted(order.turns)
    assert list(order.trial_ids) != sorted(order.trial_ids)


def test_what_a_rater_took_back_does_not_put_an_output_first(store: Store) -> None:
    made = building.loop(store, 2)
    experiment = made.run([P, P])
    one = store.trials.of_experiment(experiment.id)[:1]
    made.rate(one, [F], "Ben")
    assert _to_read(made, experiment).failing == 1
    made.rate(one, [P], "Ben")
    assert _to_read(made, experiment).failing == 0


def test_a_reading_is_kept_with_its_note_and_its_line(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([P, F, P])
    at = _trial(made, experiment)
    failures.read(store, MIRA, made.feature_id, at, "  Never says thank you ")
    (note,) = store.reports.failures.notes(made.feature_id, experiment.id)
    assert (note.text, note.author, note.mode_id) == ("Never says thank you", "Mira", None)
    assert (note.experiment, note.variant, note.output) == (experiment.key, "A", "thank you")
    found = _to_read(made, experiment)
    assert (found.read, found.failing_read) == (1, 1)
    assert at not in found.upcoming
    assert lines(store, made.feature_id)[-1] == ("reading.keep", f"Answer to {note.case} read")


def test_an_output_without_a_fault_counts_as_read(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([P, P, P])
    failures.read(store, MIRA, made.feature_id, _to_read(made, experiment).upcoming[0])
    assert _to_read(made, experiment).read == 1
    assert store.reports.failures.notes(made.feature_id) == []


def test_the_same_reading_again_changes_nothing(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([F, P, P])
    at = _trial(made, experiment)
    for _ in range(2):
        failures.read(store, MIRA, made.feature_id, at, "Rude")
    other = _trial(made, experiment, P)
    for _ in range(2):
        failures.read(store, MIRA, made.feature_id, other)
    assert store.database.value("select count(*) from readings") == 2
    failures.read(store, BEN, made.feature_id, at, "Rude")  # What another reader says is another.
    assert len(store.reports.failures.notes(made.feature_id)) == 2


def test_a_failed_call_has_nothing_to_read(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([FAILED, P, P])
    failed = next(t for t in store.trials.of_experiment(experiment.id) if t.output is None)
    before = counts(store)
    with pytest.raises(InputError, match="no output to read"):
        failures.read(store, MIRA, made.feature_id, failed.id, "Nothing came")
    assert counts(store) == before


def test_the_newest_reading_is_taken_back_with_its_note_and_its_words_come_along(
    store: Store,
) -> None:
    made = building.loop(store)
    experiment = made.run([F, F, P])
    _noted(made, experiment, "Rude", "Too long")
    found = failures.take_back(store, MIRA, made.feature_id, experiment.id)
    assert found is not None
    assert found.text == "Too long"
    assert [n.text for n in store.reports.failures.notes(made.feature_id)] == ["Rude"]
    assert found.trial_id in _to_read(made, experiment).upcoming
    assert store.scores.notes([found.trial_id]) == {}
    # Both words stay on record.
    assert store.database.value("select count(*) from notes") == 2
    assert failures.take_back(store, BEN, made.feature_id, experiment.id) is None
    assert failures.take_back(store, MIRA, made.feature_id, experiment.id) is not None
    assert failures.take_back(store, MIRA, made.feature_id, experiment.id) is None


def test_a_mode_takes_its_notes_and_a_note_moves_between_modes(store: Store) -> None:
    made = building.loop(store, 4)
    experiment = made.run([F, F, F, P])
    notes = _noted(made, experiment, "Rude", "Rude again", "Too long")
    rude = failures.add_mode(store, MIRA, made.feature_id, ModeDraft(" Rude "), notes[:2])
    long = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Too long"), notes[2:])
    assert (rude.key, rude.draft.name, long.key) == ("F1", "Rude", "F2")
    assert failures.sort(store, MIRA, made.feature_id, notes[1:], long.id) == 1
    held = {n.text: n.mode_id for n in store.reports.failures.notes(made.feature_id)}
    assert held == {"Rude": rude.id, "Rude again": long.id, "Too long": long.id}
    before = counts(store)
    assert failures.sort(store, MIRA, made.feature_id, notes[1:], long.id) == 0
    assert counts(store) == before
    failures.sort(store, MIRA, made.feature_id, notes[:1], None)
    assert store.reports.failures.notes(made.feature_id)[0].mode_id is None


def test_a_note_may_be_sorted_as_it_is_written(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([F, P, P])
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    failures.read(store, MIRA, made.feature_id, _trial(made, experiment), "Rude", mode.id)
    assert [n.mode_id for n in store.reports.failures.notes(made.feature_id)] == [mode.id]


def test_a_note_that_is_taken_back_leaves_its_mode(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([F, F, P])
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    for at in _to_read(made, experiment).upcoming[:2]:
        failures.read(store, MIRA, made.feature_id, at, "Rude", mode.id)
    failures.take_back(store, MIRA, made.feature_id, experiment.id)
    (found,) = evidence.seen(store, experiment)
    assert (found.having, found.read) == (1, 1)


def test_a_note_of_another_page_waits_to_be_sorted_and_counts_as_read_once_it_is(
    store: Store,
) -> None:
    made = building.loop(store)
    experiment = made.run([F, P, P])
    keeping.note(store, MIRA, made.feature_id, _trial(made, experiment), "Nice answer")
    (note,) = store.reports.failures.notes(made.feature_id)
    assert _to_read(made, experiment).read == 0
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"), [note])
    assert _to_read(made, experiment).read == 1
    failures.sort(store, MIRA, made.feature_id, [note], None)
    assert _to_read(made, experiment).read == 0
    assert evidence.seen(store, experiment)[0].mode.id == mode.id


def test_outputs_that_were_asked_anew_are_to_be_read_anew(store: Store) -> None:
    made = building.loop(store, 2)
    experiment = made.run([F, P])
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    old = _trial(made, experiment)
    failures.read(store, MIRA, made.feature_id, old, "Rude", mode.id)
    before = store.trials.get(old)
    call = PlannedCall(before.variant_id, before.case_id, before.number)
    run = store.runs.latest(experiment.id)
    assert run is not None
    store.trials.add([building.trial(run.id, call, "Another answer", supersedes=old)])
    assert _to_read(made, experiment).read == 0
    (found,) = evidence.seen(store, experiment)
    assert (found.having, found.read) == (0, 0)


def test_a_mode_needs_a_name_of_its_own(store: Store) -> None:
    made = building.loop(store)
    failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    before = counts(store)
    with pytest.raises(InputError, match="no name"):
        failures.add_mode(store, MIRA, made.feature_id, ModeDraft("  "))
    with pytest.raises(InputError, match="called “Rude” already"):
        failures.add_mode(store, MIRA, made.feature_id, ModeDraft("rude"))
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Long"))
    with pytest.raises(InputError, match="called “Rude” already"):
        failures.edit_mode(store, MIRA, other.id, ModeDraft("Rude"), 1)
    assert counts(store)["failure_modes"] == before["failure_modes"] + 1


def test_an_edit_is_a_version_and_two_edits_of_one_version_clash(store: Store) -> None:
    made = building.loop(store)
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    fallback = Fallback("a word list", Response.RETRY, "One moment, please", made.criterion.id)
    draft = replace(mode.draft, severity=Severity.SEVERE, owner="Ada", fallback=fallback)
    kept = failures.edit_mode(store, MIRA, mode.id, draft, 1)
    assert (kept.number, kept.draft) == (2, draft)
    said = ("failure_mode.edit", "F1 edited: severity, owner, fallback")
    assert lines(store, made.feature_id)[-1] == said
    with pytest.raises(Conflict, match="was changed by Mira"):
        failures.edit_mode(store, BEN, mode.id, ModeDraft("Curt"), 1)
    before = counts(store)
    failures.edit_mode(store, MIRA, mode.id, draft, 2)
    assert counts(store) == before


def test_a_mode_that_is_put_away_lets_its_notes_go_and_comes_back_with_them(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([F, P, P])
    notes = _noted(made, experiment, "Rude")
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"), notes)
    failures.archive_mode(store, MIRA, mode.id)
    assert store.failures.of(made.feature_id) == []
    assert store.reports.failures.notes(made.feature_id)[0].mode_id is None
    with pytest.raises(InputError, match="put away"):
        failures.sort(store, MIRA, made.feature_id, notes, mode.id)
    with pytest.raises(InputError, match="put away"):
        failures.edit_mode(store, MIRA, mode.id, ModeDraft("Curt"), 2)
    again = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    with pytest.raises(InputError, match="called “Rude” already"):
        failures.restore_mode(store, MIRA, mode.id)
    failures.archive_mode(store, MIRA, again.id)
    failures.restore_mode(store, MIRA, mode.id)
    before = counts(store)
    failures.restore_mode(store, MIRA, mode.id)
    assert counts(store) == before
    assert store.reports.failures.notes(made.feature_id)[0].mode_id == mode.id


def test_notes_go_into_modes_of_their_own_feature_only(store: Store) -> None:
    made, other = building.loop(store), building.loop(store, name="Another")
    experiment = made.run([F, P, P])
    notes = _noted(made, experiment, "Rude")
    elsewhere = failures.add_mode(store, MIRA, other.feature_id, ModeDraft("Rude"))
    at = _trial(made, experiment, P)
    with pytest.raises(InputError, match="of another feature"):
        failures.sort(store, MIRA, made.feature_id, notes, elsewhere.id)
    with pytest.raises(InputError, match="of another feature"):
        failures.read(store, MIRA, made.feature_id, at, "Rude", elsewhere.id)
    assert store.database.value("select count(*) from readings") == 1


def test_an_experiment_shows_the_notes_on_its_own_outputs(store: Store) -> None:
    made, other = building.loop(store), building.loop(store, name="Another")
    mine, theirs = made.run([F, P, P]), other.run([F, P, P])
    _noted(made, mine, "Rude")
    failures.read(store, MIRA, other.feature_id, _trial(other, theirs), "Long")
    assert [n.text for n in store.reports.failures.notes(made.feature_id)] == ["Rude"]
    assert [n.text for n in store.reports.failures.notes(other.feature_id, theirs.id)] == ["Long"]
    assert store.reports.failures.notes(made.feature_id, theirs.id) == []


def test_who_may_not_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = building.loop(store)
    experiment = made.run([F, P, P])
    at = _trial(made, experiment)

    def refuse(*_: object) -> None:
        raise WorkbenchError("You may not.", "Ask.")

    monkeypatch.setattr(permission, "ask", refuse)
    before = counts(store)
    for deed in (
        lambda: failures.read(store, MIRA, made.feature_id, at, "Rude"),
        lambda: failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude")),
        lambda: failures.sort(store, MIRA, made.feature_id, [], None),
        lambda: failures.take_back(store, MIRA, made.feature_id, experiment.id),
    ):
        with pytest.raises(WorkbenchError, match="may not"):
            deed()
    assert counts(store) == before
