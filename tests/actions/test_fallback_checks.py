"""Whether a failure mode's fallback happens: its criterion, on the mode's own cases."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import building
from tests.actions.scenes import MIRA, counts
from tests.building import Loop
from workbench.actions import failures
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode, ModeDraft
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import failures as evidence
from workbench.evidence.words import failures as words
from workbench.store.store import Store

P, F = Outcome.PASS, Outcome.FAIL


def _scene(made: Loop, outcomes: list[Outcome], noted: int = 2) -> tuple[Experiment, FailureMode]:
    """An experiment whose first outputs are in a failure mode that the loop's criterion checks."""
    experiment = made.run(outcomes)
    mode = failures.add_mode(made.store, MIRA, made.feature_id, ModeDraft("Rude"))
    for trial in made.store.trials.of_experiment(experiment.id)[:noted]:
        failures.read(made.store, MIRA, made.feature_id, trial.id, "Rude", mode.id)
    return experiment, _checked(made, mode, made.criterion.id)


def _checked(made: Loop, mode: FailureMode, criterion_id: UUID | None) -> FailureMode:
    fallback = replace(mode.draft.fallback, criterion_id=criterion_id)
    draft = replace(mode.draft, fallback=fallback)
    return failures.edit_mode(made.store, MIRA, mode.id, draft, mode.number)


def _noted_cases(made: Loop) -> set[UUID]:
    return {note.case_id for note in made.store.reports.failures.notes(made.feature_id)}


def test_only_the_modes_own_cases_are_looked_at(store: Store) -> None:
    made = building.loop(store, 6)
    _, mode = _scene(made, [F] * 6)
    trials = [t for (e,) in [store.experiments.of(made.feature_id)]
              for t in store.trials.of_experiment(e.id)]  # fmt: skip
    mine = [t for t in trials if t.case_id in _noted_cases(made)]
    made.rate(mine[:1], [P], "")
    (found,) = evidence.shown(store, mode)
    assert (found.variant, found.passes, found.outputs, found.unscored) == ("A", 1, 2, 0)
    assert found.interval.n_cases == 2
    assert words.shown(found).startswith("Variant A: 1 of 2 outputs for its 2 cases pass: 50% (")


def test_what_the_criterion_has_not_scored_is_said_and_counts_neither_way(store: Store) -> None:
    made = building.loop(store, 3)
    _, mode = _scene(made, [F] * 3)
    draft = replace(made.criterion.draft, scorer=replace(
        made.criterion.draft.scorer, settings={"texts": ["sorry"]}))  # fmt: skip
    store.criteria.revise(made.criterion.id, draft, 1, "Ada", "Another text")
    (found,) = evidence.shown(store, mode)
    assert (found.passes, found.outputs, found.unscored) == (0, 2, 2)
    assert words.shown(found) == "Variant A: none of 2 outputs for its cases is scored yet"


def test_outputs_to_which_the_criterion_does_not_apply_are_left_out(store: Store) -> None:
    made = building.loop(store, 3)
    experiment, mode = _scene(made, [F] * 3)
    noted = _noted_cases(made)
    mine = [t for t in store.trials.of_experiment(experiment.id) if t.case_id in noted]
    made.rate(mine[:1], [Outcome.NOT_APPLICABLE], "")
    (found,) = evidence.shown(store, mode)
    assert (found.passes, found.outputs, found.unscored) == (0, 1, 0)
    made.rate(mine[1:], [Outcome.NOT_APPLICABLE], "")
    assert evidence.shown(store, mode) == []


def test_without_a_criterion_or_a_note_there_is_nothing_to_show(store: Store) -> None:
    made = building.loop(store, 3)
    _, mode = _scene(made, [F] * 3)
    assert evidence.shown(store, _checked(made, mode, None)) == []
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Long"))
    assert evidence.shown(store, _checked(made, other, made.criterion.id)) == []


def test_a_run_is_planned_on_the_modes_own_cases_with_the_candidate(store: Store) -> None:
    made = building.loop(store, 6)
    experiment, mode = _scene(made, [F] * 6)
    store.features.choose_candidate(made.feature_id, made.variant.id, "Ada", "Ours")
    planned = failures.plan_check(store, MIRA, mode, experiment)
    assert planned.question == "What happens then: Rude"
    assert set(store.experiments.case_ids(planned.id)) == _noted_cases(made)
    assert [variant.id for variant in planned.variants] == [made.variant.id]
    assert planned.criterion_ids == (made.criterion.id,)
    # The same again is the plan that is there.
    before = counts(store)
    assert failures.plan_check(store, MIRA, mode, experiment).id == planned.id
    assert counts(store) == before


def test_a_plan_needs_a_criterion_and_a_case(store: Store) -> None:
    made = building.loop(store, 3)
    experiment, mode = _scene(made, [F] * 3)
    bare = _checked(made, mode, None)
    before = counts(store)
    with pytest.raises(InputError, match="No check shows it yet"):
        failures.plan_check(store, MIRA, bare, experiment)
    assert counts(store) == before
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Long"))
    with pytest.raises(InputError, match="None of its cases"):
        failures.plan_check(store, MIRA, _checked(made, other, made.criterion.id), experiment)


def test_cases_that_were_taken_out_meanwhile_are_not_planned(store: Store) -> None:
    made = building.loop(store, 4)
    experiment, mode = _scene(made, [F] * 4)
    gone = next(iter(_noted_cases(made)))
    kept = [c.draft() for c in store.datasets.cases(made.dataset.id) if c.id != gone]
    store.datasets.save(made.dataset.dataset_id, kept, 1, "Ada", "Fewer")
    planned = failures.plan_check(store, MIRA, mode, experiment)
    assert set(store.experiments.case_ids(planned.id)) == _noted_cases(made) - {gone}
