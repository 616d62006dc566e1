"""Trials: what is missing is the plan minus what was recorded; failures stay on record."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.building import FAILED, loop, trial
from workbench.domain.experiments import Purpose
from workbench.domain.scores import Outcome
from workbench.errors import CallFailure, NotFound, StoreError
from workbench.store.keys import new_id
from workbench.store.store import Store

GOOD = Outcome.PASS


def test_everything_is_missing_at_first_and_nothing_at_the_end(store: Store) -> None:
    made = loop(store, n_cases=3)
    experiment = made.run([], trials=2)
    assert len(store.trials.missing(experiment.id)) == 6
    made.run([GOOD] * 6, trials=2)
    assert store.trials.missing(experiment.id) == []
    assert len(store.trials.of_experiment(experiment.id)) == 6


def test_what_is_missing_is_the_plan_minus_what_was_recorded(store: Store) -> None:
    made = loop(store, n_cases=3)
    experiment = made.experiment(2)
    planned = store.trials.missing(experiment.id)
    made.run([GOOD, FAILED], trials=2)
    assert store.trials.missing(experiment.id) == planned[2:]


def test_a_case_is_asked_all_its_trials_before_the_next_in_an_order_that_stays(
    store: Store,
) -> None:
    made = loop(store, n_cases=5)
    experiment = made.experiment(3)
    planned = store.trials.missing(experiment.id)
    assert [call.number for call in planned] == [1, 2, 3] * 5
    assert planned == store.trials.missing(experiment.id)


def test_two_experiments_shuffle_the_same_cases_differently(store: Store) -> None:
    made = loop(store, n_cases=20)
    orders = []
    for question in ("Is it polite?", "Is it polite again?"):
        experiment = store.experiments.add(made.feature_id, made.plan(question=question), "Ada")
        orders.append([call.case_id for call in store.trials.missing(experiment.id)])
    assert orders[0] != orders[1]
    assert set(orders[0]) == set(orders[1])


def test_the_playground_shows_first_answers_before_second_ones(store: Store) -> None:
    made = loop(store, n_cases=5)
    plan = replace(made.plan(3), purpose=Purpose.PLAYGROUND)
    planned = store.trials.missing(store.experiments.add(made.feature_id, plan, "Ada").id)
    assert [call.number for call in planned] == [1] * 5 + [2] * 5 + [3] * 5


def test_failed_calls_are_asked_again_only_when_wished(store: Store) -> None:
    made = loop(store, n_cases=2)
    experiment = made.run([FAILED, GOOD])
    assert store.trials.missing(experiment.id) == []
    (again,) = store.trials.missing(experiment.id, retry_failed=True)
    (failed,) = [t for t in store.trials.of_experiment(experiment.id) if not t.is_output]
    assert again.supersedes == failed.id


def test_a_superseded_failure_stays_on_record_but_no_longer_counts(store: Store) -> None:
    made = loop(store, n_cases=1)
    experiment = made.run([FAILED])
    (failed,) = store.trials.of_experiment(experiment.id)
    (call,) = store.trials.missing(experiment.id, retry_failed=True)
    answered = trial(failed.run_id, call, supersedes=call.supersedes)
    store.trials.add([answered])
    assert [t.id for t in store.trials.of_experiment(experiment.id)] == [answered.id]
    assert store.trials.get(failed.id).failure is CallFailure.TIMEOUT
    assert store.trials.missing(experiment.id, retry_failed=True) == []
    progress = store.reports.progress.of(experiment.id)
    assert (progress.planned, progress.outputs, progress.failed) == (1, 1, 0)


def test_an_answer_of_an_earlier_experiment_counts_in_the_next_one(store: Store) -> None:
    made = loop(store, n_cases=2)
    made.run([GOOD, GOOD])
    wider = made.experiment(2)
    assert [call.number for call in store.trials.missing(wider.id)] == [2, 2]


def test_a_trial_comes_back_as_it_was_recorded(store: Store) -> None:
    made = loop(store, n_cases=1)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    (call,) = store.trials.missing(experiment.id)
    text = "naïve 漢字 👩‍💻 \x00 \u202e = + -\n" * 100
    kept = trial(run_id, call, text)
    store.trials.add([kept])
    found = store.trials.get(kept.id)
    assert found.output == text
    assert found.created_at is not None
    assert found.started_at.astimezone(UTC) == kept.started_at
    assert found.created_at <= datetime.now(UTC)


def test_equal_outputs_are_stored_once(store: Store) -> None:
    made = loop(store, n_cases=4)
    made.run([GOOD] * 4)
    assert store.database.value("select count(*) from trials") == 4
    assert store.database.value("select count(*) from outputs") == 1


def test_a_batch_is_kept_whole_or_not_at_all(store: Store) -> None:
    made = loop(store, n_cases=2)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    first, second = store.trials.missing(experiment.id)
    both = trial(run_id, second, "said", CallFailure.TIMEOUT)
    neither = trial(run_id, second)
    object.__setattr__(neither, "output", None)
    with pytest.raises(StoreError):
        store.trials.add([trial(run_id, first), neither])
    assert both.output is None
    assert len(store.trials.missing(experiment.id)) == 2
    assert store.database.value("select count(*) from outputs") == 0


def test_a_trial_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.trials.get(new_id())
